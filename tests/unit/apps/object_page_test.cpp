#include "apps/comet/object_page.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using object::reply;

constexpr rendering pipe{};
constexpr std::int64_t now_ms = 1'795'466'057'000;

reply map_of(const std::vector<std::pair<bytes, reply>>& fields) {
  std::vector<reply> items;
  for (const auto& [name, value] : fields) {
    items.push_back(reply::bulk(name));
    items.push_back(value);
  }
  return reply::map(std::move(items));
}

reply copy(char digit, bool leads, bool behind) {
  return map_of({{"id", reply::bulk(bytes(64, digit))},
                 {"address", reply::bulk("192.0.2.1:7400")},
                 {"leads", reply::number(leads ? 1 : 0)},
                 {"behind", reply::number(behind ? 1 : 0)}});
}

reply door() {
  return map_of({{"type", reply::bulk("active")},
                 {"size-bytes", reply::number(512)},
                 {"key", reply::bulk("door")},
                 {"code", reply::bulk("c0de")},
                 {"owner", reply::bulk("anna")},
                 {"limits", map_of({{"fuel-per-turn", reply::number(5'000)}})},
                 {"version", reply::number(7)},
                 {"turns", reply::number(9)},
                 {"fuel", reply::number(1'234)},
                 {"failures", reply::number(1)},
                 {"breaches", reply::number(0)},
                 {"memory", reply::number(2'048)},
                 {"memory-peak", reply::number(4'096)},
                 {"messages", reply::number(2)},
                 {"mailbox", reply::number(0)},
                 {"timers", reply::list({map_of({{"name", reply::bulk("tick")},
                                                 {"kind", reply::bulk("every")},
                                                 {"due-unix-ms", reply::number(now_ms + 65'000)},
                                                 {"period-ms", reply::number(120'000)}})})},
                 {"expires-unix-ms", reply::null()},
                 {"quarantine", reply::null()},
                 {"last-error", reply::bulk("boom")},
                 {"last-error-unix-ms", reply::number(now_ms - 5'000)},
                 {"last-traceback", reply::bulk("aso:3: in onGet\naso:1: in chunk")},
                 {"log", reply::list({reply::bulk("hello"), reply::bulk("\x1b[2J")})},
                 {"log-lines", reply::number(12)},
                 {"handlers", reply::list({reply::bulk("onGet"), reply::bulk("onTimer")})},
                 {"methods", reply::list({})},
                 {"state", reply::bulk("{value = \"v\"}")},
                 {"replicas", reply::list({copy('a', true, false), copy('b', false, true)})}});
}

bool has(const bytes& page, bytes_view line) {
  return page.find(bytes{line} + "\n") != bytes::npos;
}

TEST_CASE("a page of an active object has its figures, timers, replicas, error, log and state") {
  const bytes page = object_page(door(), reply::null(), from_unix_ms(now_ms), pipe);
  CHECK(page.starts_with("door: active, 512 B of state\n"));
  CHECK(has(page, "owner       anna"));
  CHECK(has(page, "handlers    onGet, onTimer"));
  CHECK(has(page, "methods     none"));
  CHECK(has(page, "turns       9, 1 failed, 0 breaches in a row"));
  CHECK(has(page, "memory      2.0 kB, at most 4.0 kB"));
  CHECK(has(page, "limits      fuel-per-turn 5000"));
  CHECK(has(page, "  tick  every  120000 ms  2026-11-23 20:35:22 UTC, in 1m 5s"));
  CHECK(has(page, "  aaaaaaaaaaaa  192.0.2.1:7400  leads"));
  CHECK(has(page, "  bbbbbbbbbbbb  192.0.2.1:7400  behind"));
  CHECK(has(page, "last error, 2026-11-23 20:34:12 UTC, 5s ago"));
  CHECK(has(page, "  aso:1: in chunk"));
  CHECK(has(page, "log, the last 2 of 12 lines"));
  CHECK(has(page, "  {value = \"v\"}"));
  CHECK(page.find("expires") == bytes::npos);
  CHECK(page.find("quarantine") == bytes::npos);
}

TEST_CASE("nothing on the page is obeyed by a terminal") {
  const bytes page = object_page(door(), reply::null(), from_unix_ms(now_ms), pipe);
  CHECK(has(page, "  \\x1b[2J"));
  CHECK(page.find('\x1b') == bytes::npos);
}

TEST_CASE("the way to the object is told where there is one") {
  const auto route = reply::list({map_of({{"id", reply::bulk(bytes(64, 'c'))},
                                          {"address", reply::bulk("192.0.2.9:7400")},
                                          {"role", reply::bulk("asked")},
                                          {"us", reply::number(340)}}),
                                  map_of({{"id", reply::bulk(bytes(64, 'a'))},
                                          {"address", reply::bulk("192.0.2.1:7400")},
                                          {"role", reply::bulk("holder")},
                                          {"present", reply::truth(true)}})});
  const bytes page = object_page(door(), route, from_unix_ms(now_ms), pipe);
  CHECK(page.find("the way to it\n") != bytes::npos);
  CHECK(has(page, "  'door' is held by aaaaaaaaaaaa at 192.0.2.1:7400"));
}

TEST_CASE("a passive value and a key without one have short pages") {
  const auto passive = map_of({{"type", reply::bulk("passive")},
                               {"size-bytes", reply::number(5)},
                               {"key", reply::bulk("p")},
                               {"owner", reply::bulk("default")},
                               {"version", reply::number(1)},
                               {"expires-unix-ms", reply::number(now_ms + 60'000)},
                               {"replicas", reply::list({copy('a', true, false)})}});
  const bytes page = object_page(passive, reply::null(), from_unix_ms(now_ms), pipe);
  CHECK(page.starts_with("p: passive, 5 B\n"));
  CHECK(has(page, "expires     2026-11-23 20:35:17 UTC, in 1m 0s"));
  CHECK(page.find("turns") == bytes::npos);
  const auto none = map_of({{"type", reply::bulk("none")},
                            {"key", reply::bulk("q")},
                            {"replicas", reply::list({copy('a', true, false)})}});
  CHECK(object_page(none, reply::null(), from_unix_ms(now_ms), pipe) ==
        "there is no 'q'\n\nreplicas\n"
        "  node          address         standing\n"
        "  aaaaaaaaaaaa  192.0.2.1:7400  leads\n");
}

}  // namespace
}  // namespace comet::client
