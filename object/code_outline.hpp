#pragma once
// The functions that a code gives its objects, by their names, read from the compiled code.
//
// Only lua/ can read code, so the shard orders it of an executor (object/exchange) the first time
// that COMET INSPECT asks, and keeps it as long as the code.

#include <vector>

#include "base/bytes.hpp"

namespace comet::object {

struct code_outline {
  std::vector<bytes> handlers;  ///< onGet and its like, sorted
  std::vector<bytes> methods;   ///< what ASO.CALL may call, sorted
};

}  // namespace comet::object
