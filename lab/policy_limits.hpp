#pragma once
// The limits of the nodes under test, by the names of docs/configuration.md.
//
// A test writes `limits = { fuel_per_turn = 5000 }`; '_' stands for '-', and `fuel` and `memory`
// are short for what most tests want. Values are whole numbers in the units of object/policy.hpp:
// instructions, bytes, milliseconds, counts. The same names, for what an object may ask for itself,
// go into ASO.PUT ... LIMIT.

#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/policy.hpp"

namespace comet::lab {

/// "fuel-per-turn" of "fuel" and of "fuel_per_turn".
bytes limit_name(bytes_view name);

/// Errors: syntax (there is no such limit, and which there are), out_of_range.
result<void> set_limit(object::policy& limits, bytes_view name, std::int64_t value);

}  // namespace comet::lab
