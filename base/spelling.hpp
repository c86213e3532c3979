#pragma once
// How near two names are, for "did you mean". Pure.

#include <algorithm>
#include <cstddef>

#include "base/bytes.hpp"

namespace comet {

/// The fewest characters to insert, remove or change to make one of the other.
std::size_t edits_between(bytes_view a, bytes_view b);

/// Keeps the name nearest to `wanted` of those it is shown; the first of equally near ones.
class nearest_name {
 public:
  explicit nearest_name(bytes_view wanted) : wanted_(wanted) {}

  void consider(bytes_view name) {
    const std::size_t edits = edits_between(wanted_, name);
    if (edits >= fewest_ || edits >= std::min(name.size(), wanted_.size())) return;
    fewest_ = edits;
    found_ = name;
  }

  /// Empty: none was within two edits.
  [[nodiscard]] bytes_view found() const { return found_; }

 private:
  bytes_view wanted_;
  bytes_view found_;
  std::size_t fewest_ = 3;
};

}  // namespace comet
