#include "lua/activation.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

TEST_CASE("an object counts its own reads") {
  scripted_object counter(R"(
    local aso = { value = 'v', reads = 0 }
    function aso:onGet(caller) self.reads = self.reads + 1 return self.value .. self.reads end
    return aso)");
  REQUIRE(answer_of(counter.put()) == reply::ok());
  CHECK(text_of(counter.get()) == "v1");
  CHECK(text_of(counter.get()) == "v2");
  counter.chill();
  CHECK(text_of(counter.get()) == "v3");
}

TEST_CASE("a turn that changes nothing has no state in its outcome") {
  scripted_object quiet("return { value = 'v', list = {1, 2} }");
  CHECK(quiet.put().state);
  CHECK_FALSE(quiet.get().state);
  quiet.chill();
  CHECK_FALSE(quiet.get().state);
  CHECK(quiet.set("w").state);
  CHECK_FALSE(quiet.set("w").state);  // written, but the same
}

TEST_CASE("a failed turn leaves the committed state") {
  scripted_object fragile(R"(
    local aso = { value = 1 }
    function aso:onGet() self.value = self.value + 1 error('no') end
    function aso:peek() return self.value end
    return aso)");
  fragile.put();
  const auto failed = fragile.get();
  REQUIRE(failed.failure);
  CHECK(failed.failure->code == errc::script);
  CHECK(failed.failure->message == "onGet: aso:3: no");
  CHECK(failed.traceback.find("aso:3: in") != bytes::npos);
  CHECK_FALSE(failed.breach);
  CHECK_FALSE(fragile.is_hot());
  CHECK(answer_of(fragile.call("peek")) == reply::number(1));
}

TEST_CASE("an activation that is dropped gives all its pages back") {
  scripted_object o("return { value = string.rep('x', 30000) }");
  o.put();
  CHECK(o.active().memory() > 30'000);
  CHECK(o.pages_in_use() > 0);
  o.chill();
  CHECK(o.pages_in_use() == 0);
}

TEST_CASE("abort ends a waiting turn with the given reason") {
  scripted_object o(R"(
    return { onGet = function() return dht.lookup(dht.getKey()) end })");
  o.put();
  auto& a = o.active();
  object::command get;
  a.begin(o.request(turn_kind::operate, get), o.record, o.now);
  REQUIRE(a.run(1'000, o.now) == step::waiting);
  a.abort({errc::wall_time, "5000 ms used up in onGet"});
  REQUIRE(a.run(1'000, o.now) == step::finished);
  const auto outcome = a.take_outcome();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::wall_time);
  CHECK(outcome.breach);
  CHECK(outcome.traceback.find("lookup") != bytes::npos);
  CHECK_FALSE(a.usable());
}

TEST_CASE("what a turn waits for is answered into the waiting call") {
  scripted_object o(R"(
    local aso = {}
    function aso:onGet()
      local value, nodes = dht.get('other', 'payload')
      return value .. ' at ' .. table.concat(nodes, ',')
    end
    return aso)");
  o.limits.handlers_reach = object::reach::any;
  o.put();
  o.network = [](const object::outcall& call) {
    CHECK(call.what == object::outcall::kind::get);
    CHECK(call.key == "other");
    CHECK(call.has_value);
    CHECK(call.value == "payload");
    return reply::list({reply::bulk("it"), reply::list({reply::bulk("n1"), reply::bulk("n2")})});
  };
  CHECK(text_of(o.get()) == "it at n1,n2");
}
