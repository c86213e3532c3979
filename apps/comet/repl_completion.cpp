#include "apps/comet/repl_completion.hpp"

#include <algorithm>

#include "apps/comet/repl_line.hpp"

namespace comet::client {

namespace {

using verb = repl_verb;

std::vector<bytes> command_names() {
  std::vector<bytes> names;
  for (const repl_row& row : repl_table())
    names.emplace_back(row.name);
  return names;
}

std::vector<bytes> numbers(std::size_t count) {
  std::vector<bytes> all;
  for (std::size_t i = 1; i <= count; ++i)
    all.push_back(std::to_string(i));
  return all;
}

/// What may stand as word `position` (from 1) after the command.
std::vector<bytes> words_after(const repl_row& row, std::size_t position, const bytes& begun,
                               const repl_names& names, const file_lister& files) {
  const bool first = position == 1;
  switch (row.verb) {
    case verb::call: return first ? names.methods : std::vector<bytes>{};
    case verb::help: return first ? command_names() : std::vector<bytes>{};
    case verb::load:
      if (begun.starts_with("--"))
        return {"--arg", "--compat", "--key", "--limit", "--ttl", "--value"};
      return first ? files(begun) : std::vector<bytes>{};
    case verb::advance:
      if (first) return {"until"};
      return {position == 2 ? "next" : "timer"};
    case verb::at:
    case verb::start:
    case verb::stop:
    case verb::kill:
    case verb::restart:
    case verb::pause:
    case verb::resume: return first ? numbers(names.nodes) : std::vector<bytes>{};
    default: return {};
  }
}

bytes common_begin(const std::vector<bytes>& words) {
  bytes common = words.front();
  for (const bytes& word : words) {
    const auto end = std::ranges::mismatch(common, word).in1;
    common.erase(end, common.end());
  }
  return common;
}

}  // namespace

completion complete(bytes_view before_cursor, const repl_names& names, const file_lister& files) {
  std::vector<bytes> words{{}};
  for (const char c : before_cursor) {
    if (c != ' ') {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  const bytes& begun = words.back();
  const repl_row* row = words.size() > 1 ? find_repl_row(words.front()) : nullptr;
  std::vector<bytes> fitting;
  if (words.size() == 1) {
    fitting = command_names();
  } else if (row != nullptr) {
    fitting = words_after(*row, words.size() - 1, begun, names, files);
  }
  std::erase_if(fitting, [&](const bytes& word) { return !word.starts_with(begun); });
  std::ranges::sort(fitting);
  completion found;
  if (fitting.empty()) return found;
  found.insert = common_begin(fitting).substr(begun.size());
  // A folder goes on, all else is done.
  if (fitting.size() == 1 && !fitting.front().ends_with('/')) found.insert += ' ';
  if (found.insert.empty()) found.choices = std::move(fitting);
  return found;
}

}  // namespace comet::client
