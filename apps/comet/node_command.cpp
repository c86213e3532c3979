// comet node: run a node in the foreground until a signal ends it.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "apps/comet/command_line.hpp"
#include "runtime/service.hpp"

extern char** environ;

namespace comet::client {
namespace {

using runtime::assignment;
using runtime::configuration;

struct node_flags {
  bytes config_file;
  std::vector<bytes> set;
  /// One for each row of the table, in its order; never resized after the options point into it.
  std::vector<bytes> values;
};

/// What flags say: those of one key first, then --set in its order.
result<std::vector<assignment>> flag_assignments(const node_flags& flags, const CLI::App& command) {
  std::vector<assignment> all;
  const auto table = runtime::setting_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    bytes flag = fmt::format("--{}", table[i].name);
    if (command.count(flag) > 0) all.push_back({bytes{table[i].name}, flags.values[i], flag});
  }
  for (const bytes& text : flags.set) {
    const std::size_t equals = text.find('=');
    if (equals == bytes::npos) {
      return error{errc::config, fmt::format("--set {}: not of the form key=value",
                                             printable(shortened(text, 64)))};
    }
    all.push_back({text.substr(0, equals), text.substr(equals + 1), "--set"});
  }
  return all;
}

/// File, environment, flags, in order of rising precedence.
result<configuration> told_by(const node_flags& flags, const CLI::App& command) {
  configuration told;
  if (!flags.config_file.empty()) {
    const auto file = runtime::read_file(flags.config_file);
    if (!file) return file.failure();
    if (auto applied = told.apply(*file); !applied) return applied.failure();
  }
  std::vector<bytes_view> variables;
  for (char** entry = environ; *entry != nullptr; ++entry)
    variables.emplace_back(*entry);
  const auto environment = runtime::from_environment(variables);
  if (!environment) return environment.failure();
  if (auto applied = told.apply(*environment); !applied) return applied.failure();
  const auto given = flag_assignments(flags, command);
  if (!given) return given.failure();
  if (auto applied = told.apply(*given); !applied) return applied.failure();
  return told;
}

/// The one line of standard output: whoever started the node waits for it.
void announce(const runtime::node& node) {
  constexpr std::size_t id_shown = 12;
  const runtime::settings s = node.values();
  const runtime::setting_row& durability = *runtime::find_setting("durability");
  fmt::print("comet ready resp={} http={} link={} data={} durability={} id={} pid={}\n",
             text_of(node.resp()), text_of(node.http()),
             node.link() ? text_of(*node.link()) : "none", s.data,
             text_of(durability, durability.current(s)), node.id().substr(0, id_shown), getpid());
  std::fflush(stdout);
}

int run(const node_flags& flags, const CLI::App& command) {
  auto told = told_by(flags, command);
  if (!told) return fail(told.failure().message, misused);
  runtime::stop_signal end;
  const auto status = runtime::serve(std::move(*told), flags.config_file, end, announce);
  return status ? *status : fail(status.failure().message, refused);
}

}  // namespace

void add_node_command(CLI::App& app, command_line& shared) {
  const auto flags = std::make_shared<node_flags>();
  CLI::App* command =
      app.add_subcommand("node", "Run a node until SIGTERM or SIGINT")->group("Node");
  command->add_option("--config", flags->config_file, "File of `key = value` lines")
      ->envname("COMET_CONFIG")
      ->type_name("FILE");
  command->add_option("--set", flags->set, "Any key; may be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("KEY=VALUE");
  const auto table = runtime::setting_table();
  flags->values.resize(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    command->add_option(fmt::format("--{}", table[i].name), flags->values[i], bytes{table[i].help})
        ->group(bytes{table[i].section})
        ->type_name(fmt::format("{} [{}]", allowed_values(table[i]), table[i].fallback));
  }
  command->callback([&shared, flags, command] { shared.status = run(*flags, *command); });
}

}  // namespace comet::client
