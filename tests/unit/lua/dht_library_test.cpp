#include "lua/dht_library.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;
using namespace std::chrono_literals;

namespace {

object::policy reaching(object::reach reach) {
  object::policy limits;
  limits.handlers_reach = reach;
  return limits;
}

struct with_handler : scripted_object {
  explicit with_handler(const bytes& body, object::reach reach = object::reach::own)
      : scripted_object("local aso = { value = 'v' } function aso:onGet(caller, callbackKey) " +
                            body + " end return aso",
                        reaching(reach)) {
    REQUIRE(answer_of(put()) == reply::ok());
  }
};

turn_outcome outcome_of(const bytes& body, object::reach reach = object::reach::own) {
  return with_handler(body, reach).get();
}

error failure_of(const bytes& body, object::reach reach = object::reach::own) {
  const auto outcome = outcome_of(body, reach);
  REQUIRE(outcome.failure);
  return *outcome.failure;
}

}  // namespace

TEST_CASE("a handler learns key, node, address and time") {
  CHECK(text_of(outcome_of("return dht.getKey()")) == "an-object");
  CHECK(text_of(outcome_of("return dht.getID()")) == "0123abcd");
  CHECK(text_of(outcome_of("return dht.getIP()")) == "192.0.2.1");
  CHECK(text_of(outcome_of("return dht.getSystemTime()")) == "1700000000000");
}

TEST_CASE("dht.caller gives who asked") {
  CHECK(text_of(outcome_of("local c = dht.caller() return c.user .. c.ip .. c.port .. c.node")) ==
        "alice198.51.100.74711feed");
}

TEST_CASE("get without a function waits and returns value and nodes") {
  with_handler o("local v, n = dht.get('k') return v .. #n", object::reach::any);
  o.network = [](const object::outcall& call) {
    CHECK(call.what == object::outcall::kind::get);
    CHECK_FALSE(call.has_value);
    CHECK(call.token != 0);
    return reply::list({reply::bulk("v"), reply::list({reply::bulk("n")})});
  };
  CHECK(text_of(o.get()) == "v1");
}

TEST_CASE("put, lookup and call wait and return their results") {
  with_handler o(R"(
    local copies = dht.put('k', 12)
    local nodes = dht.lookup('k')
    local result = dht.call('k', 'add', 1, 2.5, 'x', true)
    return copies .. ' ' .. nodes[1] .. ' ' .. result.sum)",
                 object::reach::any);
  o.network = [](const object::outcall& call) -> reply {
    switch (call.what) {
      case object::outcall::kind::put: CHECK(call.value == "12"); return reply::number(3);
      case object::outcall::kind::lookup: return reply::list({reply::bulk("near")});
      case object::outcall::kind::call:
        CHECK(call.method == "add");
        CHECK(call.args == std::vector<bytes>{"1", "2.5", "x", "true"});
        return reply::map({reply::bulk("sum"), reply::number(4)});
      default: return reply::null();
    }
  };
  CHECK(text_of(o.get()) == "3 near 4");
}

TEST_CASE("a failed operation gives nil and a message") {
  for (const char* call :
       {"dht.get('k')", "dht.put('k', 'v')", "dht.lookup('k')", "dht.call('k', 'm')"}) {
    with_handler o("local a, b = " + bytes(call) + " return tostring(a) .. ': ' .. b",
                   object::reach::any);
    CHECK(text_of(o.get()) == "nil: no network");
  }
}

TEST_CASE("an answer of the wrong form is a failure, not a crash") {
  with_handler o("local a, b = dht.get('k') return b", object::reach::any);
  o.network = [](const object::outcall&) { return reply::number(1); };
  CHECK(text_of(o.get()) == "the answer is not a value and its nodes");
}

TEST_CASE("with a function the operation leaves with the commit and comes back as a turn") {
  scripted_object o(R"(
    local aso = { value = 'none' }
    function aso:onTimer()
      dht.get('k', 'payload', function(value, nodes) self.value = value .. nodes[1] end)
      self.value = 'asked'
    end
    return aso)");
  o.limits.handlers_reach = object::reach::any;
  o.put();
  const auto asked = o.timer("t");
  REQUIRE_FALSE(asked.failure);
  REQUIRE(asked.messages.size() == 1);
  const auto& message = asked.messages[0];
  CHECK(message.key == "k");
  CHECK(message.value == "payload");
  CHECK(o.active().pinned());
  CHECK(text_of(o.get()) == "asked");
  const auto resumed = o.resumed(
      message.token, reply::list({reply::bulk("got"), reply::list({reply::bulk("-n1")})}));
  CHECK(answer_of(resumed) == reply::null());
  CHECK(resumed.state);
  CHECK_FALSE(o.active().pinned());
  CHECK(text_of(o.get()) == "got-n1");
  CHECK(o.resumed(message.token, reply::null()).failure->code == errc::not_found);
}

TEST_CASE("messages of a failed turn do not leave, nor do its timers") {
  const auto outcome = outcome_of(
      "dht.put('k', 'v', function() end) dht.setTimer('t', {after = 1}) comet.publish('c', 'm') "
      "error('no')",
      object::reach::any);
  REQUIRE(outcome.failure);
  CHECK(outcome.messages.empty());
  CHECK(outcome.timers.empty());
  CHECK(outcome.publications.empty());
}

TEST_CASE("other keys are out of reach unless the policy allows them") {
  for (const char* call : {"dht.get('other')", "dht.put('other', 'v')", "dht.lookup('other')",
                           "dht.call('other', 'm')", "dht.put('other', 'v', function() end)"}) {
    INFO(call);
    const auto failure = failure_of(call);
    CHECK(failure.code == errc::refused);
    CHECK(failure.message.find("may not reach 'other'") != bytes::npos);
  }
}

TEST_CASE("dht.caller names the object whose handler asks, and nothing for a client") {
  with_handler o("return tostring(caller.key) .. tostring(dht.caller().key)");
  CHECK(text_of(o.get()) == "nilnil");
  o.from.key = "asker";
  CHECK(text_of(o.get()) == "askerasker");
  o.from.key = "other";
  CHECK(text_of(o.get()) == "otherother");
  o.from.key.clear();
  CHECK(text_of(o.get()) == "nilnil");
}

TEST_CASE(
    "an object asks the host for its own value and looks itself up, but does not call itself") {
  with_handler o("local v, n = dht.get(dht.getKey()) return v .. #n .. #dht.lookup(dht.getKey())");
  o.network = [&](const object::outcall& call) -> reply {
    CHECK(call.key == "an-object");
    if (call.what == object::outcall::kind::get)
      return reply::list({reply::bulk("v"), reply::list({reply::bulk("n")})});
    return reply::list({});
  };
  CHECK(text_of(o.get()) == "v10");
  CHECK(failure_of("dht.call(dht.getKey(), 'm')", object::reach::any).code == errc::refused);
}

TEST_CASE("a put of the own key changes the value with the turn and asks no other turn") {
  scripted_object o(R"(
    local aso = { value = 'v' }
    function aso:onUpdate() error('not asked') end
    function aso:change(how)
      local copies = dht.put(dht.getKey(), how == 'number' and 12 or 'w')
      if how == 'fail' then error('no') end
      return copies .. self.value
    end
    return aso)");
  o.put();
  CHECK(o.call("change", {"fail"}).failure);
  CHECK(text_of(o.get()) == "v");
  const auto changed = o.call("change");
  CHECK(text_of(changed) == "1w");
  CHECK(changed.state);
  CHECK(changed.messages.empty());
  o.chill();
  CHECK(text_of(o.get()) == "w");
  CHECK(text_of(o.call("change", {"number"})) == "112");
  o.chill();
  CHECK(text_of(o.get()) == "12");
}

TEST_CASE("a put of the own key with a function tells it the copies after the commit") {
  scripted_object o(R"(
    local aso = { value = 'v' }
    function aso:change()
      dht.put(dht.getKey(), 'w', function(copies) self.value = self.value .. copies end)
    end
    return aso)");
  o.put();
  const auto asked = o.call("change");
  REQUIRE(asked.messages.size() == 1);
  CHECK(asked.messages[0].key == "an-object");
  CHECK(text_of(o.get()) == "w");
  CHECK_FALSE(o.resumed(asked.messages[0].token, reply::number(3)).failure);
  CHECK(text_of(o.get()) == "w3");
}

TEST_CASE("a put of itself as the value changes nothing and gives the copies") {
  const auto outcome = outcome_of("return dht.put(dht.getKey(), self)");
  CHECK(text_of(outcome) == "1");
  CHECK_FALSE(outcome.state);
}

TEST_CASE("a put of the own key is one message, and refused while the script is loaded") {
  CHECK(failure_of("for i = 1, 21 do dht.put(dht.getKey(), i) end").code == errc::messages);
  scripted_object o("dht.put(dht.getKey(), 'w') return {}");
  CHECK(o.put().failure->code == errc::refused);
  object::policy small;
  small.value_bytes_max = 10;
  scripted_object large("return { onGet = function() dht.put(dht.getKey(), ('x'):rep(11)) end }",
                        small);
  large.put();
  CHECK(large.get().failure->code == errc::too_large);
}

TEST_CASE("a callback key may be put once, in that turn or later") {
  scripted_object o(R"(
    local aso = { value = 'v' }
    function aso:onGet(caller, callbackKey) self.callback = callbackKey return 'wait' end
    function aso:onTimer() dht.put(self.callback, 'news', function() end) end
    function aso:now() return dht.get(self.callback) end
    return aso)");
  o.put();
  o.fetch({}, "mailbox");
  CHECK(o.call("now").failure->code == errc::refused);  // only a put
  const auto sent = o.timer("t");
  REQUIRE_FALSE(sent.failure);
  REQUIRE(sent.messages.size() == 1);
  CHECK(sent.messages[0].key == "mailbox");
  CHECK(sent.messages[0].by_right);
  CHECK(o.timer("t").failure->code == errc::refused);
}

TEST_CASE("a turn that fails leaves the rights to callback keys as they were before it") {
  scripted_object o(R"(
    local aso = {}
    function aso:onGet(caller, callback, payload) if payload then error('no') end end
    function aso:onTimer(name)
      dht.put('m', 'news', function() end)
      if name == 'fail' then error('after it') end
    end
    return aso)");
  o.put();
  CHECK(o.fetch("fail", "m").failure);
  CHECK(o.timer("t").failure->code == errc::refused);  // the get failed, and its right with it
  o.fetch({}, "m");
  CHECK(o.timer("fail").failure);
  CHECK(o.timer("fail").failure->message.ends_with("after it"));
  CHECK_FALSE(o.call("missing").failure->message.empty());
  CHECK(o.timer("t").messages.size() == 1);
  CHECK(o.timer("t").failure->code == errc::refused);
}

TEST_CASE("a put to a callback key that has left is used up, although its turn fails") {
  scripted_object o(R"(
    local aso = { value = 'kept' }
    function aso:onTimer() dht.put('m', 'news') error('after it') end
    function aso:look() return self.value end
    return aso)");
  int sent = 0;
  o.network = [&](const object::outcall&) {
    ++sent;
    return reply::number(1);
  };
  o.put();
  o.fetch({}, "m");
  o.fetch({}, "m");
  CHECK(o.timer("t").failure->message.ends_with("after it"));
  CHECK(text_of(o.call("look")) == "kept");
  CHECK(o.timer("t").failure->message.ends_with("after it"));
  CHECK(o.timer("t").failure->code == errc::refused);
  CHECK(sent == 2);
}

TEST_CASE("two gets that name the same callback key give two rights") {
  scripted_object o(R"(return { onGet = function() end,
    onTimer = function()
      dht.put('m', '1', function() end)
      dht.put('m', '2', function() end)
    end })");
  o.put();
  o.fetch({}, "m");
  o.fetch({}, "m");
  CHECK(o.timer("t").messages.size() == 2);
}

TEST_CASE("a turn sends no more messages than the policy allows") {
  const auto outcome =
      outcome_of("for i = 1, 21 do dht.put('k' .. i, 'v', function() end) end", object::reach::any);
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::messages);
  CHECK(outcome.breach);
  const auto caught = outcome_of(
      "local n = 0 for i = 1, 30 do if pcall(dht.put, 'k', 'v', function() end) then n = n + 1 end "
      "end return n",
      object::reach::any);
  CHECK(text_of(caught) == "20");
  CHECK(caught.messages.size() == 20);
}

TEST_CASE("arguments that make no sense are errors that say so") {
  CHECK(failure_of("dht.get()").code == errc::script);
  CHECK(failure_of("dht.get('')").code == errc::out_of_range);
  CHECK(failure_of("dht.get(('k'):rep(600))").code == errc::out_of_range);
  CHECK(failure_of("dht.put('k', {})").code == errc::script);
  CHECK(failure_of("dht.put('k', 'v', {'node'})").code == errc::script);
  CHECK(failure_of("dht.call('k', 'm', {})", object::reach::any).code == errc::script);
}

TEST_CASE("a wait inside of a library's callback is refused with the way out") {
  const auto failure = failure_of(
      "return string.gsub('a', 'a', function() return dht.get('k') end)", object::reach::any);
  CHECK(failure.message.find("cannot wait here") != bytes::npos);
}

// Timers
// ------------------------------------------------------------------------------------------------

TEST_CASE("timers are set from now, with kind, period and missed policy") {
  with_handler o(R"(
    dht.setTimer('once', {after = 1.5})
    dht.setTimer('beat', {every = 10, missed = 'skip'})
    dht.setTimer('daily', {cron = '0 3 * * *', missed = 'each'})
    dht.cancelTimer('old'))");
  const auto outcome = o.get();
  REQUIRE_FALSE(outcome.failure);
  REQUIRE(outcome.timers.size() == 4);
  const auto& once = *outcome.timers[0].set;
  CHECK(once.kind == object::timer_kind::after);
  CHECK(once.due == o.now.wall + 1'500ms);
  CHECK(once.missed == object::missed_policy::once);
  const auto& beat = *outcome.timers[1].set;
  CHECK(beat.kind == object::timer_kind::every);
  CHECK(beat.period == 10s);
  CHECK(beat.due == o.now.wall + 10s);
  CHECK(beat.missed == object::missed_policy::skip);
  const auto& daily = *outcome.timers[2].set;
  CHECK(daily.kind == object::timer_kind::cron);
  CHECK(daily.cron == "0 3 * * *");
  CHECK(daily.missed == object::missed_policy::each);
  CHECK((daily.due - wall_time{}) % 24h == 3h);
  CHECK(outcome.timers[3].name == "old");
  CHECK_FALSE(outcome.timers[3].set);
}

TEST_CASE("the last word on a timer in a turn counts") {
  const auto outcome = outcome_of(
      "dht.setTimer('t', {after = 1}) dht.setTimer('t', {after = 2}) "
      "dht.setTimer('u', {after = 1}) dht.cancelTimer('u')");
  REQUIRE(outcome.timers.size() == 2);
  CHECK(outcome.timers[0].set->due == from_unix_ms(1'700'000'002'000));
  CHECK_FALSE(outcome.timers[1].set);
}

TEST_CASE("timers that cannot be are refused") {
  for (const char* options :
       {"{}", "{after = 1, every = 2}", "{after = -1}", "{after = 0/0}", "{after = 1e18}",
        "{every = 0.01}", "{after = '1'}", "{cron = '99 * * * *'}", "{cron = '0 0 30 2 *'}",
        "{after = 1, missed = 'never'}", "{after = 1, colour = 1}", "{[1] = 1}"}) {
    INFO(options);
    CHECK(outcome_of("dht.setTimer('t', " + bytes(options) + ")").failure);
  }
  CHECK(outcome_of("dht.setTimer('', {after = 1})").failure);
  CHECK(outcome_of("dht.setTimer(('n'):rep(200), {after = 1})").failure);
}

TEST_CASE("an object has at most the policy's number of timers") {
  CHECK(failure_of("for i = 1, 17 do dht.setTimer('t' .. i, {after = i}) end").code ==
        errc::out_of_range);
  CHECK_FALSE(outcome_of("for i = 1, 40 do dht.setTimer('t' .. i % 16, {after = i}) end").failure);
}

TEST_CASE("changes of timers in one turn are bounded") {
  CHECK(failure_of("for i = 1, 100 do dht.cancelTimer('t' .. i) end").code == errc::out_of_range);
}

TEST_CASE("arguments of a call are bounded, however often one string is named") {
  const auto failure =
      failure_of("local s = ('x'):rep(9000) dht.call('k', 'm', s, s, s, s, s, s, s, s, s, s, s, s)",
                 object::reach::any);
  CHECK(failure.code == errc::too_large);
}
