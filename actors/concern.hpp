#pragma once
// What somebody should look at though the node serves: a word for machines, a sentence for people.
//
// Pure. One list for the page /ready (runtime/node_pages) and for COMET NODES (reactor_figures), so
// that whoever asks hears the same.

#include <cstdint>
#include <vector>

#include "actors/numbers.hpp"
#include "base/bytes.hpp"

namespace comet::actors {

struct concern {
  bytes_view what;  ///< a literal: "read-only"
  bytes why;        ///< and what to do
};

/// In a fixed order. `ranges_behind` and `keys_behind` are led here and lack copies.
std::vector<concern> concerns_of(const store_account& store, const router_account& router,
                                 std::uint64_t ranges_behind, std::uint64_t keys_behind);

}  // namespace comet::actors
