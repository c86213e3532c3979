#pragma once
// What a checker can tell of a script without running it: names that handlers do not have, handlers
// that cannot be called, state that does not last.
//
// Each finding is a sentence that says what is wrong and what to do. They are warnings: a branch
// that never runs may name anything. Called by `comet check`.

#include <vector>

#include "base/bytes.hpp"
#include "lua/code_names.hpp"

namespace comet::lua {

struct code_finding {
  int line = 0;
  bytes text;

  friend bool operator==(const code_finding&, const code_finding&) = default;
};

/// Sorted by line.
std::vector<code_finding> findings_of(const code_names& names);

}  // namespace comet::lua
