#include "apps/comet/repl_session.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

namespace comet::client {
namespace {

constexpr bytes_view door =
    "local aso = { reads = 0, value = 'hello' }\n"
    "function aso:onPut() dht.setTimer('close', { every = 3600 }) return self end\n"
    "function aso:onGet(caller)\n"
    "  self.reads = self.reads + 1\n"
    "  comet.log(caller.user .. ' at ' .. caller.ip)\n"
    "  return self.value\n"
    "end\n"
    "function aso:onTimer() comet.publish('doors', 'closed') end\n"
    "function aso:add(n) self.reads = self.reads + math.tointeger(n) return self.reads end\n"
    "function aso:loop()\n"
    "  while true do end\n"
    "end\n"
    "return aso\n";

/// A session without a terminal, whose files are here.
struct session_probe {
  explicit session_probe(std::size_t nodes = 1) {
    files["door.lua"] = door;
    lab::world_options network;
    network.nodes = nodes;
    auto begun = repl_session::begin(network,
                                     {.read = [this](const bytes& path) -> result<bytes> {
                                        const auto found = files.find(path);
                                        if (found == files.end())
                                          return {errc::not_found, "cannot read " + path};
                                        return found->second;
                                      },
                                      .print = [this](bytes_view text) { shown += text; },
                                      .how = {}},
                                     stop);
    REQUIRE(begun);
    session = std::move(*begun);
  }

  /// What a line shows, and "error: why" after it when it failed.
  bytes run(bytes_view line) {
    shown.clear();
    const auto done = session->run(line);
    return done ? shown : shown + "error: " + done.failure().message;
  }

  std::map<bytes, bytes> files;
  bytes shown;
  std::atomic<bool> stop = false;
  std::unique_ptr<repl_session> session;
};

bool has(const bytes& text, bytes_view part) {
  return text.find(part) != bytes::npos;
}

TEST_CASE("an object is loaded, and commands are about it") {
  session_probe probe;
  CHECK(probe.run("load door.lua --value hi") == "OK\n");
  CHECK(probe.run("key") == "door\n");
  CHECK(probe.run("get") == "hi\n");
  CHECK(probe.run("call add 5") == "6\n");
  CHECK(has(probe.run("state"), "reads  6\n"));
  CHECK(probe.run("set 'a new one'") == "OK\n");
  CHECK(probe.run("get") == "a new one\n");
  CHECK(has(probe.run("info"), "turns "));
  CHECK(has(probe.run("code"), "function aso:onGet(caller)"));
  CHECK(probe.run("delete") == "1\n");
  CHECK(probe.run("state") == "error: there is no object at 'door'");
}

TEST_CASE("plain values and any command of the store can be used, without a file") {
  session_probe probe;
  CHECK(probe.run("key hits") == "");
  CHECK(probe.run("set 5") == "OK\n");
  CHECK(probe.run("command INCR hits") == "6\n");
  CHECK(probe.run("state") == "6\n");
  CHECK(probe.run("command FROB") ==
        "error: ERR unknown command 'FROB', with args beginning with: ");
}

TEST_CASE("who asks is seen by handlers") {
  session_probe probe;
  probe.run("load door.lua");
  probe.run("as alice@10.0.0.7");
  probe.run("get");
  probe.run("as");
  probe.run("get");
  CHECK(probe.run("log") == "alice at 10.0.0.7\n at 127.0.0.1\n");
  CHECK(probe.run("log 1") == " at 127.0.0.1\n");
  CHECK(has(probe.run("journal"), "alice@10.0.0.7:"));
  CHECK(probe.run("as a@nowhere:1").starts_with("error: "));
  CHECK(probe.run("log 0").starts_with("error: log: a whole number from 1 up"));
}

TEST_CASE("time passes, and the turns that ran meanwhile are shown") {
  session_probe probe;
  probe.run("load door.lua");
  CHECK(has(probe.run("timers"), "every 1h"));
  const bytes rung = probe.run("advance until next timer");
  CHECK(rung.starts_with("2026-01-01T01:00:0"));
  CHECK(has(rung, "onTimer:close"));
  CHECK(has(probe.run("advance 2h"), "T03:00:00."));
  CHECK(probe.run("messages") ==
        "channel  message\ndoors    closed\ndoors    closed\ndoors    closed\n");
  CHECK(probe.run("messages") == "");
  CHECK_FALSE(has(probe.run("advance 1s"), "onTimer"));
}

TEST_CASE("until the next timer needs an object with a timer") {
  session_probe probe;
  CHECK(probe.run("advance until next timer") == "error: there is no object at 'object'");
  probe.run("set 1");
  CHECK(probe.run("advance until next timer") == "error: 'object' has no timer");
}

TEST_CASE("errors of handlers bear the file and the line, and a loop ends by its fuel") {
  session_probe probe;
  probe.run("load door.lua");
  CHECK(probe.run("call add x").starts_with("error: door.lua:9: "));
  CHECK(probe.run("call loop").starts_with("error: door.lua:11: ERR fuel: 100000 instructions"));
  CHECK(probe.run("call none") == "error: ERR the object has no method 'none'");
  CHECK(probe.run("get") == "hello\n");
}

TEST_CASE("an edited file is put again, and methods follow") {
  session_probe probe;
  CHECK(probe.run("reload") == "error: no file is loaded: load FILE");
  probe.run("load door.lua");
  CHECK(probe.session->names().methods == std::vector<bytes>{"add", "loop"});
  probe.files["door.lua"] = "local aso = {}\nfunction aso:left(\nreturn aso\n";
  CHECK(probe.run("reload").starts_with("error: door.lua:3: "));
  CHECK(probe.run("get") == "hello\n");
  probe.files["door.lua"] = "local aso = {}\nfunction aso:left() return 7 end\nreturn aso\n";
  CHECK(probe.run("reload") == "OK\n");
  CHECK(probe.run("call left") == "7\n");
  CHECK(probe.session->names().methods == std::vector<bytes>{"left"});
}

TEST_CASE("a file that cannot be put says why, and reload tries it again") {
  session_probe probe;
  CHECK(probe.run("load none.lua") == "error: cannot read none.lua");
  probe.files["none.lua"] = "return { onGet = 5 }\n";
  const bytes odd = probe.run("reload");
  CHECK(has(odd, "none.lua:1: warning: handler 'onGet' is not a function"));
  CHECK(odd.ends_with("error: none.lua: onGet is not a function, so it is no handler"));
  probe.files["none.lua"] = "return { onPut = function() return nil end }\n";
  probe.run("delete");
  CHECK(has(probe.run("reload"), "error: nothing was stored at 'none'"));
}

TEST_CASE("a script of the prototype is loaded with --compat") {
  session_probe probe;
  probe.files["old.lua"] = "function onGet(caller)\n  return caller:getIP()\nend\n";
  CHECK_FALSE(probe.run("load old.lua") == "OK\n");
  CHECK(probe.run("load old.lua --compat") == "OK\n");
  CHECK(probe.run("get") == "127.0.0.1\n");
}

TEST_CASE("reset begins a new network with the same file and the same chance") {
  session_probe probe;
  probe.run("load door.lua");
  probe.run("as alice");
  probe.run("get");
  probe.run("advance 1d");
  CHECK(probe.run("reset") == "OK\n");
  CHECK(probe.run("now").starts_with("2026-01-01T00:00:00."));
  CHECK(has(probe.run("state"), "reads  0\n"));
  CHECK(probe.run("= net:now() < 1767225601000") == "true\n");
}

TEST_CASE("nodes stop and start, and another of them can be asked") {
  session_probe probe(3);
  probe.run("load door.lua");
  probe.run("settle");
  const bytes nodes = probe.run("nodes");
  CHECK(has(nodes, "leads"));
  CHECK(has(probe.run("kill 1"), "1     down"));
  CHECK(probe.run("at 1").starts_with("error: "));
  CHECK(probe.run("at 2") == "");
  probe.run("advance 1m");
  CHECK(probe.run("get") == "hello\n");
  CHECK(has(probe.run("start 1"), "1     up"));
  CHECK(has(probe.run("pause 3"), "paused"));
  CHECK_FALSE(has(probe.run("resume 3"), "paused"));
  CHECK(has(probe.run("add"), "\n4     up"));
  CHECK(probe.run("stop 9").starts_with("error: "));
  CHECK(probe.run("stop x") == "error: a node's number: a whole number from 1 up, not 'x'");
  probe.run("command PUBLISH doors open");
  probe.run("advance 1s");  // the listener's node is another one
  CHECK(has(probe.run("messages"), "doors    open"));
}

TEST_CASE("Lua of the test API sees the same network") {
  session_probe probe;
  probe.run("load door.lua");
  CHECK(probe.run("= net:get('door')") == "\"hello\"\n");
  CHECK(has(probe.run("state"), "reads  1\n"));
  CHECK(probe.run("lua x = 5") == "");
  CHECK(probe.run("= x + 1") == "6\n");
  probe.files["plain.lua"] = "return { value = 1 }\n";
  probe.run("load door.lua");
  probe.run("reset");
  CHECK(probe.run("= net:put('p', 'plain.lua')") == "\"OK\"\n");
  CHECK(probe.run("= 1 + nil").starts_with("error: lua:1: attempt to perform arithmetic"));
}

TEST_CASE("what takes long ends when it is stopped, and the session goes on") {
  session_probe probe;
  probe.run("load door.lua");
  probe.stop = true;
  CHECK(probe.run("advance 300d").ends_with("error: stopped after 0s of 300d"));
  CHECK(probe.run("= net:advance('300d')") == "error: stopped after 0s of 300d");
  probe.stop = false;
  CHECK(probe.run("get") == "hello\n");
}

TEST_CASE("help explains, and quit ends") {
  session_probe probe;
  CHECK(has(probe.run("help"), "advance DURATION | until next timer"));
  CHECK(probe.run("help at") == "at NODE\n  Which node is asked from now on, by its number\n");
  CHECK(probe.run("help nosuch").starts_with("error: there is no command 'nosuch'"));
  CHECK_FALSE(probe.session->is_over());
  probe.run("quit");
  CHECK(probe.session->is_over());
}

TEST_CASE("a network that cannot be made is an error") {
  lab::world_options none;
  none.nodes = 0;
  const std::atomic<bool> stop = false;
  CHECK_FALSE(repl_session::begin(none, {}, stop).ok());
}

}  // namespace
}  // namespace comet::client
