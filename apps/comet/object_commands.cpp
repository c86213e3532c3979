// put, get, call, code, info, state, resume, delete: one object of a node, from the command line.

#include <memory>

#include "apps/comet/command_line.hpp"
#include "apps/comet/text_file.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

/// The words of a command as the parser fills them in.
struct arguments {
  bytes key;
  bytes file;
  bytes ttl;
  bytes method;
  bytes value;
  bytes payload;
  bytes callback_key;
  std::vector<bytes> words;
  std::vector<bytes> limits;
  bool compat = false;
  std::int64_t record = 0;
};

int put(const command_line& shared, const arguments& a, const CLI::App& command) {
  put_options options;
  options.key = a.key;
  options.args = a.words;
  options.limits = a.limits;
  options.compat = a.compat;
  if (command.count("--value") > 0) options.value = a.value;
  if (command.count("--record") > 0) options.record = a.record;
  if (command.count("--ttl") > 0) {
    const auto ttl = runtime::parse_duration(a.ttl);
    if (!ttl) return fail("--ttl " + ttl.failure().message, misused);
    options.ttl = *ttl;
  }
  if (command.count("FILE") > 0) {
    auto source = read_text(a.file);
    if (!source) return fail(source.failure().message, misused);
    options.source = std::move(*source);
  }
  const auto words = put_request(options);
  if (!words) return fail(words.failure().message, misused);
  return ask_and_print(shared, *words);
}

int get(const command_line& shared, const arguments& a, const CLI::App& command) {
  const auto given = [&](const char* option, const bytes& text) {
    return command.count(option) > 0 ? std::optional<bytes>{text} : std::nullopt;
  };
  return ask_and_print(shared, get_request(a.key, given("--payload", a.payload),
                                           given("--callback", a.callback_key)));
}

CLI::App* add(CLI::App& app, const char* name, const char* what, arguments& a) {
  CLI::App* command = app.add_subcommand(name, what)->group("Objects");
  command->add_option("KEY", a.key, "The object's key")->required();
  return command;
}

/// A command that is one request with the key.
void add_plain(CLI::App& app, command_line& shared, const char* name, const char* what,
               const char* request_name) {
  const auto a = std::make_shared<arguments>();
  add(app, name, what, *a)->callback([&shared, a, request_name] {
    shared.status = ask_and_print(shared, {request_name, a->key});
  });
}

void add_put(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<arguments>();
  CLI::App* command = add(app, "put", "Store an object: a file of Lua, or a passive value", *a);
  command->add_option("FILE", a->file, "Lua source; - reads standard input");
  command->add_option("--value", a->value, "The value (self.value of an active object)");
  command->add_option("--arg", a->words, "An argument of the script; may be repeated")
      ->expected(1)
      ->take_all();
  command->add_option("--ttl", a->ttl, "Time to live: 30s, 10m, 1h, 2d");
  command->add_flag("--compat", a->compat, "The source was written for the paper's prototype");
  command->add_option("--record", a->record, "Keep its latest turns, at most 64")
      ->check(CLI::Range(1, 64))
      ->type_name("TURNS");
  command->add_option("--limit", a->limits, "A limit lower than the node's; may be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("NAME=VALUE");
  command->callback([&shared, a, command] { shared.status = put(shared, *a, *command); });
}

void add_get(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<arguments>();
  CLI::App* command = add(app, "get", "Read an object; its onGet decides what you see", *a);
  command->add_option("--payload", a->payload, "What onGet receives as its third argument");
  command->add_option("--callback", a->callback_key, "The key that onGet may answer to, once");
  command->callback([&shared, a, command] { shared.status = get(shared, *a, *command); });
}

void add_call(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<arguments>();
  CLI::App* command = add(app, "call", "Call a method of an active object", *a);
  command->add_option("METHOD", a->method, "A function of the object")->required();
  command->add_option("ARG", a->words, "Its arguments");
  command->callback([&shared, a] {
    shared.status = ask_and_print(shared, call_request(a->key, a->method, a->words));
  });
}

}  // namespace

void add_object_commands(CLI::App& app, command_line& shared) {
  add_put(app, shared);
  add_get(app, shared);
  add_call(app, shared);
  add_plain(app, shared, "code", "Show the Lua source of an active object", "ASO.CODE");
  add_plain(app, shared, "info", "Show what an active object used and how it fared", "ASO.INFO");
  add_plain(app, shared, "state", "Show an active object's state without running it", "ASO.STATE");
  add_plain(app, shared, "resume", "End an active object's quarantine", "ASO.RESUME");
  add_plain(app, shared, "delete", "Delete an object; its onDelete may refuse", "DEL");
}

}  // namespace comet::client
