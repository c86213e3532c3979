#include "lab/script_console.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

/// A console of a network of its own.
struct console_probe {
  console_probe() {
    files.texts["t/counter.lua"] =
        "local aso = { count = 0 }\n"
        "function aso:add(n) self.count = self.count + math.tointeger(n) return self.count end\n"
        "return aso\n";
    auto made = script_console::open(*network, "t/counter.lua", files.reader(), stop);
    REQUIRE(made);
    console = std::move(*made);
  }

  bytes shown(bytes_view line) {
    auto done = console->run(line);
    return done ? *done : "error: " + done.failure().message;
  }

  written_files files;
  std::atomic<bool> stop = false;
  std::unique_ptr<world> network = *world::make({});
  std::unique_ptr<script_console> console;
};

TEST_CASE("expressions show their values as Lua writes them, statements what they return") {
  console_probe probe;
  CHECK(probe.shown("1 + 1, 'a', nil, {x = {1, 2}}") == "2\n\"a\"\nnil\n{x = {1, 2}}\n");
  CHECK(probe.shown("x = 5").empty());
  CHECK(probe.shown("return x, x + 1") == "5\n6\n");
  CHECK(probe.shown("net:node(1)") == "node 1\n");
}

TEST_CASE("globals last from line to line, and so does the network") {
  console_probe probe;
  CHECK(probe.shown("net:put('hits', 'counter.lua')") == "\"OK\"\n");
  CHECK(probe.shown("alice = net:client{ user = 'alice' }").empty());
  CHECK(probe.shown("alice:call('hits', 'add', 2)") == "2\n");
  CHECK(probe.shown("alice:call('hits', 'add', 3)") == "5\n");
  CHECK(probe.shown("net:inspect('hits').state") == "{count = 5}\n");
}

TEST_CASE("time passes as a line asks for it") {
  console_probe probe;
  CHECK(probe.shown("net:advance('2h')").empty());
  CHECK(probe.network->now() == epoch + std::chrono::hours{2});
}

TEST_CASE("errors are those of Lua with their line, and the console goes on") {
  console_probe probe;
  CHECK(probe.shown("x = = 1") == "error: lua:1: unexpected symbol near '='");
  CHECK(probe.shown("error('no', 0)") == "error: no");
  CHECK(probe.shown("local t\nreturn t.x").starts_with("error: lua:2: attempt to index a nil"));
  CHECK(probe.shown("net:get()").starts_with("error: lua:1: bad argument #1 to 'get'"));
  CHECK(probe.shown("expect.equal(1, 2)") == "error: the values are not equal; expected 2, got 1");
  CHECK(probe.shown("test('it', function() end)").find("at the top level") != bytes::npos);
  CHECK(probe.shown("7") == "7\n");
}

TEST_CASE("a line that loops without end is ended, and the next one has all its fuel again") {
  console_probe probe;
  CHECK(probe.shown("while true do pcall(error) end") ==
        "error: it took more than 100 million instructions: does it loop without end?");
  CHECK(probe.shown("for i = 1, 5000000 do end return 'done'") == "\"done\"\n");
}

TEST_CASE("a line that takes all memory is ended") {
  console_probe probe;
  CHECK(probe.shown("t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end") ==
        "error: it took more than 256 MB of memory");
  CHECK(probe.shown("t = nil").empty());
  CHECK(probe.shown("local t = {} while true do t = {t} end") ==
        "error: it took more than 256 MB of memory");
  CHECK(probe.shown("'still here'") == "\"still here\"\n");
}

TEST_CASE("a line that is stopped ends, whatever it catches") {
  console_probe probe;
  probe.stop = true;
  CHECK(probe.shown("while true do pcall(net.advance, net, '1d') end") == "error: stopped");
  CHECK(probe.shown("net:advance('1d')") == "error: stopped after 0s of 1d");
  probe.stop = false;
  CHECK(probe.shown("net:advance('1s')").empty());
}

TEST_CASE("there is no console where its first node is down") {
  world_options three;
  three.nodes = 3;
  const auto network = *world::make(three);
  REQUIRE(network->kill(1));
  const std::atomic<bool> stop = false;
  CHECK_FALSE(script_console::open(*network, "a.lua", written_files{}.reader(), stop).ok());
}

}  // namespace
}  // namespace comet::lab::test
