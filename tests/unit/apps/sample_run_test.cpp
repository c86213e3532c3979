#include "apps/comet/sample_run.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>

namespace comet::client {
namespace {

using std::chrono::nanoseconds;

/// A clock that goes on by a microsecond with each look: every step takes as long as the others.
stopwatch even_clock() {
  return [looks = std::make_shared<int>(0)] { return nanoseconds{1'000} * ++*looks; };
}

result<sample_figures> run(const bytes& source, std::vector<bytes> handlers, sample more = {}) {
  more.source = source;
  more.handlers = std::move(handlers);
  return run_sample(more, even_clock());
}

std::vector<bytes> names_of(const sample_figures& figures) {
  std::vector<bytes> names;
  for (const handler_figures& handler : figures.handlers)
    names.push_back(handler.name);
  return names;
}

const handler_figures& figures_of(const sample_figures& all, bytes_view name) {
  const auto found = std::find_if(all.handlers.begin(), all.handlers.end(),
                                  [&](const handler_figures& h) { return h.name == name; });
  REQUIRE(found != all.handlers.end());
  return *found;
}

using words = std::vector<bytes>;

TEST_CASE("every handler the object has, each call and each timer has a turn") {
  sample more;
  more.value = "hello";
  more.calls = {{"add", "3"}};
  const auto figures =
      run("local a = { sum = 0 }\n"
          "function a:onPut() dht.setTimer('late', {after = 60}) dht.setTimer('soon', {after = 5}) "
          "return self end\n"
          "function a:onGet() return self.value end\n"
          "function a:onUpdate(new) return new end\n"
          "function a:onTimer(name) end\n"
          "function a:onDelete() end\n"
          "function a:add(n) self.sum = self.sum + tonumber(n) return self.sum end\nreturn a",
          {"onPut", "onGet", "onUpdate", "onTimer", "onDelete"}, more);
  REQUIRE(figures);
  CHECK(names_of(*figures) ==
        words{"onPut", "onGet", "onUpdate", "add", "onTimer:soon", "onTimer:late", "onDelete"});
  for (const handler_figures& handler : figures->handlers) {
    INFO(handler.name);
    CHECK(handler.failure.empty());
    CHECK(handler.fuel > 0);
    CHECK(handler.memory > 0);
  }
  CHECK(figures->state_bytes_max > 10);
}

TEST_CASE("fuel is that of the costliest turn and the same in every run") {
  const bytes source =
      "local a = { reads = 0 }\n"
      "function a:onGet() self.reads = self.reads + 1 "
      "for i = 1, self.reads * 100 do end return 1 end\n"
      "function a:noop() end\nreturn a";
  sample more;
  more.calls = {{"noop"}};
  const auto once = run(source, {"onGet"});
  const auto twice = run(source, {"onGet"}, more);  // a call is followed by another get
  REQUIRE(once);
  REQUIRE(twice);
  CHECK(figures_of(*once, "onGet").fuel == figures_of(*run(source, {"onGet"}), "onGet").fuel);
  CHECK(figures_of(*twice, "onGet").fuel > figures_of(*once, "onGet").fuel + 50);
}

TEST_CASE("the arguments, the value and the payload reach the object") {
  sample more;
  more.args = {"7"};
  more.value = "v";
  more.payload = "p";
  const auto figures =
      run("local a = { n = ... }\n"
          "function a:onPut() assert(self.n == '7' and self.value == 'v') return self end\n"
          "function a:onGet(_, _, payload) assert(payload == 'p') end\nreturn a",
          {"onPut", "onGet"}, more);
  REQUIRE(figures);
  CHECK(figures_of(*figures, "onGet").failure.empty());
}

TEST_CASE("a limit that a handler passes is told apart from an error that it raises") {
  const auto endless = run("return { onGet = function()\n while true do end end }", {"onGet"});
  REQUIRE(endless);
  CHECK(figures_of(*endless, "onGet").passed_limit);
  CHECK(figures_of(*endless, "onGet").failure ==
        "fuel: 100000 instructions used up in onGet at line 2");
  const auto raising = run("return { onGet = function() error('closed') end }", {"onGet"});
  REQUIRE(raising);
  CHECK_FALSE(figures_of(*raising, "onGet").passed_limit);
  CHECK(figures_of(*raising, "onGet").failure.find("closed") != bytes::npos);
}

TEST_CASE("a put that fails or stores nothing is an error with its answer") {
  const auto failed =
      run("return { onPut = function() error('ARG 1 is a time', 0) end }", {"onPut"});
  REQUIRE_FALSE(failed);
  CHECK(failed.failure().message.find("ARG 1 is a time") != bytes::npos);
  const auto nothing = run("return { onPut = function() end }", {"onPut"});
  REQUIRE_FALSE(nothing);
  CHECK(nothing.failure().message == "onPut gave nil, so nothing was stored");
}

TEST_CASE("other keys are reached only as if it were signed") {
  const bytes source =
      "return { onGet = function() local v, why = dht.get('other') "
      "if why and v == nil and type(why) == 'string' then error(why) end end }";
  sample more;
  more.signed_by_administrator = true;
  const auto own = run(source, {"onGet"});
  const auto any = run(source, {"onGet"}, more);
  REQUIRE(own);
  REQUIRE(any);
  CHECK_FALSE(figures_of(*own, "onGet").failure.empty());
  CHECK(figures_of(*any, "onGet").failure.empty());
}

TEST_CASE("an object that ends itself ends the sample in good order") {
  const auto figures =
      run("return { onGet = function() dht.deleteSelf() return 1 end, onUpdate = function(_, n) "
          "return n end }",
          {"onGet", "onUpdate"});
  REQUIRE(figures);
  CHECK(names_of(*figures) == words{"onGet"});
}

TEST_CASE("timers that ring for ever do not keep the sample from its end") {
  const auto figures =
      run("return { onPut = function(self) dht.setTimer('often', {every = 1}) "
          "dht.setTimer('once', {after = 86400 * 365}) return self end, onTimer = function() end }",
          {"onPut", "onTimer"});
  REQUIRE(figures);
  CHECK(figures_of(*figures, "onTimer:often").fuel > 0);
}

}  // namespace
}  // namespace comet::client
