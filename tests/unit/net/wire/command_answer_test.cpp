#include "net/wire/command_answer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "net/wire/resp_writer.hpp"

using namespace comet;
using namespace comet::wire;
using object::reply;

namespace {

reply ask(session_command which, const std::vector<bytes_view>& words) {
  std::vector<bytes_view> argv{"command", "sub"};
  argv.insert(argv.end(), words.begin(), words.end());
  return answer_command(which, argv);
}

bytes resp2(const reply& r) {
  bytes out;
  append(out, r, protocol::resp2);
  return out;
}

const reply* field(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return &map.items[i + 1];
  return nullptr;
}

}  // namespace

TEST_CASE("COMMAND INFO of GET is that of Redis 7.0, byte by byte") {
  CHECK(resp2(ask(session_command::command_info, {"get"})) ==
        "*1\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
        "*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n"
        "+access\r\n$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n"
        "$5\r\nindex\r\n:1\r\n$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n"
        "*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n");
}

TEST_CASE("COMMAND INFO answers null for what there is not, and knows subcommands") {
  CHECK(resp2(ask(session_command::command_info, {"foo", "client|kill"})) ==
        "*2\r\n$-1\r\n*10\r\n$11\r\nclient|kill\r\n:-3\r\n*4\r\n+admin\r\n+noscript\r\n"
        "+loading\r\n+stale\r\n:0\r\n:0\r\n:0\r\n*4\r\n+@admin\r\n+@slow\r\n+@dangerous\r\n"
        "+@connection\r\n*0\r\n*0\r\n*0\r\n");
}

TEST_CASE("COMMAND and COMMAND INFO without names tell of all commands") {
  const reply all = ask(session_command::command, {});
  CHECK(all.items.size() == all_commands().size());
  CHECK(ask(session_command::command_info, {}) == all);
  CHECK(ask(session_command::command_count, {}).integer ==
        static_cast<std::int64_t>(all.items.size()));
  for (const reply& info : all.items)
    REQUIRE(info.items.size() == 10);
}

TEST_CASE("COMMAND DOCS has the fields that redis-cli makes its help of") {
  const reply docs = ask(session_command::command_docs, {"SET", "nope", "client"});
  REQUIRE(docs.what == reply::kind::map);
  REQUIRE(docs.items.size() == 4);
  const reply* set = field(docs, "set");
  REQUIRE(set != nullptr);
  CHECK(field(*set, "group")->text == "string");
  CHECK(field(*set, "since")->text == "1.0.0");
  CHECK(field(*set, "complexity") != nullptr);
  const reply& arguments = *field(*set, "arguments");
  REQUIRE(arguments.items.size() == 5);
  const reply& key = arguments.items[0];
  CHECK(field(key, "name")->text == "key");
  CHECK(field(key, "type")->text == "key");
  CHECK(field(key, "key_spec_index")->integer == 0);
  const reply& condition = arguments.items[2];
  CHECK(field(condition, "type")->text == "oneof");
  CHECK(field(condition, "flags")->items[0].text == "optional");
  CHECK(field(field(condition, "arguments")->items[1], "token")->text == "XX");
  const reply& subcommands = *field(*field(docs, "client"), "subcommands");
  CHECK(field(subcommands, "client|kill") != nullptr);
}

TEST_CASE("COMMAND GETKEYS finds keys and explains why not") {
  const auto getkeys = [](const std::vector<bytes_view>& words) {
    return resp2(ask(session_command::command_getkeys, words));
  };
  CHECK(getkeys({"mset", "a", "b", "c", "d"}) == "*2\r\n$1\r\na\r\n$1\r\nc\r\n");
  CHECK(getkeys({"object", "encoding", "k"}) == "*1\r\n$1\r\nk\r\n");
  CHECK(getkeys({"ping", "x"}) == "-ERR The command has no key arguments\r\n");
  CHECK(getkeys({"foo", "x"}) == "-ERR Invalid command specified\r\n");
  CHECK(getkeys({"get", "a", "b"}) == "-ERR Invalid number of arguments specified for command\r\n");
}

TEST_CASE("COMMAND LIST filters by pattern and category") {
  const auto list = [](const std::vector<bytes_view>& words) {
    return ask(session_command::command_list, words);
  };
  CHECK(list({}).items.size() == all_commands().size());
  CHECK(resp2(list({"FILTERBY", "PATTERN", "GETS*"})) == "*1\r\n$6\r\ngetset\r\n");
  CHECK(list({"filterby", "pattern", "client|*"}).items.size() == 11);
  CHECK(list({"filterby", "aclcat", "nothing"}).items.empty());
  CHECK(list({"filterby", "module", "x"}).items.empty());
  const reply pubsub = list({"filterby", "aclcat", "PUBSUB"});
  CHECK(pubsub.items.size() == 8);
  for (const auto& words : std::vector<std::vector<bytes_view>>{
           {"what"}, {"filterby", "what", "x"}, {"filterby", "pattern"}})
    CHECK(resp2(list(words)) == "-ERR syntax error\r\n");
}

TEST_CASE("HELP lists the subcommands of a container") {
  const reply help = help_of(*find_command("config"));
  CHECK(help.items[0].text == "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  CHECK(help.items[1].text == "GET parameter [parameter ...]");
  CHECK(help.items.size() == 9);
}
