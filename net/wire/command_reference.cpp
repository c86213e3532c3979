#include "net/wire/command_reference.hpp"

#include <array>
#include <cctype>
#include <utility>

#include "net/wire/command_table.hpp"
#include "net/wire/error_map.hpp"

namespace comet::wire {

namespace {

constexpr bytes_view opening =
    "# Commands\n\n"
    "Made from the command table (net/wire/*_commands.cpp); a test fails when the two differ.\n"
    "Replies and error texts are those of Redis 7.0 wherever Redis has the command. Words in\n"
    "capitals are typed as they are, in any case; `[...]` may be left out, `<a | b>` is a choice.\n"
    "Options come in any order.\n";

constexpr std::array<std::pair<command_group, bytes_view>, 6> chapters{{
    {command_group::active,
     "Active objects: values that carry Lua code. `GET`, `SET`, `DEL` and the other commands on\n"
     "strings and keys work on them too, through their handlers."},
    {command_group::string,
     "Values are opaque bytes. On an active object these work on\n"
     "`self.value` through `onGet` and `onUpdate`."},
    {command_group::generic, "Keys, whatever their values are."},
    {command_group::connection, "The connection itself."},
    {command_group::pubsub,
     "Messages to whoever listens, on any node of the network, once at most: nothing is kept, and\n"
     "what a client or a node misses while it is cut off is lost. The numbers and names that\n"
     "PUBLISH and PUBSUB return are of clients of the node that is asked, as in Redis Cluster."},
    {command_group::server, "The node."},
}};

bytes upper(bytes_view word) {
  bytes folded{word};
  for (char& c : folded)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return folded;
}

/// In a table cell the bar of a choice has to be escaped.
bytes cell(bytes_view text) {
  bytes escaped;
  for (const char c : text) {
    if (c == '|') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

void append_row(bytes& out, const command_row& row, const bytes& name) {
  bytes usage = name;
  if (!row.syntax.empty()) usage.append(" ").append(row.syntax);
  out.append("| `").append(cell(usage)).append("` | ").append(row.summary);
  out.append(" | ").append(row.complexity).append(" | ").append(row.since).append(" |\n");
}

void append_chapter(bytes& out, command_group group, bytes_view about) {
  bytes title{name_of(group)};
  title[0] = upper(title)[0];
  out.append("\n## ").append(title).append("\n\n").append(about);
  out.append("\n\n| Command | What it does | Complexity | Since |\n|---|---|---|---|\n");
  for (const command_row* row : all_commands()) {
    if (row->group != group) continue;
    if (row->subcommands.empty() || row->own != session_command::none)
      append_row(out, *row, upper(row->name));
    for (const command_row& sub : row->subcommands)
      append_row(out, sub, upper(row->name) + " " + upper(sub.name));
  }
}

void append_errors(bytes& out) {
  out.append(
      "\n## Errors\n\n"
      "The first word of an error says what a client can do about it. `NOPROTO` and `WRONGPASS`\n"
      "answer `HELLO` and `AUTH`.\n\n"
      "| Prefix | HTTP | Code | Meaning |\n|---|---|---|---|\n");
  for (const error_form& form : all_error_forms()) {
    out.append("| ").append(form.prefix).append(" | ").append(std::to_string(form.http_status));
    out.append(" | `").append(name_of(form.code)).append("` | ").append(form.meaning);
    out.append(" |\n");
  }
}

}  // namespace

bytes command_reference() {
  bytes out{opening};
  for (const auto& [group, about] : chapters)
    append_chapter(out, group, about);
  append_errors(out);
  return out;
}

}  // namespace comet::wire
