#pragma once
// What a script names, read from its compiled code: its object's functions, the library functions
// each of them uses, and the globals it reads and writes. Nothing runs.
//
// The registers of each function are followed in the order of its instructions, so a local that
// holds `dht` or `dht.get` is seen through, also as an upvalue, and a function is known to use what
// the functions it captures, calls as a global or calls as a method of `self` use. Of code for the
// prototype the object is what lua/compat makes of it. Not seen:
// branches that leave different values in one local, locals captured before they are set, and
// fields reached by names that are computed. `comet check` tells people; nothing depends on it.

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lua/program.hpp"

namespace comet::lua {

/// A field of the object's table that the script sets.
struct code_field {
  enum class kind : std::uint8_t { function, data, unknown };

  bytes name;
  int line = 0;  ///< where a function begins, or the value is set
  kind what = kind::unknown;
  /// Of a function: what it uses of libraries ("dht.get"), itself and through others; sorted.
  std::vector<bytes> uses;
};

struct named_global {
  bytes name;  ///< "print", or "dht.get": at most two names deep
  int line = 0;
};

struct code_names {
  bool compat = false;                 ///< of code for the prototype
  std::vector<code_field> fields;      ///< in the order of the code; the last of one name counts
  std::vector<named_global> reads;     ///< each name once a line, sorted by line and name
  std::vector<named_global> assigned;  ///< while the script is loaded; the same
  std::vector<named_global> changed;   ///< by functions, in turns; the same
};

/// Errors: memory (no room for the code).
result<code_names> names_of(const program& code);

}  // namespace comet::lua
