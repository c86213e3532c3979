// user, sign, secret: lines of the users file, code that administrators vouch for, and what the
// nodes of one network share.

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "apps/comet/command_line.hpp"
#include "apps/comet/text_file.hpp"
#include "net/wire/user_table.hpp"
#include "object/code_signature.hpp"
#include "runtime/identity.hpp"
#include "runtime/network_secret.hpp"

namespace comet::client {
namespace {

struct user_flags {
  bytes name;
  std::vector<bytes> rules;
  bytes password_file;
  bytes file;
};

/// Without its line break: a file that an editor made ends in one.
bytes password_in(bytes text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

int add_user(const user_flags& flags) {
  bytes password;
  if (flags.password_file.empty()) {
    constexpr std::size_t password_bytes = 32;
    password = to_hex(runtime::random_bytes(password_bytes));
  } else {
    auto read = flags.password_file == "-" ? read_text("-") : read_secret(flags.password_file);
    if (!read) return fail(read.failure().message, misused);
    password = password_in(std::move(*read));
    if (password.empty()) return fail("the password is empty", misused);
  }
  bytes line = fmt::format("user {} on #{} {}", flags.name, to_hex(as_bytes(sha256(password))),
                           fmt::join(flags.rules, " "));
  while (line.back() == ' ')
    line.pop_back();
  const auto checked = wire::user_table::parse(line, "line");
  if (!checked) return fail(checked.failure().message, misused);
  if (!(*checked)->find(flags.name)) return fail("a user's name has no spaces", misused);
  line += "\n";
  const auto written = flags.file.empty() ? write_text("-", line) : append_secret(flags.file, line);
  if (!written) return fail(written.failure().message, misused);
  if (flags.password_file.empty()) fmt::print(stderr, "password of {}: {}\n", flags.name, password);
  return succeeded;
}

void add_user_command(CLI::App& app, command_line& shared) {
  const auto flags = std::make_shared<user_flags>();
  CLI::App* command =
      app.add_subcommand("user", "Make a line of the users file, with a new password")
          ->group("Access")
          ->footer(
              "NAME is followed by RULE ..., which are those of Redis ACL: ~app:* (keys) "
              "%R~shared:* (keys, read only) "
              "&news:*\n(channels) +@all -@dangerous +get (commands). docs/access.md tells "
              "all.");
  command->add_option("NAME", flags->name, "The user")->required();
  command->allow_extras()->fallthrough(false);  // rules, which may begin with a dash
  command->add_option("--password-file", flags->password_file,
                      "Takes the password from a file, - from standard input, instead of making "
                      "one");
  command->add_option("--file", flags->file,
                      "Adds the line to this users file instead of printing it");
  command->callback([&shared, flags, command] {
    flags->rules = command->remaining();
    shared.status = add_user(*flags);
  });
}

struct sign_flags {
  bytes source;
  bytes key_file;
  bytes output;
  bool makes_key = false;
};

int make_key(const bytes& path) {
  const auto key = signing_key::generate();
  if (auto written = write_new_secret(path, key.to_pem()); !written)
    return fail(written.failure().message, misused);
  return succeeded;
}

int sign(const sign_flags& flags) {
  if (flags.makes_key)
    if (const int status = make_key(flags.key_file); status != succeeded) return status;
  const auto pem = read_secret(flags.key_file);
  if (!pem) return fail(pem.failure().message, misused);
  const auto key = signing_key::from_pem(*pem);
  if (!key) return fail(fmt::format("{}: {}", flags.key_file, key.failure().message), misused);
  const auto signer = key->public_part();
  fmt::print(stderr, "signer={}\n",
             to_hex({reinterpret_cast<const char*>(signer.data()), signer.size()}));
  if (flags.source.empty()) return succeeded;
  const auto source = read_text(flags.source);
  if (!source) return fail(source.failure().message, misused);
  const bytes& output = flags.output.empty() ? flags.source : flags.output;
  const auto written = write_text(output, object::signed_source(*source, *key));
  return written ? succeeded : fail(written.failure().message, misused);
}

void add_sign_command(CLI::App& app, command_line& shared) {
  const auto flags = std::make_shared<sign_flags>();
  CLI::App* command =
      app.add_subcommand("sign", "Sign Lua source, so that its handlers may address any key")
          ->group("Access")
          ->footer(
              "Shows the rule signer=KEY, which an administrator's line of the users file "
              "needs.\nWithout FILE that is all.");
  command->add_option("FILE", flags->source, "Lua source; - reads and writes the standard streams");
  command->add_option("--key", flags->key_file, "The private key, PEM (Ed25519)")->required();
  command->add_flag("--new-key", flags->makes_key, "Makes the key first; the file must not exist");
  command->add_option("--output", flags->output, "Writes there instead of into FILE");
  command->callback([&shared, flags] { shared.status = sign(*flags); });
}

int make_secret(const bytes& path) {
  const bytes secret = runtime::new_network_secret();
  const auto written = path.empty() ? write_text("-", secret) : write_new_secret(path, secret);
  return written ? succeeded : fail(written.failure().message, misused);
}

void add_secret_command(CLI::App& app, command_line& shared) {
  const auto path = std::make_shared<bytes>();
  CLI::App* command =
      app.add_subcommand("secret", "Make the secret that the nodes of one network share")
          ->group("Access")
          ->footer(
              "32 random bytes in hexadecimal. FILE must not exist, and is made for its owner "
              "alone.\nEvery node of the network gets a copy and names it: --secret-file FILE.");
  command->add_option("FILE", *path, "Writes there instead of to standard output");
  command->callback([&shared, path] { shared.status = make_secret(*path); });
}

}  // namespace

void add_access_commands(CLI::App& app, command_line& shared) {
  add_user_command(app, shared);
  add_sign_command(app, shared);
  add_secret_command(app, shared);
}

}  // namespace comet::client
