#pragma once
// A request as words, parsed under the default policy: what the tests of the command rows share.

#include <string>
#include <vector>

#include "net/wire/command_table.hpp"

namespace comet::wire::test {

inline constexpr instant noon{from_unix_ms(1'000'000'000'000), {}};

/// Owns the words that its command views.
struct parsed {
  std::vector<bytes> storage;
  std::vector<bytes_view> words;
  object::command command;
  result<void> outcome;

  explicit parsed(const bytes& line, const object::policy& policy = {})
      : parsed(split(line), policy) {}
  explicit parsed(std::vector<bytes> all, const object::policy& policy = {})
      : storage(std::move(all)), words(storage.begin(), storage.end()) {
    outcome = parse(words, noon, policy, command);
  }
  parsed(const parsed&) = delete;
  parsed& operator=(const parsed&) = delete;

  [[nodiscard]] bytes problem() const { return outcome.ok() ? "" : outcome.failure().message; }
  [[nodiscard]] errc code() const { return outcome.failure().code; }

 private:
  static std::vector<bytes> split(const bytes& line) {
    std::vector<bytes> words;
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      words.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    return words;
  }
};

/// The error's text, or "" when `line` is a good request.
inline bytes problem_of(const bytes& line) {
  return parsed{line}.problem();
}

}  // namespace comet::wire::test
