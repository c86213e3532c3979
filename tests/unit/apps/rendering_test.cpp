#include "apps/comet/rendering.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using object::reply;

constexpr rendering pipe{};
constexpr rendering terminal{.terminal = true};
constexpr rendering coloured{.terminal = true, .colours = true};

reply read_at(std::int64_t time, const char* ip) {
  return reply::map({reply::bulk("time"), reply::number(time), reply::bulk("ip"), reply::bulk(ip)});
}

TEST_CASE("a text goes to a pipe as its bytes, with one line break at the end") {
  CHECK(rendered(reply::bulk("value"), pipe) == "value\n");
  CHECK(rendered(reply::bulk("code\n"), pipe) == "code\n");
  CHECK(rendered(reply::bulk({"\x00\xff", 2}), pipe) == bytes{"\x00\xff\n", 3});
  CHECK(rendered(reply::bulk(""), pipe) == "\n");
  CHECK(rendered(reply::null(), pipe).empty());
}

TEST_CASE("a text on a terminal cannot steer it") {
  CHECK(rendered(reply::bulk("\x1b[2Jx\x07"), terminal) == "\\x1b[2Jx\\x07\n");
  CHECK(rendered(reply::bulk("a\n\tb"), terminal) == "a\n\tb\n");
  CHECK(rendered(reply::bulk("caf\xc3\xa9 \xe2\x82\xac"), terminal) ==
        "caf\xc3\xa9 \xe2\x82\xac\n");
  CHECK(rendered(reply::bulk("\xc3"), terminal) == "\\xc3\n");
  CHECK(rendered(reply::bulk("\xc2\x9b"), terminal) == "\\xc2\\x9b\n");
  CHECK(rendered(reply::null(), terminal) == "(nil)\n");
}

TEST_CASE("numbers and truths are written out") {
  CHECK(rendered(reply::number(-5), terminal) == "-5\n");
  CHECK(rendered(reply::real_number(0.25), terminal) == "0.25\n");
  CHECK(rendered(reply::truth(true), terminal) == "true\n");
  CHECK(rendered(reply::ok(), terminal) == "OK\n");
}

TEST_CASE("a list is numbered on a terminal and plain in a pipe") {
  const reply list = reply::list({reply::bulk("a"), reply::number(2), reply::null()});
  CHECK(rendered(list, terminal) == "1) a\n2) 2\n3) (nil)\n");
  CHECK(rendered(list, pipe) == "a\n2\n\n");
  CHECK(rendered(reply::list({}), terminal) == "(empty)\n");
  CHECK(rendered(reply::list({}), pipe).empty());
}

TEST_CASE("the numbers of a long list are aligned") {
  reply list = reply::list({});
  for (int i = 0; i < 10; ++i)
    list.items.push_back(reply::bulk("x"));
  CHECK(rendered(list, terminal).starts_with(" 1) x\n 2) x\n"));
  CHECK(rendered(list, terminal).ends_with("10) x\n"));
}

TEST_CASE("a map is aligned, and what is nested stands below its name") {
  const reply map = reply::map({reply::bulk("turns"), reply::number(7), reply::bulk("quarantine"),
                                reply::null(), reply::bulk("timers"), reply::list({}),
                                reply::bulk("log"), reply::list({reply::bulk("one")})});
  CHECK(rendered(map, terminal) ==
        "turns       7\n"
        "quarantine  (nil)\n"
        "timers      (none)\n"
        "log\n"
        "  1) one\n");
}

TEST_CASE("lists in lists are indented") {
  const reply list = reply::list({reply::list({reply::number(1), reply::number(2)}), reply::ok()});
  CHECK(rendered(list, terminal) == "1) \n   1) 1\n   2) 2\n2) OK\n");
  CHECK(rendered(list, pipe) == "1\n2\nOK\n");
}

TEST_CASE("a list of like maps is a table") {
  const reply log = reply::list({read_at(17, "127.0.0.1"), read_at(1'800, "::1")});
  CHECK(rendered(log, terminal) ==
        "time  ip\n"
        "17    127.0.0.1\n"
        "1800  ::1\n");
}

TEST_CASE("maps that differ are no table") {
  const reply list = reply::list({read_at(1, "a"), reply::map({reply::bulk("x"), reply::ok()})});
  CHECK(rendered(list, terminal) == "1) \n   time  1\n   ip    a\n2) \n   x  OK\n");
}

TEST_CASE("a time has its date besides") {
  const reply map = reply::map({reply::bulk("due-unix-ms"), reply::number(1'700'000'000'123)});
  CHECK(rendered(map, terminal) == "due-unix-ms  1700000000123  2023-11-14 22:13:20 UTC\n");
  CHECK(rendered(map, pipe) == "due-unix-ms  1700000000123\n");
}

TEST_CASE("colours mark names and errors and nothing in a pipe") {
  const reply map = reply::map({reply::bulk("a"), reply::number(1)});
  CHECK(rendered(map, coloured) == "\x1b[1ma\x1b[0m  1\n");
  CHECK(rendered_error("no", coloured) == "\x1b[31merror:\x1b[0m no\n");
  CHECK(rendered_error("line\nbreak", pipe) == "error: line\\x0abreak\n");
}

TEST_CASE("columns are as wide as their text looks") {
  CHECK(table({"a", "b"}, {{"\xc3\xa9\xc3\xa9", "1"}, {"x", "2"}}, terminal) ==
        "a   b\n\xc3\xa9\xc3\xa9  1\nx   2\n");
}

}  // namespace
}  // namespace comet::client
