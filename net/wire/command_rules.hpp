#pragma once
// Which commands a user may run: "+get", "-config|set", "+@read", in the order in which they stand.
//
// A later rule wins over an earlier one, as in Redis 7.0; at first nothing is allowed. Pure; a part
// of `user`.

#include <unordered_set>
#include <vector>

#include "base/bytes.hpp"
#include "net/wire/command_table.hpp"

namespace comet::wire {

class command_rules {
 public:
  /// Applies "+..." or "-..."; false: it names no command, subcommand or category, and changes
  /// nothing.
  bool apply(bytes_view rule);

  [[nodiscard]] bool allows(const command_row& row) const { return allowed_.contains(&row); }
  [[nodiscard]] bool allows_everything() const { return everything_; }
  /// Every command of the category @admin.
  [[nodiscard]] bool allows_administration() const;
  /// The rules as they would have to be written: "-@all +@read -get".
  [[nodiscard]] bytes text() const;

  friend bool operator==(const command_rules&, const command_rules&) = default;

 private:
  void set(const command_row& row, bool allowed);

  std::unordered_set<const command_row*> allowed_;
  bool everything_ = false;
  std::vector<bytes> rules_;  ///< since the last that was about all commands, which is the first
};

}  // namespace comet::wire
