#include "apps/comet/repl_line.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace comet::client {
namespace {

using namespace std::chrono_literals;
using verb = repl_verb;
using words = std::vector<bytes>;

/// The words of a line that is right.
words words_of(bytes_view line) {
  const auto parsed = parse_line(line);
  INFO(line);
  REQUIRE(parsed);
  return parsed->words;
}

bytes reason_of(bytes_view line) {
  const auto parsed = parse_line(line);
  INFO(line);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.failure().code == errc::syntax);
  return parsed.failure().message;
}

TEST_CASE("a line is a command and its words, whatever blanks are between them") {
  CHECK(*parse_line("get") == repl_line{verb::get, {}});
  CHECK(*parse_line("  call  add\t5 x ") == repl_line{verb::call, {"add", "5", "x"}});
  CHECK(*parse_line("set {\"a\":1}\r") == repl_line{verb::set, {"{\"a\":1}"}});
  CHECK(*parse_line("put it's") == repl_line{verb::set, {"it's"}});
}

TEST_CASE("empty lines and comments are nothing") {
  for (const bytes_view line : {"", "   ", "-- get", "--"})
    CHECK(*parse_line(line) == repl_line{verb::nothing, {}});
}

TEST_CASE("a word in quotes is a string of Lua") {
  CHECK(words_of("set 'two words'") == words{"two words"});
  CHECK(words_of("set \"it's\"") == words{"it's"});
  CHECK(words_of("call m '' \"\"") == words{"m", "", ""});
  CHECK(words_of(R"(set 'a\tb\n\\\'\"')") == words{"a\tb\n\\'\""});
  CHECK(words_of(R"(set '\x41\65\0\255')") == words{bytes{"AA\0\xff", 4}});
  CHECK(words_of(R"(set '\u{41}\u{e4}\u{20AC}\u{1F600}')") ==
        words{"A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"});
}

TEST_CASE("what is wrong with a string is told with its column") {
  CHECK(reason_of("set 'a") == "column 5: the text that begins here has no end");
  CHECK(reason_of("call m 'a'b") == "column 8: a blank is missing after the text that begins here");
  CHECK(reason_of(R"(set '\q')") == R"(column 5: '\q' is no escape of Lua)");
  for (const bytes_view escape : {R"(\x4)", R"(\256)", R"(\u{110000})", R"(\u{})", R"(\u41)"})
    CHECK(reason_of(bytes{"set '"} + bytes{escape} + "'").ends_with("is no escape of Lua"));
  CHECK(reason_of(R"(set '\)").find("column 5") == 0);
}

TEST_CASE("Lua takes the rest of its line as it is") {
  CHECK(words_of("= net:get('a b')  ") == words{"net:get('a b')"});
  CHECK(words_of("=1+1") == words{"1+1"});
  CHECK(words_of("lua x = 'a' -- b") == words{"x = 'a' -- b"});
  CHECK(reason_of("=") == "this command is: = LUA; a word with blanks stands in quotes");
}

TEST_CASE("an unknown command names the one that was probably meant") {
  CHECK(reason_of("stat") == "there is no command 'stat'; is `state` meant?");
  CHECK(reason_of("frobnicate now") ==
        "there is no command 'frobnicate'; `help` lists what there is");
}

TEST_CASE("too few and too many words show the form of the command") {
  CHECK(reason_of("set two words") ==
        "this command is: set VALUE; a word with blanks stands in quotes");
  CHECK(reason_of("call") == "this command is: call METHOD [ARG]...");
  CHECK(reason_of("state now") == "this command is: state");
}

TEST_CASE("each command has a name of its own and says what it does") {
  std::set<bytes_view> names;
  for (const repl_row& row : repl_table()) {
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.about.empty());
    CHECK(row.words_min <= row.words_max);
    CHECK(find_repl_row(row.name) == &row);
  }
  CHECK(find_repl_row("none") == nullptr);
}

TEST_CASE("load takes a file and the options of comet put") {
  const auto terms = parse_load({"a/door.lua", "--value", "v", "--arg", "1", "--arg", "--x",
                                 "--compat", "--ttl", "1m", "--limit", "fuel-per-turn=5"});
  REQUIRE(terms);
  CHECK(terms->file == "a/door.lua");
  CHECK(terms->put.key == "door");
  CHECK(terms->put.value == "v");
  CHECK(terms->put.args == words{"1", "--x"});
  CHECK(terms->put.ttl == 1min);
  CHECK(terms->put.limits == words{"fuel-per-turn=5"});
  CHECK(terms->put.compat);
  CHECK(parse_load({"--key", "k", "door.lua"})->put.key == "k");
}

TEST_CASE("load says what is wrong with its words") {
  const auto reason = [](const words& given) {
    const auto terms = parse_load(given);
    REQUIRE_FALSE(terms.ok());
    return terms.failure().message;
  };
  CHECK(reason({"--compat"}) == "load takes a file of Lua");
  CHECK(reason({"a.lua", "b.lua"}) == "one file is loaded, 'a.lua' or 'b.lua'");
  CHECK(reason({"a.lua", "--value"}) == "--value has no value after it");
  CHECK(reason({"a.lua", "--valeu", "1"}).starts_with("load has no option '--valeu'"));
  CHECK(reason({"a.lua", "--ttl", "soon"}).starts_with("--ttl "));
}

TEST_CASE("who asks is a user, an address, or both; the node stays") {
  lab::client_options from;
  from.node = 3;
  from.ip = "10.0.0.1";
  const auto both = parse_caller("alice@10.0.0.7:99", from);
  REQUIRE(both);
  CHECK((both->user == "alice" && both->ip == "10.0.0.7" && both->port == 99 && both->node == 3));
  const auto user = parse_caller("bob", *both);
  REQUIRE(user);
  CHECK((user->user == "bob" && user->ip == "127.0.0.1" && user->port == 0));
  CHECK(parse_caller("", *both)->user.empty());
  CHECK(parse_caller("@10.0.0.9", from)->ip == "10.0.0.9");
  CHECK(parse_caller("@::1", from)->ip == "::1");
  const auto bracketed = parse_caller("@[::1]:80", from);
  CHECK((bracketed->ip == "::1" && bracketed->port == 80));
}

TEST_CASE("an address that cannot be one is told") {
  CHECK(parse_caller("a@", {}).failure().message.starts_with("an address is missing"));
  CHECK(parse_caller("a@h:0", {}).failure().message == "a port is 1 to 65535, not '0'");
  CHECK(parse_caller("a@h:x", {}).failure().message == "a port is 1 to 65535, not 'x'");
}

TEST_CASE("time goes on for a duration or until the next timer") {
  CHECK(**parse_advance({"2h"}) == 2h);
  CHECK(**parse_advance({"1d", "12h"}) == 36h);
  CHECK_FALSE(parse_advance({"until", "next", "timer"})->has_value());
  CHECK_FALSE(parse_advance({"until", "monday"}).ok());
  CHECK_FALSE(parse_advance({"soon"}).ok());
}

}  // namespace
}  // namespace comet::client
