// The machine under an object: its accounts of fuel and memory to the unit, and what happens when
// memory is refused at every possible place.

#include "lua/machine.hpp"

#include <catch2/catch_test_macros.hpp>

#include "lua/turn_scope.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

const bytes busy = R"lua(
  local aso = { value = 'v', list = { 1, 2, { x = 'y' } }, count = 0 }
  local function helper(...) return select('#', ...), table.concat({ ... }, ',') end
  function aso:onGet(caller)
    self.count = self.count + 1
    local co = coroutine.wrap(function(a) local b = coroutine.yield(a .. 'x') return b:upper() end)
    local parts = { co('a'), co('b'), helper(1, 2, 3), caller.user, tostring(self.count) }
    table.sort(parts, function(p, q) return tostring(p) < tostring(q) end)
    local text = ''
    for i, p in ipairs(parts) do text = text .. p .. string.format('%5.2f', i) end
    pcall(error, { code = text })
    self.list[#self.list + 1] = text:gsub('%d', '#'):sub(1, 8)
    local packed = comet.pack(self.list)
    dht.put('k', packed, function() end)
    comet.log(text, #packed)
    return comet.sha256(text .. dht.get('k'))
  end
  return aso)lua";

struct busy_object : scripted_object {
  explicit busy_object(const object::policy& limits) : scripted_object(busy, limits) {
    network = [](const object::outcall&) {
      return reply::list({reply::bulk("answer"), reply::list({})});
    };
  }
};

object::policy reaching_policy() {
  object::policy limits;
  limits.handlers_reach = object::reach::any;
  return limits;
}

}  // namespace

TEST_CASE("a turn with exactly the fuel it needs ends, with one less it is killed") {
  scripted_object o(
      "return { onGet = function() local n = 0 for i = 1, 500 do n = n + i end return n "
      "end }");
  o.put();
  const auto needed = o.get().fuel;
  o.limits.fuel_per_turn = needed;
  CHECK(text_of(o.get()) == "125250");
  o.limits.fuel_per_turn = needed - 1;
  const auto killed = o.get();
  REQUIRE(killed.failure);
  CHECK(killed.failure->code == errc::fuel);
  CHECK(killed.fuel == needed - 1);
}

TEST_CASE("memory refused at every limit leaves a clean failure and no page behind") {
  int failures = 0;
  int successes = 0;
  for (std::size_t budget = 200; budget < 40'000; budget += budget < 12'000 ? 24 : 400) {
    object::policy limits = reaching_policy();
    busy_object o(limits);
    o.put();
    o.limits.memory_per_object = budget;
    auto program = program_of(busy);  // compiled under the full budget
    page_pool pages;
    {
      activation a("an-object", program, o.limits, o.world, pages, budget);
      object::command get;
      a.begin(o.request(turn_kind::operate, get), o.record, o.now);
      for (step s = a.run(7, o.now); s != step::finished; s = a.run(7, o.now))
        if (s == step::waiting) a.answer(o.network(a.awaited()));
      const auto outcome = a.take_outcome();
      CHECK(outcome.memory_peak <= budget);
      if (outcome.failure) {
        ++failures;
        INFO(outcome.failure->message);
        CHECK(outcome.failure->code == errc::memory);
        CHECK_FALSE(a.usable());
        CHECK_FALSE(outcome.state);
        CHECK(outcome.messages.empty());
      } else {
        ++successes;
        CHECK(a.usable());
      }
    }
    CHECK(pages.pages_in_use() == 0);
  }
  CHECK(failures > 50);
  CHECK(successes > 50);
}

TEST_CASE("the same turn costs the same fuel each time") {
  object::policy limits = reaching_policy();
  std::int64_t fuel = 0;
  for (int i = 0; i < 3; ++i) {
    busy_object o(limits);
    o.put();
    const auto outcome = o.get();
    CHECK_FALSE(outcome.failure);
    if (i > 0) CHECK(outcome.fuel == fuel);
    fuel = outcome.fuel;
  }
}

TEST_CASE("slices bound what runs at a time") {
  scripted_object o("return { onGet = function() for i = 1, 10000 do end end }");
  o.put();
  auto& a = o.active();
  object::command get;
  a.begin(o.request(turn_kind::operate, get), o.record, o.now);
  int slices = 1;
  while (a.run(1'000, o.now) == step::preempted)
    ++slices;
  const auto used = a.take_outcome().fuel;
  CHECK(slices == (used + 999) / 1'000);
}

TEST_CASE("a stretch that cannot be preempted is paid by the next slices") {
  scripted_object o(R"(return { onGet = function()
    string.gsub('a', 'a', function() for i = 1, 20000 do end end)
    for i = 1, 1000 do end end })");
  o.put();
  auto& a = o.active();
  object::command get;
  a.begin(o.request(turn_kind::operate, get), o.record, o.now);
  int slices = 1;
  while (a.run(1'000, o.now) == step::preempted)
    ++slices;
  CHECK_FALSE(a.take_outcome().failure);
  CHECK(slices >= 2);
}

TEST_CASE("a machine that cannot be opened for want of a budget still opens its environment") {
  page_pool pages;
  object::policy limits;
  environment world;
  turn_scope scope("k", limits, world, 1);
  {
    machine m(pages, scope, 42);
    REQUIRE(m.open(0));
    CHECK(m.memory_used() == 0);
    CHECK(m.memory_held() > 4'000);
    CHECK(m.fuel_used() == 0);
  }
  CHECK(pages.pages_in_use() == 0);
}

TEST_CASE("library functions that use up a slice do not put off the preemption") {
  for (const char* body :
       {"local p = comet.pack({1, 2, {3}}) while true do comet.unpack(p) end",
        "while true do comet.log('x') end", "while true do string.find('aaaa', 'b') end"}) {
    INFO(body);
    scripted_object o("return { onGet = function() " + bytes(body) + " end }");
    o.put();
    o.slice = 1'000;
    CHECK(o.get().failure->code == errc::fuel);
    CHECK(o.preemptions >= 90);
  }
}

namespace {

/// Fills memory, keeps what it made, and then writes down that it failed.
const bytes filling = R"lua(
  local aso = { value = 'empty', failures = 0 }
  function aso:onGet()
    local keep = {}
    local ok, why = pcall(function() while true do keep[#keep + 1] = { {} } end end)
    local used = comet.memory()
    comet.log('could not keep ' .. #keep .. ': ' .. why)
    self.failures = self.failures + 1
    self.value = 'full: ' .. why
    self.used = used
    return self.value
  end
  return aso)lua";

constexpr std::size_t reserve_of_default = 102'400 / 32;

}  // namespace

TEST_CASE("a handler that catches the want of memory has room to log it and to keep a message") {
  scripted_object o(filling);
  o.put();
  for (int turn = 1; turn <= 3; ++turn) {
    const auto outcome = o.get();
    CHECK(text_of(outcome) == "full: not enough memory");
    REQUIRE(outcome.log.size() == 1);
    CHECK(outcome.log.front().find("not enough memory") != bytes::npos);
    REQUIRE(outcome.state);
    // The reserve is closed again when the next turn begins, and used within the budget.
    CHECK(outcome.memory_peak > o.limits.memory_per_object - reserve_of_default);
    CHECK(outcome.memory_peak <= o.limits.memory_per_object);
  }
}

TEST_CASE("the reserve is closed until memory was refused") {
  scripted_object o(R"(return { onGet = function()
    local keep = {}
    local used, most = 0, 0
    pcall(function() while true do
      keep[#keep + 1] = {}
      used = comet.memory()
      if used > most then most = used end
    end end)
    return most end })");
  o.put();
  for (int turn = 1; turn <= 3; ++turn) {
    const auto most = std::stoll(text_of(o.get()));
    CHECK(most <= static_cast<long long>(o.limits.memory_per_object - reserve_of_default));
    CHECK(most > static_cast<long long>(o.limits.memory_per_object * 9 / 10));
  }
}

TEST_CASE("a handler that uses the reserve to go on is killed within its budget") {
  scripted_object o(R"(return { onGet = function()
    local keep = {}
    while true do pcall(function() while true do keep[#keep + 1] = {} end end) end end })");
  o.put();
  const auto outcome = o.get();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::memory);
  CHECK(outcome.memory_peak <= o.limits.memory_per_object);
  CHECK(outcome.breach);
}

TEST_CASE("preemption does not change what a handler does when its memory is full") {
  const auto filled_in_slices_of = [](std::int64_t slice) {
    scripted_object o(filling);
    o.put();
    o.slice = slice;
    const auto outcome = o.get();
    return std::pair(text_of(outcome), outcome.log.size());
  };
  const auto whole = filled_in_slices_of(1'000'000'000);
  for (const std::int64_t slice : {1, 2, 3, 7, 50, 333, 1'000})
    CHECK(filled_in_slices_of(slice) == whole);
}
