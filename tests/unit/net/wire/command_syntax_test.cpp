#include "net/wire/command_syntax.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::wire;

namespace {

/// A tree as text: name:type, TOKEN=, ? optional, + multiple, parts in brackets.
bytes shown(const syntax_node& node) {
  bytes text = node.token.empty() ? "" : node.token + "=";
  text += node.name + ":" + bytes{name_of(node.what)};
  if (node.optional) text += "?";
  if (node.multiple) text += "+";
  if (node.multiple_token) text += "!";
  if (node.parts.empty()) return text;
  text += "(";
  for (const syntax_node& part : node.parts)
    text += shown(part) + " ";
  text.back() = ')';
  return text;
}

bytes tree_of(const command_row& row) {
  bytes text;
  for (const syntax_node& node : syntax_of(row))
    text += shown(node) + " ";
  if (!text.empty()) text.pop_back();
  return text;
}
bytes tree_of(bytes_view name) {
  return tree_of(*find_command(name));
}
bytes tree_of(bytes_view container, bytes_view name) {
  return tree_of(*find_subcommand(*find_command(container), name));
}

}  // namespace

TEST_CASE("plain arguments have types, and keys are where the row says") {
  CHECK(tree_of("get") == "key:key");
  CHECK(tree_of("setrange") == "key:key offset:integer value:string");
  CHECK(tree_of("rename") == "key:key newkey:key");
  CHECK(tree_of("aso.put") ==
        "key:key source:string COMPAT=compat:pure-token? VALUE=value:string? "
        "ARG=argument:string?+! TTL=seconds:integer? "
        "LIMIT=name_value:block?+!(name:string value:string) RECORD=turns:integer?");
  CHECK(tree_of("object", "freq") == "key:key");
  CHECK(tree_of("dbsize").empty());
}

TEST_CASE("choices and tokens nest") {
  CHECK(tree_of("getex") ==
        "key:key seconds_milliseconds_unix-time-seconds_unix-time-milliseconds_persist:oneof?("
        "EX=seconds:integer PX=milliseconds:integer EXAT=unix-time-seconds:unix-time "
        "PXAT=unix-time-milliseconds:unix-time PERSIST=persist:pure-token)");
  CHECK(tree_of("expire") ==
        "key:key seconds:integer nx_xx_gt_lt:oneof?(NX=nx:pure-token XX=xx:pure-token "
        "GT=gt:pure-token LT=lt:pure-token)");
  CHECK(tree_of("client", "no-evict") == "on_off:oneof(ON=on:pure-token OFF=off:pure-token)");
  CHECK(tree_of("hello") ==
        "protover_username_password_clientname:block?(protover:integer "
        "AUTH=username_password:block?(username:string password:string) "
        "SETNAME=clientname:string?)");
  CHECK(tree_of("command", "list") ==
        "FILTERBY=module-name_category_pattern:oneof?(MODULE=module-name:string "
        "ACLCAT=category:string PATTERN=pattern:pattern)");
}

TEST_CASE("repetition marks the argument or the block that repeats") {
  CHECK(tree_of("del") == "key:key+");
  CHECK(tree_of("mset") == "key_value:block+(key:key value:string)");
  CHECK(tree_of("unsubscribe") == "channel:string?+");
  CHECK(tree_of("aso.call") == "key:key method:string argument:string?+");
  CHECK(tree_of("client", "list").ends_with("ID=client-id:integer?+"));
}

TEST_CASE("every row follows the notation") {
  for (const command_row* row : all_commands()) {
    CAPTURE(row->name);
    CHECK(syntax_of(*row).empty() == row->syntax.empty());
    for (const command_row& sub : row->subcommands)
      CHECK(syntax_of(sub).empty() == sub.syntax.empty());
  }
}
