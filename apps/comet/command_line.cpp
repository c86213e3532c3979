#include "apps/comet/command_line.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "apps/comet/text_file.hpp"

namespace comet::client {
namespace {

rendering rendering_of(int descriptor) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return bytes_view{value == nullptr ? "" : value};
  };
  const bool terminal = isatty(descriptor) == 1;
  const bool capable = !variable("TERM").empty() && variable("TERM") != "dumb";
  return {terminal, terminal && capable && variable("NO_COLOR").empty()};
}

/// Nothing: neither a user nor a password was given.
result<std::optional<credentials>> credentials_of(const command_line& shared) {
  const char* password = std::getenv("COMET_PASSWORD");
  if (shared.user.empty() && shared.password_file.empty() && password == nullptr)
    return std::optional<credentials>{};
  credentials who;
  if (!shared.user.empty()) who.user = shared.user;
  if (!shared.password_file.empty()) {
    auto read = read_secret(shared.password_file);
    if (!read) return read.failure();
    who.password = read->substr(0, read->find_first_of("\r\n"));
  } else if (password != nullptr) {
    who.password = password;
  } else {
    return error{errc::syntax, "--user needs a password: --password-file FILE or COMET_PASSWORD"};
  }
  return std::optional<credentials>{std::move(who)};
}

}  // namespace

result<access> access_of(const command_line& shared) {
  const auto node = runtime::parse_address(shared.node);
  if (!node) return error{errc::syntax, "--node " + node.failure().message};
  auto who = credentials_of(shared);
  if (!who) return error{errc::syntax, who.failure().message};
  return access{*node, std::move(*who)};
}

result<connection> connect(const command_line& shared) {
  const auto asked = access_of(shared);
  if (!asked) return asked.failure();
  return connection::open(asked->node, asked->who);
}

int status_of(const error& unconnected) {
  if (unconnected.code == errc::syntax) return misused;
  return unconnected.code == errc::no_auth ? refused : unreachable;
}

int ask_and_print(const command_line& shared, const request& words) {
  return ask_and_show(shared, words, [](const object::reply& answer) {
    return rendered(answer, output_rendering());
  });
}

int ask_all(const command_line& shared, const std::vector<request>& requests,
            const std::function<int(const std::vector<object::reply>&)>& use) {
  auto opened = connect(shared);
  if (!opened) return fail(opened.failure().message, status_of(opened.failure()));
  std::vector<object::reply> answers;
  for (const auto& words : requests) {
    auto answer = opened->ask(words);
    if (!answer) return fail(answer.failure().message, unreachable);
    answers.push_back(std::move(*answer));
  }
  return use(answers);
}

int ask_and_show(const command_line& shared, const request& words,
                 const std::function<bytes(const object::reply&)>& show) {
  return ask_all(shared, {words}, [&](const std::vector<object::reply>& answers) {
    const auto& answer = answers.front();
    if (answer.failed()) return fail(answer.text, refused);
    const bytes text = show(answer);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? int{succeeded}
                                    : fail("cannot write to standard output", refused);
  });
}

int fail(bytes_view message, int status) {
  const bytes text = rendered_error(message, error_rendering());
  std::fwrite(text.data(), 1, text.size(), stderr);
  return status;
}

rendering output_rendering() {
  return rendering_of(STDOUT_FILENO);
}

rendering error_rendering() {
  return rendering_of(STDERR_FILENO);
}

}  // namespace comet::client
