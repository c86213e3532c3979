// check: a file of Lua before it is put: does it compile, what does it name, what does it take.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>

#include "apps/comet/code_report.hpp"
#include "apps/comet/command_line.hpp"
#include "apps/comet/text_file.hpp"
#include "base/digest.hpp"
#include "lua/handler_table.hpp"
#include "lua/program.hpp"
#include "object/compat_mark.hpp"

namespace comet::client {
namespace {

struct arguments {
  bytes file;
  bytes value;
  bytes payload;
  bytes update;
  bytes key;
  int gets = 1;
  bool callbacks = false;
  std::vector<bytes> words;
  std::vector<bytes> calls;
  bool compat = false;
  bool is_signed = false;
  bool table = false;
};

void print(bytes_view text, std::FILE* where) {
  std::fwrite(text.data(), 1, text.size(), where);
}

std::chrono::nanoseconds steady_time() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::vector<bytes> split_words(const bytes& text) {
  std::istringstream stream(text);
  std::vector<bytes> words;
  for (bytes word; stream >> word;)
    words.push_back(word);
  return words;
}

/// The sample that the options ask for. Errors, syntax: a call without a method, or of none that
/// the object has.
result<sample> sample_of(const arguments& a, const CLI::App& command,
                         const lua::code_names& names) {
  const auto given = [&](const char* option, const bytes& text) {
    return command.count(option) > 0 ? std::optional<bytes>{text} : std::nullopt;
  };
  sample what;
  what.args = a.words;
  what.value = given("--value", a.value);
  what.payload = given("--payload", a.payload);
  what.update = given("--update", a.update).value_or(what.update);
  what.key = given("--key", a.key).value_or(what.key);
  what.gets = a.gets;
  what.with_callbacks = a.callbacks;
  what.signed_by_administrator = a.is_signed;
  for (const lua::code_field& field : names.fields)
    if (lua::is_handler(field.name) && field.what != lua::code_field::kind::data)
      what.handlers.push_back(field.name);
  for (const bytes& call : a.calls) {
    std::vector<bytes> words = split_words(call);
    if (words.empty()) return error{errc::syntax, "--call takes a method and its arguments"};
    const bool exists = std::any_of(names.fields.begin(), names.fields.end(), [&](const auto& f) {
      return f.name == words.front() && lua::is_method(f.name) &&
             f.what != lua::code_field::kind::data;
    });
    if (!exists)
      return error{errc::syntax,
                   fmt::format("--call: {} has no method '{}'", a.file, printable(words.front()))};
    what.calls.push_back(std::move(words));
  }
  return what;
}

/// Prints each limit that the sample passed; gives the status.
int status_of(const bytes& file, const sample_figures& figures) {
  int status = succeeded;
  for (const handler_figures& handler : figures.handlers)
    if (handler.passed_limit) status = fail(placed(file, handler.failure), refused);
  return status;
}

int measure(const arguments& a, std::size_t source_bytes, const sample& what) {
  const auto figures = run_sample(what, steady_time);
  if (!figures)
    return fail(placed(a.file, figures.failure().message) +
                    " (the sample was not stored: --arg and --value are what it is put with)",
                refused);
  if (a.table) {
    print(table_row(std::filesystem::path(a.file).stem().string(), source_bytes, *figures), stdout);
  } else {
    print("\n" + figures_text(*figures, output_rendering()), stdout);
  }
  return status_of(a.file, *figures);
}

int check(const arguments& a, const CLI::App& command) {
  auto read = read_text(a.file);
  if (!read) return fail(read.failure().message, misused);
  const auto code = std::make_shared<object::code>();
  const std::size_t source_bytes = read->size();
  code->source = a.compat ? object::with_compat_mark(*read) : std::move(*read);
  code->hash = sha256(code->source);
  const auto compiled = lua::compile(code, {});
  if (!compiled) return fail(placed(a.file, compiled.failure().message), refused);
  const auto names = lua::names_of(**compiled);
  if (!names) return fail(names.failure().message, refused);
  print(warnings_text(a.file, lua::findings_of(*names)), stderr);
  auto what = sample_of(a, command, *names);
  if (!what) return fail(what.failure().message, misused);
  what->source = code->source;
  if (!a.table) print(functions_text(*names, output_rendering()), stdout);
  return measure(a, source_bytes, *what);
}

}  // namespace

void add_check_command(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<arguments>();
  CLI::App* command =
      app.add_subcommand("check", "Check a file of Lua and measure its handlers, without a node")
          ->group("Development")
          ->footer(
              "Compiles FILE, lists its handlers and methods with the functions of dht and comet "
              "that they use, warns\nof what cannot work, and measures a sample of its life on one "
              "simulated node in virtual time:\nput, gets, update, the calls, another get, its "
              "timers, delete. Fuel and memory are exact; time is the\nshortest of several runs, "
              "over a read of a plain value, and depends on the machine.\nThe status is 1 when the "
              "file does not compile, cannot be put, or passes a limit.");
  command->add_option("FILE", a->file, "Lua source; - reads standard input")->required();
  command->add_option("--arg", a->words, "An argument of the script; may be repeated")
      ->expected(1)
      ->take_all();
  command->add_option("--value", a->value, "The value that it is put with");
  command->add_flag("--compat", a->compat, "The source was written for the paper's prototype");
  command->add_option("--key", a->key, "The key that it is put under");
  command->add_option("--gets", a->gets, "How many gets come before the update, 1 to 1000")
      ->check(CLI::Range(1, 1'000));
  command->add_flag("--callbacks", a->callbacks, "Each get names a callback key of its own");
  command->add_option("--payload", a->payload, "The payload of the gets");
  command->add_option("--update", a->update, "The value that the update writes");
  command
      ->add_option("--call", a->calls,
                   "A method and its arguments, separated by blanks; may be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("'METHOD ARG...'");
  command->add_flag("--signed", a->is_signed,
                    "As if an administrator had signed it: it may reach any key");
  command->add_flag("--table", a->table, "Print only the row of docs/library.md");
  command->callback([&shared, a, command] { shared.status = check(*a, *command); });
}

}  // namespace comet::client
