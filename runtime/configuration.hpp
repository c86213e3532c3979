#pragma once
// What the node was told, by whom, and what may still change.
//
// Sources are applied in order of rising precedence: defaults, file, environment, flags. An
// assignment is checked against its row at once; a refused one changes nothing, and its error names
// where it came from, the key, the value and what is allowed. Pure but for `read_file`. Made by
// apps/comet, then owned by the node, which serves CONFIG GET and SET from it on one thread.

#include <span>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "runtime/setting_table.hpp"
#include "runtime/settings.hpp"

namespace comet::runtime {

/// One `name = value` and where it stands: "comet.conf:3", "environment COMET_RESP", "--resp".
struct assignment {
  bytes name;
  bytes value;
  bytes origin;
};

class configuration {
 public:
  /// Every key at its default.
  configuration();

  result<void> apply(const assignment& a);
  result<void> apply(std::span<const assignment> all);

  /// CONFIG SET: all or none; only keys that may change at run time. Names in any case, as in
  /// Redis.
  result<void> change(std::span<const std::pair<bytes_view, bytes_view>> changes);
  /// CONFIG GET: names that match the glob `pattern`, with their values. Besides the keys of the
  /// table there are a few of Redis that its tools ask for; they cannot be set.
  [[nodiscard]] std::vector<std::pair<bytes, bytes>> matching(bytes_view pattern) const;

  [[nodiscard]] const settings& values() const { return values_; }
  [[nodiscard]] bytes text_of_key(const setting_row& row) const;
  /// "default" or the origin of the assignment in force.
  [[nodiscard]] const bytes& origin_of(const setting_row& row) const;
  /// What is refused though each value is fine: an open address without a users file, a network
  /// without a secret, an address that others cannot know.
  [[nodiscard]] result<void> check() const;
  /// What is allowed but should be known, a sentence each; for the log at start.
  [[nodiscard]] std::vector<bytes> warnings() const;

 private:
  [[nodiscard]] result<void> check_clients() const;
  [[nodiscard]] result<void> check_network() const;
  void add_network_warnings(std::vector<bytes>& found) const;

  settings values_;
  std::vector<bytes> origins_;  ///< by position in the table
};

/// `name = value` lines. A line that begins with #, and what follows " #", is a comment. A key may
/// stand once. `file` names the text in origins and errors.
result<std::vector<assignment>> parse_file(bytes_view text, bytes_view file);
result<std::vector<assignment>> read_file(const bytes& path);

/// COMET_* of `entries` ("NAME=value"). A name that is no key's is an error when it is near to one,
/// and otherwise somebody else's: COMET_CONFIG (the file) and what scripts keep there.
result<std::vector<assignment>> from_environment(std::span<const bytes_view> entries);

}  // namespace comet::runtime
