#pragma once
// Which files `comet test` runs: the *_test.lua files of what was named.
//
// A folder stands for all below it, in the order of their names, so two runs do the same; hidden
// folders are left out. The command looks; the suite reads nothing but what is handed to it.

#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::lab {

/// Each file once, sorted. Nothing named: the current folder. Errors, not_found: a place that does
/// not exist, a file whose name does not end in _test.lua, or no test file at all.
result<std::vector<bytes>> find_test_files(std::span<const bytes> places);

/// Every .lua file below the same places, tests or not: what a test may depend on.
std::vector<bytes> lua_files_below(std::span<const bytes> places);

/// Errors, not_found: the path and the system's reason.
result<bytes> read_source(const bytes& path);

}  // namespace comet::lab
