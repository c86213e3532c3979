#include "lua/compat.hpp"

#include <catch2/catch_test_macros.hpp>

#include "object/compat_mark.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

/// A script of the prototype's time.
struct old_object : scripted_object {
  explicit old_object(bytes_view source, object::policy limits = {})
      : scripted_object(object::with_compat_mark(source), limits) {}
};

reply node_of(const bytes& address) {
  return reply::map(
      {reply::bulk("id"), reply::bulk("0a"), reply::bulk("address"), reply::bulk(address)});
}

}  // namespace

// The object and its handlers
// -------------------------------------------------------------------------------------

TEST_CASE("the global table object is the object, also when it is cold") {
  old_object o(R"(
    object = { value = "once" }
    function object:onGet(caller)
      local given = self.value
      self.value = nil
      return given
    end)");
  CHECK(answer_of(o.put()) == reply::ok());
  o.chill();
  CHECK(text_of(o.get()) == "once");
  o.chill();
  CHECK(answer_of(o.get()) == reply::null());
}

TEST_CASE("what the script returns comes first, then aso, then object") {
  old_object returned("object = { value = 1 } return { value = 2 }");
  returned.put();
  CHECK(text_of(returned.get()) == "2");
  old_object both("object = { value = 1 } aso = { value = 3 }");
  both.put();
  CHECK(text_of(both.get()) == "3");
}

TEST_CASE("bare functions with names of handlers are the object, self is a global") {
  old_object o(R"(
    local limit = 2
    function onStore(caller)
      self.left, self.owner = limit, caller:getIP()
      return self
    end
    function onGet(caller)
      if self.left == 0 then return nil end
      self.left = self.left - 1
      return self.value .. self.owner
    end)");
  CHECK(answer_of(o.put_value("v")) == reply::ok());
  CHECK(text_of(o.get()) == "v198.51.100.7");
  o.chill();
  CHECK(text_of(o.get()) == "v198.51.100.7");
  CHECK(answer_of(o.get()) == reply::null());
}

TEST_CASE("a bare onGet reads and changes what VALUE put") {
  old_object o(R"(
    function onGet(caller)
      self.reads = (self.reads or 0) + 1
      return self.value .. self.reads
    end)");
  CHECK(answer_of(o.put_value("v")) == reply::ok());
  CHECK(text_of(o.get()) == "v1");
  o.chill();
  CHECK(text_of(o.get()) == "v2");
}

TEST_CASE(
    "a script without table and handlers makes no object, and without the mark neither do these") {
  CHECK(old_object("local x = 1").put().failure->code == errc::compile);
  CHECK(scripted_object("object = { value = 1 }").put().failure->code == errc::compile);
  CHECK(scripted_object("function onGet() return 1 end").put().failure->code == errc::compile);
}

TEST_CASE("onStore is onPut, unless there is one") {
  old_object stored("object = { onStore = function(self) self.value = 'stored' return self end }");
  CHECK(answer_of(stored.put()) == reply::ok());
  CHECK(text_of(stored.get()) == "stored");
  old_object both(
      "object = { onStore = function(self) return nil end, onPut = function(self) return self end "
      "}");
  CHECK(both.put().created);
}

TEST_CASE("a handler gets self only when its first parameter has that name") {
  old_object o(R"(
    object = { value = "v" }
    function object.onGet(caller, callback, payload)
      return object.value .. caller.user .. callback .. payload
    end
    function object.onDelete() return false end)");
  o.put();
  CHECK(text_of(o.fetch("p", "k")) == "valicekp");
  CHECK(answer_of(o.operate(op::del)) == reply::number(0));
}

TEST_CASE("onUpdate takes the new value and the caller in either order") {
  for (const char* handler : {"function object:onUpdate(new, caller) return new .. caller.user end",
                              "function object:onUpdate(caller, new) return new .. caller.user end",
                              "function object.onUpdate(callerIP, v) return v .. callerIP.user end",
                              "function object.onUpdate(v, who) return v .. who.user end"}) {
    INFO(handler);
    old_object o("object = { value = 'v' } " + bytes(handler));
    o.put();
    CHECK(answer_of(o.set("w")) == reply::ok());
    o.chill();
    CHECK(text_of(o.get()) == "walice");
  }
}

TEST_CASE("without the mark the order is always the same") {
  scripted_object o(
      "local aso = { value = 'v' } function aso:onUpdate(caller, new) return caller end return "
      "aso");
  o.put();
  o.set("w");
  CHECK(text_of(o.get()) == "w");
}

TEST_CASE("an object with onTimer gets the prototype's timer, which onStore may change") {
  old_object ticking("object = {} function object:onTimer() end");
  const auto put = ticking.put();
  REQUIRE(put.timers.size() == 1);
  CHECK(put.timers[0].name == "onTimer");
  CHECK(put.timers[0].set->period == std::chrono::minutes{10});
  CHECK(ticking.get().timers.empty());
  ticking.chill();
  CHECK(ticking.get().timers.empty());
  old_object own(R"(
    object = {}
    function object:onTimer() end
    function object:onStore() dht.setTimer("onTimer", { every = 60 }) return self end)");
  const auto changed = own.put();
  REQUIRE(changed.timers.size() == 1);
  CHECK(changed.timers[0].set->period == std::chrono::minutes{1});
  CHECK(old_object("object = { value = 1 }").put().timers.empty());
  CHECK(scripted_object("return { onTimer = function() end }").put().timers.empty());
}

// What it may call
// -------------------------------------------------------------------------------------

TEST_CASE("sysTime is the system's time") {
  old_object o("object = { onGet = function() return dht.sysTime() == dht.getSystemTime() end }");
  o.put();
  CHECK(answer_of(o.fetch()) == reply::truth(true));
}

TEST_CASE("key gives the object's key hashed up to five times") {
  old_object o(
      "object = { onGet = function(self, caller, callback, n) return dht.key(tonumber(n)) end }");
  o.put();
  const bytes once = to_hex(as_bytes(sha256("an-object")));
  CHECK(text_of(o.fetch("0")) == "an-object");
  CHECK(text_of(o.fetch("1")) == once);
  CHECK(text_of(o.fetch("2")) == to_hex(as_bytes(sha256(once))));
  CHECK(text_of(o.fetch("5")).size() == 64);
  CHECK(o.fetch("6").failure->message.find("from 0 to 5") != bytes::npos);
  CHECK(o.fetch("-1").failure);
}

TEST_CASE("names of the prototype are unknown without the mark") {
  scripted_object o(
      "return { onGet = function() return tostring(dht.sysTime) .. tostring(dht.key) end }");
  o.put();
  CHECK(text_of(o.get()) == "nilnil");
  scripted_object node(
      "return { onGet = function(self, caller) return tostring(caller.getIP) end }");
  node.put();
  CHECK(text_of(node.get()) == "nil");
}

TEST_CASE("nodes and callers have getIP, wherever they come from") {
  object::policy limits;
  limits.handlers_reach = object::reach::any;
  old_object o(R"(
    object = {}
    function object:onGet(caller)
      local _, holders = dht.get("k")
      self.nodes = dht.lookup("k")
      self.caller = caller
      return table.concat({ caller:getIP(), dht.caller():getIP(), holders[1]:getIP(),
        self.nodes[1]:getIP() }, " ")
    end
    function object:again() return self.nodes[1]:getIP() .. " " .. self.caller:getIP() end)",
               limits);
  o.network = [](const object::outcall& asked) {
    if (asked.what == object::outcall::kind::lookup)
      return reply::list({node_of("[2001:db8::1]:7400")});
    return reply::list({reply::bulk("v"), reply::list({node_of("192.0.2.9:7400")})});
  };
  o.put();
  CHECK(text_of(o.get()) == "198.51.100.7 198.51.100.7 192.0.2.9 2001:db8::1");
  o.chill();
  CHECK(text_of(o.call("again")) == "2001:db8::1 198.51.100.7");
}

// Scripts in the style of the paper
// -------------------------------------------------------------------------------------

TEST_CASE("a value with a lifetime of its own deletes itself when it is read too late") {
  old_object o(R"(
    object = { value = "secret", lifetime = 1000 }
    function object:onStore(caller)
      self.stored = dht.sysTime()
      return self
    end
    function object:onGet(caller)
      if dht.sysTime() - self.stored > self.lifetime then
        dht.deleteSelf()
        return nil
      end
      return self.value
    end)");
  o.put();
  CHECK(text_of(o.get()) == "secret");
  o.now.wall += std::chrono::seconds{2};
  const auto late = o.get();
  CHECK(answer_of(late) == reply::null());
  CHECK(late.fate == object::disposition::erase);
}

TEST_CASE("a value with its own replication puts itself on the nodes nearest to its key") {
  old_object o(R"(
    object = { value = "v", factor = 2 }
    function object:onTimer()
      dht.lookup(dht.getKey(), function(nodes)
        local chosen = {}
        for i = 1, self.factor do chosen[i] = nodes[i] end
        dht.put(dht.getKey(), self, chosen)
      end)
    end)");
  auto known = std::make_shared<object::known_group>();
  std::vector<object::peer> others(2);
  others[0].id[0] = 1;
  others[1].id[0] = 2;
  known->members = {{to_hex(as_bytes(digest{})), "here:7400"}};
  known->network = std::make_shared<const object::key_map>(digest{}, false, others);
  o.group = known;
  o.put();
  const auto asked = o.timer("onTimer");
  REQUIRE(asked.messages.size() == 1);
  const auto node = [](const digest& id) {
    return reply::map({reply::bulk("id"), reply::bulk(to_hex(as_bytes(id))), reply::bulk("address"),
                       reply::bulk("192.0.2.1:7400")});
  };
  const auto answered =
      o.resumed(asked.messages[0].token, reply::list({node(others[0].id), node(others[1].id)}));
  REQUIRE_FALSE(answered.failure);
  CHECK(answered.replicas == object::asked_replicas{2, {others[0].id, others[1].id}});
}

TEST_CASE("a publisher keeps callback keys and pushes the next update to them") {
  old_object o(R"(
    object = { value = "old", waiting = {} }
    function object:onGet(caller, callbackID)
      table.insert(self.waiting, callbackID)
      return nil
    end
    function object:onUpdate(caller, new)
      for _, id in ipairs(self.waiting) do dht.put(id, new, function() end) end
      self.waiting = {}
      return new
    end)");
  o.put();
  o.fetch({}, "anna");
  o.fetch({}, "bert");
  const auto pushed = o.set("news");
  REQUIRE(pushed.messages.size() == 2);
  CHECK(pushed.messages[0].key == "anna");
  CHECK(pushed.messages[1].key == "bert");
  CHECK(pushed.messages[1].value == "news");
}
