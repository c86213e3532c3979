#include "apps/comet/network_view.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <vector>

namespace comet::client {
namespace {

using object::reply;

constexpr rendering pipe{};

/// A map of names and what they are.
reply map_of(const std::vector<std::pair<bytes, reply>>& fields) {
  std::vector<reply> items;
  for (const auto& [name, value] : fields) {
    items.push_back(reply::bulk(name));
    items.push_back(value);
  }
  return reply::map(std::move(items));
}

reply node(char digit, const bytes& state, std::int64_t round_trip_us) {
  return map_of({{"id", reply::bulk(bytes(64, digit))},
                 {"address", reply::bulk("192.0.2.1:7400")},
                 {"state", reply::bulk(state)},
                 {"version", reply::bulk("0.1.0")},
                 {"uptime-s", reply::number(93'600)},
                 {"keys", reply::number(1'234)},
                 {"hot-objects", reply::number(5)},
                 {"ops-per-second", reply::number(60)},
                 {"memory-bytes", reply::number(44'564'480)},
                 {"round-trip-us", reply::number(round_trip_us)}});
}

reply hop(char digit, const bytes& role, reply us, reply present) {
  return map_of({{"id", reply::bulk(bytes(64, digit))},
                 {"address", reply::bulk("192.0.2.1:7400")},
                 {"role", reply::bulk(role)},
                 {"us", std::move(us)},
                 {"present", std::move(present)}});
}

TEST_CASE("nodes are a table of short ids and readable figures") {
  const reply nodes = reply::list({node('a', "here", 0), node('b', "alive", 1'340)});
  CHECK(nodes_view(nodes, pipe) ==
        "node          address         state  version  uptime  keys  hot  ops/s  memory   round "
        "trip\n"
        "aaaaaaaaaaaa  192.0.2.1:7400  here   0.1.0    1d 2h   1234  5    60     42.5 MB  -\n"
        "bbbbbbbbbbbb  192.0.2.1:7400  alive  0.1.0    1d 2h   1234  5    60     42.5 MB  1.3 "
        "ms\n");
}

TEST_CASE("a node that did not answer has no figures") {
  const reply silent = map_of({{"id", reply::bulk("abcd")},
                               {"address", reply::bulk("192.0.2.9:1")},
                               {"state", reply::bulk("no answer")},
                               {"version", reply::bulk("")},
                               {"keys", reply::null()},
                               {"why", reply::bulk("no link")}});
  CHECK(nodes_view(reply::list({silent}), pipe)
            .ends_with("\nabcd  192.0.2.9:1  no answer  -        -       -     -    -      -       "
                       "-\nabcd: no link\n"));
}

TEST_CASE("times and sizes keep a form that fits them") {
  const auto shown = [](const bytes& name, std::int64_t value) {
    return nodes_view(reply::list({map_of({{name, reply::number(value)}})}), pipe);
  };
  const auto has = [](const bytes& text, bytes_view part) {
    return text.find(part) != bytes::npos;
  };
  CHECK(has(shown("uptime-s", 42), " 42s "));
  CHECK(has(shown("uptime-s", 125), " 2m 5s "));
  CHECK(has(shown("uptime-s", 7'260), " 2h 1m "));
  CHECK(has(shown("memory-bytes", 1'023), " 1023 B "));
  CHECK(has(shown("memory-bytes", 1'024), " 1.0 kB "));
  CHECK(has(shown("memory-bytes", std::int64_t{3} << 50), " 3072.0 TB "));
  CHECK(has(shown("round-trip-us", 999), " 999 us\n"));
  CHECK(has(shown("round-trip-us", 2'500'000), " 2.50 s\n"));
  CHECK(has(shown("keys", -1), " - "));
}

TEST_CASE("what a node says of itself cannot steer a terminal") {
  const reply liar = map_of({{"id", reply::bulk("\x1b[2J")}, {"state", reply::bulk("a\nb")}});
  const bytes text = nodes_view(reply::list({liar}), {.terminal = true});
  CHECK(text.find('\x1b') == bytes::npos);
  CHECK(text.find("a\\x0ab") != bytes::npos);
}

TEST_CASE("the way to a key ends at its holder") {
  const reply route = reply::list({hop('a', "asked", reply::number(640), reply::null()),
                                   hop('b', "holder", reply::null(), reply::truth(true))});
  CHECK(route_view("greeting", route, pipe) ==
        "   node          address         role    answer after\n"
        "1  aaaaaaaaaaaa  192.0.2.1:7400  asked   640 us\n"
        "2  bbbbbbbbbbbb  192.0.2.1:7400  holder  -\n"
        "'greeting' is held by bbbbbbbbbbbb at 192.0.2.1:7400\n");
}

TEST_CASE("a key that is absent has a place all the same") {
  const auto last_line_for = [](reply present) {
    const reply route = reply::list({hop('a', "holder", reply::number(0), std::move(present))});
    const bytes text = route_view("k\n", route, pipe);
    return text.substr(text.rfind('\n', text.size() - 2) + 1);
  };
  const bytes absent = "there is no 'k\\x0a'; its place is aaaaaaaaaaaa at 192.0.2.1:7400\n";
  CHECK(last_line_for(reply::truth(false)) == absent);
  CHECK(last_line_for(reply::number(0)) == absent);
  CHECK(last_line_for(reply::number(1)) == "'k\\x0a' is held by aaaaaaaaaaaa at 192.0.2.1:7400\n");
}

TEST_CASE("a way that ends before the holder says so") {
  const reply route = reply::list({hop('a', "asked", reply::number(1), reply::null())});
  CHECK(route_view("k", route, pipe).ends_with("\nnobody said that it holds 'k'\n"));
  CHECK(route_view("k", reply::list({}), pipe).ends_with("nobody said that it holds 'k'\n"));
}

TEST_CASE("JSON has every field with its whole value") {
  const auto nodes = nlohmann::json::parse(json_view(reply::list({node('a', "here", 7)})));
  CHECK(nodes[0]["id"] == bytes(64, 'a'));
  CHECK(nodes[0]["round-trip-us"] == 7);
  const auto route = nlohmann::json::parse(
      json_view(reply::list({hop('a', "holder", reply::null(), reply::truth(true))})));
  CHECK(route[0]["us"].is_null());
  CHECK(route[0]["present"] == true);
  CHECK(json_view(reply::bulk("\xff")) == "\"\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace comet::client
