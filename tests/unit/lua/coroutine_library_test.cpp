// Waits and preemption inside of coroutines: wherever a turn is interrupted, the script must not be
// able to tell.

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "base/random.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

/// Touches everything that can be suspended: generators in generators, errors, waits at every
/// depth, callbacks that cannot wait, every metamethod, __close, varargs, tail calls, closures.
const bytes thorough = R"lua(
local aso = {}
function aso:onGet()
  local out = {}
  local function P(...)
    local t = table.pack(...)
    for i = 1, t.n do t[i] = tostring(t[i]) end
    out[#out + 1] = table.concat(t, ',')
  end
  local function ask(k) return (dht.get(k)) end

  local function gen(n)
    return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end end)
  end
  for a, b in gen(7) do P(a, b) end
  local function perm(a, n)
    n = n or #a
    if n <= 1 then coroutine.yield(table.concat(a)) else
      for i = 1, n do a[n], a[i] = a[i], a[n] perm(a, n - 1) a[n], a[i] = a[i], a[n] end
    end
  end
  local c = 0
  for p in coroutine.wrap(function() perm{'a', 'b', 'c', 'd'} end) do
    c = c + 1
    if c % 6 == 0 then P(p) end
  end

  local co = coroutine.create(function(x) local y = coroutine.yield(x + 1) error('boom' .. y) end)
  P(coroutine.resume(co, 1)) P(coroutine.resume(co, 5))
  P(coroutine.resume(co)) P(coroutine.status(co))
  P(pcall(coroutine.wrap(function() error({}) end)))
  P(coroutine.isyieldable(), coroutine.wrap(function() return coroutine.isyieldable() end)())

  P(ask('k1'))
  P(coroutine.wrap(function() local v = ask('k2') coroutine.yield(v) return ask('k3') end)())
  local w = coroutine.wrap(function(a)
    for i = 1, 3 do a = coroutine.yield(a .. ask('g' .. i)) end
    return 'end'
  end)
  P(w('x')) P(w('y')) P(w('z')) P(w('q'))
  P(pcall(function()
    return coroutine.wrap(function() return pcall(function() return ask('deep') end) end)()
  end))
  local function level(n)
    if n == 0 then return ask('bottom') end
    return coroutine.wrap(function()
      local r = level(n - 1) coroutine.yield(r .. n) return 'x'
    end)()
  end
  P(level(5))

  P(pcall(string.gsub, 'abc', '.', function(ch) return ask(ch) end))
  P(string.gsub('abc', '.', function(ch)
    local s = 0 for i = 1, 20 do s = s + i end return ch .. s
  end))
  P(string.gsub('abc', '.', function(ch)
    return coroutine.wrap(function() for i = 1, 30 do coroutine.yield(ch .. i) end end)() end))
  P(pcall(table.sort, {3, 1, 2}, function(a, b) return ask('s') < b end))
  local t = {}
  for i = 1, 60 do t[i] = (i * 37) % 61 end
  table.sort(t, function(a, b) return coroutine.wrap(function() return a < b end)() end)
  P(table.concat(t, ' '))

  local mt = {}
  for _, m in ipairs{'add', 'sub', 'mul', 'div', 'mod', 'pow', 'unm', 'idiv', 'band', 'bor', 'bxor',
                     'shl', 'shr', 'bnot', 'concat'} do
    mt['__' .. m] = function() return m .. ask(m) end
  end
  mt.__eq = function() return ask('eq') ~= nil end
  mt.__lt = function() return ask('lt') ~= nil end
  mt.__le = function() return ask('le') == nil end
  mt.__len = function() return #ask('len') end
  mt.__index = function(t, k) return k .. ask('index') end
  mt.__call = function(self, ...) return select('#', ...), ask('call') end
  mt.__newindex = function(t, k, v) rawset(t, k, v .. ask('ni')) end
  mt.__close = function() P('closed' .. ask('close')) end
  local A, B = setmetatable({}, mt), setmetatable({}, mt)
  P(A + B, A - 1, 2 * A, A / B, A % 3, A ^ 2, -A, A // 2, A & 1, A | 1, A ~ 1, A << 1, A >> 1,
    ~A, A .. 's', 's' .. A, 1 .. A)
  P(A == B, A ~= B, A < B, A <= B, A > B, A < 1, 1 < A, A <= 2.5, #A, A.foo, A(1, 2, 3))
  A.zip = 'v' P(A.zip)
  do local x <close> = setmetatable({}, mt) local y <close> = setmetatable({}, mt) P('in') end
  P(pcall(function() local x <close> = setmetatable({}, mt) error('E') end))
  for k in (function(s, v) v = v + 1 if v < 4 then return v, ask('it') end end), nil, 0 do P(k) end

  local function va(...) local a, b = ... return select('#', ...), a, b, ... end
  P(va(1, nil, 3)) P((va()))
  local i = 0
  ::top:: i = i + 1 if i < 5 then goto top end
  P(i)
  local fs = {}
  for j = 1, 3 do fs[j] = function() j = j + 1 return j end end
  P(fs[1](), fs[1](), fs[2](), fs[3]())
  local function tail(n) if n == 0 then return ask('tail') end return tail(n - 1) end
  P(tail(50))
  P(xpcall(function() error(ask('xp')) end, function(m) return 'H:' .. m end))
  P(select(2, pcall(error, nil)))
  return table.concat(out, '\n')
end
return aso)lua";

object::policy generous() {
  object::policy limits;
  limits.fuel_per_turn = 1'000'000;
  limits.messages_per_turn = 1'000;
  limits.memory_per_object = 400'000;
  limits.handlers_reach = object::reach::any;
  return limits;
}

struct run_of {
  bytes text;
  std::int64_t fuel;
  int preemptions;
};

run_of run_thorough(std::int64_t slice) {
  scripted_object o(thorough, generous());
  o.network = [](const object::outcall& call) {
    return reply::list({reply::bulk("<" + call.key + ">"), reply::list({})});
  };
  o.put();
  o.slice = slice;
  const auto outcome = o.get();
  return {text_of(outcome), outcome.fuel, o.preemptions};
}

bytes value_of(const bytes& body) {
  scripted_object o("return { onGet = function() " + body + " end }");
  o.put();
  return text_of(o.get());
}

}  // namespace

TEST_CASE("preemption at any instruction changes nothing that a script can see") {
  const auto whole = run_thorough(1'000'000'000);
  CHECK(whole.preemptions == 0);
  CHECK(whole.text.find("closed<close>") != bytes::npos);
  CHECK(whole.text.find("cannot wait here") != bytes::npos);
  int total = 0;
  for (std::int64_t slice = 1; slice <= 300; slice += slice < 40 ? 1 : 7) {
    const auto sliced = run_thorough(slice);
    INFO(slice);
    CHECK(sliced.text == whole.text);
    // Instructions are the same; when the collector shrinks a stack, and memory is charged, is not.
    CHECK(std::abs(sliced.fuel - whole.fuel) < 100);
    total += sliced.preemptions;
  }
  CHECK(total > 10'000);
}

TEST_CASE("preemption at random instructions changes nothing that a script can see") {
  const auto whole = run_thorough(1'000'000'000);
  prng chance(20101004);
  for (int round = 0; round < 20; ++round) {
    scripted_object o(thorough, generous());
    o.network = [](const object::outcall& call) {
      return reply::list({reply::bulk("<" + call.key + ">"), reply::list({})});
    };
    o.run_slice = [&](activation& a) {
      return a.run(1 + static_cast<std::int64_t>(chance.below(500)), o.now);
    };
    o.put();
    INFO(round);
    CHECK(text_of(o.get()) == whole.text);
    CHECK(o.preemptions > 10);
  }
}

TEST_CASE("fuel is one account over all coroutines") {
  const auto fuel_of = [](const bytes& body) {
    scripted_object o("return { onGet = function() " + body + " end }");
    o.put();
    return o.get().fuel;
  };
  const auto alone = fuel_of("local n = 0 for i = 1, 1000 do n = n + i end");
  const auto inside =
      fuel_of("coroutine.wrap(function() local n = 0 for i = 1, 1000 do n = n + i end end)()");
  CHECK(alone > 2'000);
  CHECK(inside > alone);
  CHECK(inside < alone + 100);
}

TEST_CASE("a kill inside of a coroutine ends the turn, not only the coroutine") {
  scripted_object o(R"(return { value = 0, onGet = function(self)
    local ok = coroutine.resume(coroutine.create(function() while true do end end))
    return 'survived' end })");
  o.put();
  const auto outcome = o.get();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::fuel);
}

TEST_CASE("dead, running and normal coroutines are not resumed") {
  CHECK(value_of("local co = coroutine.create(function() end) coroutine.resume(co) "
                 "return select(2, coroutine.resume(co))") == "cannot resume dead coroutine");
  CHECK(value_of("local co co = coroutine.create(function() return coroutine.resume(co) end) "
                 "return select(3, coroutine.resume(co))") ==
        "cannot resume non-suspended coroutine");
  CHECK(value_of("local f f = coroutine.wrap(function() return pcall(f) end) "
                 "return select(2, f())") == "cannot resume non-suspended coroutine");
}

TEST_CASE("the states of a coroutine have their names") {
  CHECK(value_of(R"(
    local outer, seen
    outer = coroutine.create(function()
      local inner = coroutine.create(function() return coroutine.status(outer) end)
      seen = coroutine.status(outer) .. ' ' .. coroutine.status(inner)
      local _, normal = coroutine.resume(inner)
      return seen .. ' ' .. normal .. ' ' .. coroutine.status(inner)
    end)
    return select(2, coroutine.resume(outer)))") == "running suspended normal dead");
}

TEST_CASE("a handler cannot yield to the host on its own") {
  scripted_object o("return { onGet = function() coroutine.yield(1) end }");
  o.put();
  CHECK(o.get().failure->message == "onGet: aso:1: attempt to yield from outside a coroutine");
}
