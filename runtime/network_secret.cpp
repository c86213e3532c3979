#include "runtime/network_secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "runtime/identity.hpp"
#include "runtime/private_file.hpp"

namespace comet::runtime {
namespace {

constexpr bytes_view name = "the secret file";
constexpr std::size_t file_bytes_max = 4'096;

bytes_view trimmed(bytes_view text) {
  constexpr bytes_view spaces = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
  return text.substr(0, text.find_last_not_of(spaces) + 1);
}

}  // namespace

result<bytes> read_network_secret(const bytes& path) {
  const auto text = read_private_file(name, path, file_bytes_max);
  if (!text) {
    error why = text.failure();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
      why.message += fmt::format(
          "; `comet secret {}` makes one for a new network, other nodes get a copy", path);
    return why;
  }
  const auto secret = from_hex(trimmed(*text));
  if (!secret || secret->size() < network_secret_bytes_min) {
    return error{errc::config,
                 fmt::format("{} {} cannot be used: it has to hold {} hexadecimal digits at least "
                             "({} random bytes){}; `comet secret FILE` makes one",
                             name, path, 2 * network_secret_bytes_min, network_secret_bytes_min,
                             secret ? fmt::format(", it has {}", 2 * secret->size()) : bytes{})};
  }
  return *secret;
}

bytes new_network_secret() {
  constexpr std::size_t made_bytes = 32;
  return to_hex(random_bytes(made_bytes)) + "\n";
}

}  // namespace comet::runtime
