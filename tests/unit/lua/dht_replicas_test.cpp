#include "lua/dht_replicas.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

digest node(std::uint8_t first) {
  digest id{};
  id[0] = first;
  return id;
}

bytes hex_of(std::uint8_t first) {
  return to_hex(as_bytes(node(first)));
}

/// On node 1, which knows 2 and 3; 2 keeps a copy. `N1` to `N4` are ids of nodes.
struct chooser : scripted_object {
  explicit chooser(const bytes& body, object::policy limits = {})
      : scripted_object("local N1, N2, N3, N4 = '" + hex_of(1) + "', '" + hex_of(2) + "', '" +
                            hex_of(3) + "', '" + hex_of(4) +
                            "' local aso = {} function aso:onGet() " + body + " end return aso",
                        limits) {
    auto known = std::make_shared<object::known_group>();
    known->members = {{hex_of(1), "one:7400"}, {hex_of(2), "two:7400"}};
    std::vector<object::peer> others(2);
    others[0].id = node(2);
    others[1].id = node(3);
    others[1].address = "three:7400";
    known->network = std::make_shared<const object::key_map>(node(1), false, others);
    group = known;
    REQUIRE(answer_of(put()) == reply::ok());
  }
};

object::asked_replicas asked_by(const bytes& body) {
  const auto outcome = chooser(body).get();
  INFO((outcome.failure ? outcome.failure->message : bytes{}));
  REQUIRE_FALSE(outcome.failure);
  REQUIRE(outcome.replicas);
  return *outcome.replicas;
}

error failure_of(const bytes& body) {
  const auto outcome = chooser(body).get();
  REQUIRE(outcome.failure);
  CHECK_FALSE(outcome.replicas);
  return *outcome.failure;
}

}  // namespace

TEST_CASE("dht.replicas asks for a number of copies") {
  CHECK(asked_by("dht.replicas{count = 5}") == object::asked_replicas{5, {}});
  CHECK(asked_by("dht.replicas{count = 5.0}") == object::asked_replicas{5, {}});
}

TEST_CASE("dht.replicas names nodes by their ids or by what gives nodes") {
  CHECK(asked_by("dht.replicas{nodes = {N3, N2}}") ==
        object::asked_replicas{2, {node(2), node(3)}});
  CHECK(asked_by("dht.replicas{nodes = {{id = N3, address = 'x'}}, count = 4}") ==
        object::asked_replicas{4, {node(3)}});
  CHECK(asked_by("dht.replicas{nodes = dht.replicas()}") ==
        object::asked_replicas{2, {node(1), node(2)}});
}

TEST_CASE("a node that is named twice is named once") {
  CHECK(asked_by("dht.replicas{nodes = {N2, N2, {id = N2}}}") ==
        object::asked_replicas{1, {node(2)}});
}

TEST_CASE("the last of several calls counts, and an empty one takes back what was asked for") {
  CHECK(asked_by("dht.replicas{nodes = {N2}} dht.replicas{count = 4}") ==
        object::asked_replicas{4, {}});
  CHECK(asked_by("dht.replicas{count = 4} dht.replicas{}").empty());
}

TEST_CASE("dht.replicas without arguments gives the nodes, the own one first, and what is asked") {
  chooser o(R"(
    local nodes, asked = dht.replicas()
    local text = ''
    for _, node in ipairs(nodes) do text = text .. node.address .. ' ' end
    assert(nodes[1].id == N1 and nodes[2].id == N2)
    if not asked then
      dht.replicas{count = 3, nodes = {N3}}
      _, asked = dht.replicas()
      return text .. 'now ' .. asked.count
    end
    local node = asked.nodes[1]
    return text .. asked.count .. (node.id == N3 and ' N3 ' or '') .. node.address)");
  CHECK(text_of(o.get()) == "one:7400 two:7400 now 3");
  o.chill();
  CHECK(text_of(o.get()) == "one:7400 two:7400 3 N3 three:7400");
}

TEST_CASE("a node that is not known here is refused by its name") {
  const auto failure = failure_of("dht.replicas{nodes = {N2, N4, 'junk'}}");
  CHECK(failure.message.find("dht.replicas: node '" + hex_of(4) + "', 'junk' is not known here") !=
        bytes::npos);
  CHECK(failure.code == errc::not_found);
}

TEST_CASE("more copies than the policy allows are refused with the limit's name, and counted") {
  for (const char* call : {"dht.replicas{count = 1000}",
                           "local t = {} for i = 1, 1000 do t[i] = N2 end "
                           "dht.replicas{nodes = t}"}) {
    const auto outcome = chooser(call).get();
    REQUIRE(outcome.failure);
    CHECK(outcome.failure->message.find(
              "dht.replicas: 1000 replicas are over this node's limit of 7 (replicas-max)") !=
          bytes::npos);
    CHECK(outcome.failure->code == errc::out_of_range);
    CHECK_FALSE(outcome.breach);
    CHECK(outcome.replicas_refused == 1);
  }
  const auto caught =
      chooser("for i = 1, 3 do pcall(dht.replicas, {count = 8}) end return 'on'").get();
  CHECK(text_of(caught) == "on");
  CHECK(caught.replicas_refused == 3);
  CHECK_FALSE(caught.replicas);
}

TEST_CASE("a count that cannot be is refused") {
  for (const char* count : {"0", "-1", "math.mininteger"})
    CHECK(failure_of("dht.replicas{count = " + bytes(count) + "}").code == errc::out_of_range);
  for (const char* count : {"1.5", "'3'", "{}", "0/0", "1e300"})
    CHECK(failure_of("dht.replicas{count = " + bytes(count) + "}")
              .message.find("count is a whole number") != bytes::npos);
  CHECK(failure_of("dht.replicas{count = 1, nodes = {N1, N2}}")
            .message.find("count is 1, and has to be at least 2") != bytes::npos);
}

TEST_CASE("an interval between comparisons is asked for in seconds, with fractions") {
  CHECK(asked_by("dht.replicas{interval = 90.5}") ==
        object::asked_replicas{0, {}, std::chrono::milliseconds{90'500}});
  CHECK(text_of(chooser("dht.replicas{count = 4, interval = 90.5} local _, asked = dht.replicas() "
                        "return asked.interval")
                    .get()) == "90.5");
}

TEST_CASE("an interval that is shorter than the limit is refused with its name, and counted") {
  const auto outcome = chooser("dht.replicas{interval = 5}").get();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->message.find(
            "dht.replicas: an interval of 5 seconds is under this node's limit of 60 "
            "(replicas-interval-min)") != bytes::npos);
  CHECK(outcome.replicas_refused == 1);
  for (const char* seconds : {"0/0", "1/0", "1e300"})
    CHECK(failure_of("dht.replicas{interval = " + bytes(seconds) + "}")
              .message.find("interval is a number of seconds") != bytes::npos);
  CHECK(failure_of("dht.replicas{interval = -1/0}").code == errc::out_of_range);
}

TEST_CASE("options that are none, or not of their type, are refused and not passed over") {
  CHECK(failure_of("dht.replicas{copies = 3}").message.find("option 'copies' is not one of") !=
        bytes::npos);
  CHECK(failure_of("dht.replicas{nodes = 3}").message.find("option 'nodes' is not one of") !=
        bytes::npos);
  CHECK(failure_of("dht.replicas{[1] = 3}").message.find("option '?' is not one of") !=
        bytes::npos);
  CHECK(failure_of("dht.replicas{nodes = {7}}").message.find("node 1 is neither an id nor") !=
        bytes::npos);
  CHECK(failure_of("dht.replicas{interval = '60'}").message.find("option 'interval' is not") !=
        bytes::npos);
  CHECK(failure_of("dht.replicas(3)").message.find("table expected") != bytes::npos);
}

TEST_CASE("a script that is loaded may not ask for copies yet") {
  scripted_object o("dht.replicas{count = 4} return {}");
  const auto outcome = o.put();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->message.find("dht.replicas: not while the script is loaded") !=
        bytes::npos);
}

TEST_CASE("a put of itself on nodes asks for these nodes and no more") {
  const auto outcome = chooser("return dht.put(dht.getKey(), self, {N2, {id = N3}})").get();
  CHECK(text_of(outcome) == "2");
  CHECK(outcome.replicas == object::asked_replicas{2, {node(2), node(3)}});
  CHECK(outcome.messages.empty());
}

TEST_CASE("a put of text for the own key on nodes changes the value, too") {
  chooser o("return dht.put(dht.getKey(), 'v', {N2, {id = N3}}) .. self.value");
  const auto outcome = o.get();
  CHECK(text_of(outcome) == "2v");
  CHECK(outcome.replicas == object::asked_replicas{2, {node(2), node(3)}});
  CHECK(outcome.state);
}

TEST_CASE("the nodes of another key or value cannot be chosen, nor waited for, nor none") {
  const auto only_itself = "the nodes of the object itself can be chosen, of no other key";
  CHECK(failure_of("dht.put('k', self, {N2})").message.find(only_itself) != bytes::npos);
  CHECK(failure_of("dht.put(dht.getKey(), {}, {N2})").message.find(only_itself) != bytes::npos);
  CHECK(failure_of("dht.put(dht.getKey(), self, {N2}, function() end)")
            .message.find("there is nothing to wait for") != bytes::npos);
  CHECK(failure_of("dht.put(dht.getKey(), self, {})").message.find("list of nodes is empty") !=
        bytes::npos);
  CHECK(failure_of("dht.put(dht.getKey(), self, {N4})").message.find("is not known here") !=
        bytes::npos);
}

TEST_CASE("what a turn that fails or deletes the object asked for is dropped") {
  CHECK_FALSE(chooser("dht.replicas{count = 4} error('no')").get().replicas);
  CHECK_FALSE(chooser("dht.replicas{count = 4} dht.deleteSelf()").get().replicas);
}
