#include <catch2/catch_test_macros.hpp>

#include "base/digest.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

turn_outcome outcome_of(const bytes& body) {
  scripted_object o("return { onGet = function(self) " + body + " end }");
  o.put();
  return o.get();
}

}  // namespace

TEST_CASE("log lines are kept in order, cut, and bounded, also by a turn that fails") {
  const auto some = outcome_of("comet.log('a', 1, nil, {}) comet.log(('x'):rep(1000))");
  REQUIRE(some.log.size() == 2);
  CHECK(some.log[0] == "a\t1\tnil\ttable");
  CHECK(some.log[1].size() < 520);
  const auto many = outcome_of("for i = 1, 100 do comet.log(i) end error('x')");
  REQUIRE(many.failure);
  REQUIRE(many.log.size() == 32);
  CHECK(many.log.front() == "69");
  CHECK(many.log.back() == "100");
}

TEST_CASE("fuel and memory tell what is left") {
  CHECK(text_of(outcome_of("local a = comet.fuel() for i = 1, 1000 do end local b = comet.fuel() "
                           "return tostring(a < 100000 and a - b > 1000 and a - b < 1100)")) ==
        "true");
  CHECK(text_of(outcome_of(
            "local a, limit = comet.memory() local s = ('x'):rep(20000) "
            "local b = comet.memory() return tostring(b - a > 20000 and limit == 102400)")) ==
        "true");
}

TEST_CASE("digests are those of the standards, in hexadecimal") {
  CHECK(text_of(outcome_of("return comet.sha256('abc')")) == to_hex(as_bytes(sha256("abc"))));
  CHECK(text_of(outcome_of("return comet.hmac('key', 'data')")) ==
        to_hex(as_bytes(hmac_sha256("key", "data"))));
}

TEST_CASE("pack and unpack are inverse") {
  CHECK(text_of(outcome_of("local t = comet.unpack(comet.pack({1, 'a', {x = 1.5, y = true}})) "
                           "return t[1] .. t[2] .. t[3].x .. tostring(t[3].y)")) == "1a1.5true");
  CHECK(text_of(outcome_of("return tostring(comet.unpack(comet.pack(nil)))")) == "nil");
  const auto function = outcome_of("comet.pack({f = pairs})");
  CHECK(function.failure->message.find("comet.pack: field 'f' is a function") != bytes::npos);
  CHECK(outcome_of("comet.unpack('\\xc1')").failure->message.find("malformed msgpack") !=
        bytes::npos);
  CHECK(text_of(outcome_of("return tostring(pcall(comet.unpack, ''))")).starts_with("false"));
}

TEST_CASE("publish records channel and message, and counts as a message") {
  const auto outcome = outcome_of("comet.publish('news', 'first') comet.publish('news', 2)");
  REQUIRE_FALSE(outcome.failure);
  CHECK(outcome.publications ==
        std::vector<std::pair<bytes, bytes>>{{"news", "first"}, {"news", "2"}});
  CHECK(outcome_of("for i = 1, 21 do comet.publish('c', 'm') end").failure->code == errc::messages);
}

TEST_CASE("a handler learns of its node, and where that stands among others") {
  scripted_object o(R"(
    local aso = {}
    function aso:onGet()
      local node = comet.node()
      local at = node.coordinate
      return node.id .. " " .. tostring(node.address) .. " " ..
        (at and at.x .. " " .. at.y .. " " .. at.height .. " " .. at.error or "nowhere")
    end
    return aso)");
  o.put();
  CHECK(text_of(o.get()) == "0123abcd nil nowhere");
  auto known = std::make_shared<object::known_group>();
  known->members = {{"a1", "here:7400"}};
  o.group = known;
  CHECK(text_of(o.get()) == "a1 here:7400 nowhere");
  auto placed = std::make_shared<object::known_group>(*known);
  placed->network = std::make_shared<const object::key_map>(
      digest{}, false, std::vector<object::peer>(1), object::network_place{1.5, -2, 0.25, 0.5});
  o.group = placed;
  CHECK(text_of(o.get()) == "a1 here:7400 1.5 -2.0 0.25 0.5");
}
