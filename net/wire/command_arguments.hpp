#pragma once
// Reading single arguments of commands: numbers, expiries, options, in the words of Redis.
//
// Called by the parse functions beside the rows of the command table. A cursor walks the options
// that follow the fixed arguments, in any order.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/wire/command_table.hpp"

namespace comet::wire {

/// Patterns cost |pattern| * |text| steps a key, so they are shorter than values may be.
inline constexpr std::size_t pattern_bytes_max = 1'024;

error syntax_error();
error not_an_integer();
error invalid_expire_time(bytes_view command);
/// "<what> of N bytes exceeds the limit of M bytes".
error over_limit(bytes_view what, std::size_t size, std::size_t limit);

result<std::int64_t> read_integer(bytes_view word);
result<void> check_pattern(bytes_view pattern);

/// How an expiry is given: EX, PX, EXAT, PXAT and the names of the EXPIRE family.
struct expiry_form {
  bool seconds = true;
  bool absolute = false;
};

/// SET, GETEX, SETEX, ASO.PUT: the number has to be positive. `command` names it in the error.
result<wall_time> read_expiry(bytes_view word, expiry_form form, wall_time now, bytes_view command);
/// The EXPIRE family: a time in the past is a time too.
result<wall_time> read_any_expiry(bytes_view word, expiry_form form, wall_time now,
                                  bytes_view command);

/// EX, PX, EXAT or PXAT.
std::optional<expiry_form> expiry_option(bytes_view word);

/// The options of an argument vector from some index on.
class option_cursor {
 public:
  option_cursor(argument_list argv, std::size_t first) : argv_(argv), at_(first) {}

  [[nodiscard]] bool done() const { return at_ >= argv_.size(); }
  [[nodiscard]] bytes_view word() const { return argv_[at_]; }
  /// Takes the current word if it is `option`.
  bool take(bytes_view option);
  /// Takes the current word if it is `option` and an argument follows, which `argument` views.
  bool take(bytes_view option, bytes_view& argument);
  [[nodiscard]] bool has_argument() const { return at_ + 1 < argv_.size(); }
  /// Takes the current word, whatever it is.
  bytes_view take() { return argv_[at_++]; }

 private:
  argument_list argv_;
  std::size_t at_;
};

}  // namespace comet::wire
