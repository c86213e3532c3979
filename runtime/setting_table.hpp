#pragma once
// The one table of configuration keys: everything that is said or done about a key is in its row.
//
// The configuration file, environment, flags, CONFIG GET and SET, `comet help node` and
// docs/configuration.md are read from it. A key is added here and in settings.hpp, nowhere else.
// Invariants, held by tests: names are unique; each default is a value the row itself accepts; the
// limits' defaults are those of object::policy; the documentation shows each row as it is.

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "runtime/settings.hpp"
#include "runtime/value.hpp"

namespace comet::runtime {

enum class setting_kind : std::uint8_t {
  text,
  optional_text,
  address,
  optional_address,
  addresses,
  choice,
  log_levels,
  count,
  size,
  duration
};

/// Counts, sizes in bytes, durations in ms and the index of a choice are numbers.
/// An address without a host: none.
using setting_value = std::variant<std::int64_t, bytes, address, std::vector<address>, log_levels>;

struct setting_row {
  bytes_view section;  ///< heading in the documentation
  bytes_view name;     ///< as in the file; flags and environment derive from it
  setting_kind kind = setting_kind::text;
  bytes_view fallback;      ///< the default, as a file would write it
  std::int64_t lowest = 0;  ///< count, size (bytes), duration (ms)
  std::int64_t highest = 0;
  std::span<const bytes_view> choices{};
  bool at_run_time = false;  ///< CONFIG SET may change it
  bytes_view help;           ///< one sentence
  void (*assign)(settings&, const setting_value&) = nullptr;
  setting_value (*current)(const settings&) = nullptr;
};

std::span<const setting_row> setting_table();

/// Exact, or null.
const setting_row* find_setting(bytes_view name);
/// The known name that `name` was probably meant to be; empty when none is near (two edits).
bytes_view nearest_setting(bytes_view name);

/// What a value may be, in words: "always, interval or none"; "1kB to 1GB".
bytes allowed_values(const setting_row& row);
/// Checks `text`; the error says what is allowed, not for which key.
result<setting_value> parse_setting(const setting_row& row, bytes_view text);
/// The inverse of `parse_setting`.
bytes text_of(const setting_row& row, const setting_value& value);

/// COMET_ and the upper-case name with _ for -.
bytes environment_name(const setting_row& row);

}  // namespace comet::runtime
