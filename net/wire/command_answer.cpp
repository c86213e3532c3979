#include "net/wire/command_answer.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "base/glob.hpp"
#include "net/wire/asked_options.hpp"
#include "net/wire/command_arguments.hpp"
#include "net/wire/command_categories.hpp"
#include "net/wire/command_syntax.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using object::reply;
using replies = std::vector<reply>;

reply set_of(replies items) {
  reply r = reply::list(std::move(items));
  r.what = reply::kind::set;
  return r;
}

reply bulk(bytes_view text) {
  return reply::bulk(bytes{text});
}

reply statuses(const std::vector<bytes_view>& words, bytes_view before = "") {
  replies items;
  for (const bytes_view word : words)
    items.push_back(reply::status(bytes{before} + bytes{word}));
  return set_of(std::move(items));
}

/// Where the keys are, in the form Redis 7.0 added.
reply key_specs_of(const command_row& row) {
  if (row.keys.first == 0) return set_of({});
  const bool writes = has(row.flags, write);
  const int last = row.keys.last < 0 ? row.keys.last : row.keys.last - row.keys.first;
  reply spec = reply::map(
      {bulk("flags"), writes ? statuses({"RW", "access", "update"}) : statuses({"RO", "access"}),
       bulk("begin_search"),
       reply::map({bulk("type"), bulk("index"), bulk("spec"),
                   reply::map({bulk("index"), reply::number(row.keys.first)})}),
       bulk("find_keys"),
       reply::map({bulk("type"), bulk("range"), bulk("spec"),
                   reply::map({bulk("lastkey"), reply::number(last), bulk("keystep"),
                               reply::number(row.keys.step), bulk("limit"), reply::number(0)})})});
  return set_of({std::move(spec)});
}

reply info_of(const resolved_command& c) {
  replies subcommands;
  for (const command_row& row : c.row->subcommands)
    subcommands.push_back(info_of({&row, c.row}));
  return reply::list({reply::bulk(c.full_name()), reply::number(c.row->arity),
                      statuses(names_of(c.row->flags)), reply::number(c.row->keys.first),
                      reply::number(c.row->keys.last), reply::number(c.row->keys.step),
                      statuses(categories_of(*c.row), "@"), set_of({}), key_specs_of(*c.row),
                      reply::list(std::move(subcommands))});
}

reply argument_of(const syntax_node& node) {
  replies fields{bulk("name"), bulk(node.name), bulk("type"), bulk(name_of(node.what))};
  const auto add = [&](bytes_view name, reply value) {
    fields.push_back(bulk(name));
    fields.push_back(std::move(value));
  };
  if (node.what == syntax_node::kind::key) add("key_spec_index", reply::number(0));
  if (!node.token.empty()) add("token", bulk(node.token));
  std::vector<bytes_view> flags;
  if (node.optional) flags.push_back("optional");
  if (node.multiple) flags.push_back("multiple");
  if (node.multiple_token) flags.push_back("multiple_token");
  if (!flags.empty()) add("flags", statuses(flags));
  if (!node.parts.empty()) {
    replies parts;
    for (const syntax_node& part : node.parts)
      parts.push_back(argument_of(part));
    add("arguments", reply::list(std::move(parts)));
  }
  return reply::map(std::move(fields));
}

reply docs_of(const command_row& row) {
  replies fields{bulk("summary"),    bulk(row.summary),   bulk("since"),
                 bulk(row.since),    bulk("group"),       bulk(name_of(row.group)),
                 bulk("complexity"), bulk(row.complexity)};
  if (!row.subcommands.empty()) {
    replies subcommands;
    for (const command_row& sub : row.subcommands) {
      subcommands.push_back(reply::bulk(resolved_command{&sub, &row}.full_name()));
      subcommands.push_back(docs_of(sub));
    }
    fields.push_back(bulk("subcommands"));
    fields.push_back(reply::map(std::move(subcommands)));
  } else if (!row.syntax.empty()) {
    replies arguments;
    for (const syntax_node& node : syntax_of(row))
      arguments.push_back(argument_of(node));
    fields.push_back(bulk("arguments"));
    fields.push_back(reply::list(std::move(arguments)));
  }
  return reply::map(std::move(fields));
}

reply answer_info(argument_list names) {
  replies items;
  if (names.empty())
    for (const command_row* row : all_commands())
      items.push_back(info_of({row, nullptr}));
  for (const bytes_view name : names) {
    const auto found = command_named(name);
    items.push_back(found ? info_of(*found) : reply::null());
  }
  return reply::list(std::move(items));
}

reply answer_docs(argument_list names) {
  replies items;
  const auto add = [&](const resolved_command& c) {
    items.push_back(reply::bulk(c.full_name()));
    items.push_back(docs_of(*c.row));
  };
  if (names.empty())
    for (const command_row* row : all_commands())
      add({row, nullptr});
  for (const bytes_view name : names)
    if (const auto found = command_named(name)) add(*found);
  return reply::map(std::move(items));
}

reply answer_getkeys(argument_list request) {
  const auto syntax = [](const char* message) { return reply::failure(errc::syntax, message); };
  const command_row* row = find_command(request[0]);
  if (row != nullptr && !row->subcommands.empty() && request.size() > 1)
    row = find_subcommand(*row, request[1]);
  if (row == nullptr) return syntax("Invalid command specified");
  if (has(row->flags, command_flag::carries)) {
    const auto carried = read_carried(request);
    if (!carried) return reply::failure(carried.failure());
    return answer_getkeys(carried->argv);
  }
  if (row->keys.first == 0) return syntax("The command has no key arguments");
  if (!row->arity_holds(request.size()))
    return syntax("Invalid number of arguments specified for command");
  replies keys;
  for (const std::size_t i : key_indexes(*row, request))
    keys.push_back(bulk(request[i]));
  return reply::list(std::move(keys));
}

template <class Predicate>
reply names_where(Predicate wanted) {
  replies names;
  for (bytes& name : commands_where(wanted))
    names.push_back(reply::bulk(std::move(name)));
  return reply::list(std::move(names));
}

bytes lower(bytes_view word) {
  bytes folded{word};
  for (char& c : folded)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
}

reply answer_list(argument_list argv) {
  if (argv.size() == 2) {
    replies names;
    for (const command_row* row : all_commands())
      names.push_back(bulk(row->name));
    return reply::list(std::move(names));
  }
  if (argv.size() != 5 || !equal_ignoring_case(argv[2], "filterby"))
    return reply::failure(syntax_error());
  const bytes wanted = lower(argv[4]);
  if (equal_ignoring_case(argv[3], "module")) return reply::list({});
  if (equal_ignoring_case(argv[3], "aclcat"))
    return names_where([&](const resolved_command& c) {
      return std::ranges::count(categories_of(*c.row), bytes_view{wanted}) > 0;
    });
  if (!equal_ignoring_case(argv[3], "pattern")) return reply::failure(syntax_error());
  if (auto checked = check_pattern(wanted); !checked) return reply::failure(checked.failure());
  return names_where([&](const resolved_command& c) { return glob_match(wanted, c.full_name()); });
}

}  // namespace

reply answer_command(session_command which, argument_list argv) {
  switch (which) {
    case session_command::command: return answer_info({});
    case session_command::command_info: return answer_info(argv.subspan(2));
    case session_command::command_docs: return answer_docs(argv.subspan(2));
    case session_command::command_getkeys: return answer_getkeys(argv.subspan(2));
    case session_command::command_list: return answer_list(argv);
    case session_command::command_count:
      return reply::number(static_cast<std::int64_t>(all_commands().size()));
    default: check_failed("a subcommand of COMMAND");
  }
}

reply help_of(const command_row& container) {
  const auto upper = [](bytes_view word) {
    bytes folded{word};
    for (char& c : folded)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return folded;
  };
  replies lines{reply::status(upper(container.name) +
                              " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")};
  for (const command_row& row : container.subcommands) {
    bytes line = upper(row.name);
    if (!row.syntax.empty()) line.append(" ").append(row.syntax);
    lines.push_back(reply::status(std::move(line)));
    lines.push_back(reply::status("    " + bytes{row.summary}));
  }
  return reply::list(std::move(lines));
}

}  // namespace comet::wire
