// help, version: what there is, from the same tables that the node works by.

#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <memory>

#include "apps/comet/command_line.hpp"
#include "lua/annotations.hpp"
#include "lua/reference.hpp"
#include "net/wire/command_table.hpp"
#include "runtime/build_info.hpp"
#include "runtime/setting_table.hpp"

namespace comet::client {
namespace {

constexpr bytes_view lua_summary =
    R"(A script returns one table: its fields are the object's state, its functions are its code.

  local aso = { value = "the deed", reads = 0 }
  function aso:onGet(caller)
    self.reads = self.reads + 1
    return self.value
  end
  return aso

Handlers, each optional:
  onPut(caller)                          at creation; returns what is stored, nil stores nothing
  onGet(caller, callbackKey, payload)    a read; returns what the reader sees
  onUpdate(new, caller)                  a write; returns new to take it, self to refuse
  onDelete(caller)                       a delete; returns false to refuse
  onTimer(name)                          a timer that the object has set
Every other function whose name begins neither with _ nor with on is a method for `comet call`.
caller has ip, port, user and node. A turn commits whole or not at all.

)";

void print(bytes_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

bytes upper(bytes_view text) {
  bytes result{text};
  for (char& c : result)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

/// All rows a client may send: containers stand for their subcommands.
template <class Visit>
void each_command(Visit visit) {
  for (const wire::command_row* row : wire::all_commands()) {
    if (row->subcommands.empty()) visit(upper(row->name), *row);
    for (const wire::command_row& sub : row->subcommands) {
      visit(upper(row->name) + " " + upper(sub.name), sub);
    }
  }
}

void print_commands() {
  const rendering how = output_rendering();
  std::vector<std::vector<bytes>> rows;
  each_command([&](const bytes& name, const wire::command_row& row) {
    rows.push_back({name, bytes{wire::name_of(row.group)}, bytes{row.summary}});
  });
  print(table({"command", "group", "what it does"}, rows, how));
  print("\n`comet help NAME` shows one command with its arguments.\n");
}

void print_configuration() {
  bytes_view section;
  for (const runtime::setting_row& row : runtime::setting_table()) {
    if (row.section != section)
      print(fmt::format("{}{}\n", section.empty() ? "" : "\n", row.section));
    section = row.section;
    print(fmt::format("  {} = {}\n      {}\n      {}{}\n", row.name, row.fallback, row.help,
                      allowed_values(row), row.at_run_time ? "; CONFIG SET changes it" : ""));
  }
  print(
      "\nFlags (--key value) go before the environment (COMET_KEY), that before the file "
      "(--config FILE).\n");
}

/// One command of the table, or a container with all its subcommands.
bool print_command(bytes_view wanted) {
  bool found = false;
  const bytes name = upper(wanted);
  each_command([&](const bytes& full, const wire::command_row& row) {
    if (full != name && !full.starts_with(name + " ")) return;
    print(fmt::format("{}{} {}\n  {}\n  {}; since {}\n", found ? "\n" : "", full, row.syntax,
                      row.summary, row.complexity, row.since));
    found = true;
  });
  return found;
}

/// `comet help lua`, or what the words after it name.
int help_on_lua(const std::vector<bytes>& names) {
  if (names.empty()) {
    print(lua_summary);
    print(lua::reference_names());
    print(
        "\n`comet help lua NAME` explains a function, or all of a library; docs/lua.md the rest.\n"
        "`comet help lua --annotations` prints it all for editors; `comet new` sets one up.\n");
    return succeeded;
  }
  const bytes topic = fmt::format("{}", fmt::join(names, " "));
  const bytes text = lua::reference_text(topic);
  if (text.empty())
    return fail(fmt::format("handlers have no '{}'; `comet help lua` lists what there is", topic),
                misused);
  print(text);
  return succeeded;
}

int help(CLI::App& app, const std::vector<bytes>& words, bool annotations) {
  if (annotations) {
    if (words != std::vector<bytes>{"lua"})
      return fail("--annotations goes with `comet help lua`", misused);
    print(lua::annotations());
    return succeeded;
  }
  if (!words.empty() && words.front() == "lua")
    return help_on_lua({words.begin() + 1, words.end()});
  const bytes topic = fmt::format("{}", fmt::join(words, " "));
  const auto own =
      app.get_subcommands([&](const CLI::App* command) { return command->get_name() == topic; });
  if (topic.empty()) {
    print(app.help());
  } else if (topic == "commands") {
    print_commands();
  } else if (topic == "configuration") {
    print_configuration();
  } else if (!own.empty()) {
    print(own.front()->help());
  } else if (!print_command(topic)) {
    return fail(
        fmt::format("no help on '{}'; there are: commands, configuration, lua [NAME], and the "
                    "name of any command",
                    topic),
        misused);
  }
  return succeeded;
}

}  // namespace

void add_help_commands(CLI::App& app, command_line& shared) {
  const auto topic = std::make_shared<std::vector<bytes>>();
  const auto annotations = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("help",
                         "Help on a topic: commands, configuration, lua [NAME], or a command")
          ->group("Help");
  command->add_option("TOPIC", *topic, "What to explain");
  command->add_flag("--annotations", *annotations,
                    "With lua: what handlers may call, for the Lua language server of editors");
  command->callback(
      [&app, &shared, topic, annotations] { shared.status = help(app, *topic, *annotations); });
  app.add_subcommand("version", "Version, commit and compiler of this build")
      ->group("Help")
      ->callback([] { print(runtime::version_line() + "\n"); });
}

}  // namespace comet::client
