#include "apps/comet/command_line.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "apps/comet/connection.hpp"

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

}  // namespace

int ask_and_print(const command_line& shared, const request& words) {
  const auto node = runtime::parse_address(shared.node);
  if (!node) return fail("--node " + node.failure().message, misused);
  auto opened = connection::open(*node);
  if (!opened) return fail(opened.failure().message, unreachable);
  const auto answer = opened->ask(words);
  if (!answer) return fail(answer.failure().message, unreachable);
  if (answer->failed()) return fail(answer->text, refused);
  const bytes text = rendered(*answer, output_rendering());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? succeeded : fail("cannot write to standard output", refused);
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
