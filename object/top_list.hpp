#pragma once
// The keys with the largest figures, of any number of keys, in bounded memory.
//
// Two kinds of figures, one a list:
//  - Sums (fuel, turns, bytes): Space-Saving (Metwally, Agrawal, El Abbadi: Efficient computation
//  of
//    frequent and top-k elements in data streams, ICDT 2005). A key that is not among the
//    `capacity` listed takes the place of the one with the smallest sum and begins with that sum as
//    its `error`. So with N for all weights together:
//      true sum <= value, value - error <= true sum, error <= least() <= N / capacity,
//    and every key whose true sum is over least() is listed. Exact until `capacity` keys were met.
//  - Levels (memory, mailbox): the last level that each listed key told of. A key that is not
//  listed
//    takes the place of the smallest, if its level is higher. A key that left is met again when it
//    tells its level next, so of levels that fall some keys may be missing until then.
//
// Who tells of a key often keeps its `place`, which finds it again without a search. A search and
// the smallest of a full list are looks at all `capacity` figures, in a row. Pure, no clock. Used
// by object/work_figures.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace comet::object {

class top_list {
 public:
  /// Where a key stood last; any value will do for one that was never told of.
  using place = std::uint16_t;

  struct row {
    bytes key;
    std::uint64_t value = 0;
    std::uint64_t error = 0;  ///< how much of it may be another key's

    friend bool operator==(const row&, const row&) = default;
  };

  /// 1 to 65,536 keys.
  explicit top_list(std::size_t capacity);

  /// To the sum of `key`. A weight of 0 changes nothing.
  void add(bytes_view key, std::uint64_t weight, place& at);
  /// The level of `key` is now this; 0: it is not listed.
  void set(bytes_view key, std::uint64_t level, place& at);

  /// The smallest figure listed; 0 while there is room for more keys.
  [[nodiscard]] std::uint64_t least() const;
  /// At most `least()`, and known without looking.
  [[nodiscard]] std::uint64_t floor() const { return floor_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  /// The largest, largest first; equal ones in the order of their keys.
  [[nodiscard]] std::vector<row> top(std::size_t count) const;

 private:
  [[nodiscard]] bool find(bytes_view key, place& at) const;
  [[nodiscard]] std::size_t smallest() const;
  void put(std::size_t i, bytes_view key, std::uint64_t value, std::uint64_t error);
  void drop(std::size_t i);

  std::size_t capacity_;
  std::uint64_t floor_ = 0;
  std::vector<std::uint64_t> hashes_;  ///< of the keys of rows_, in their order
  std::vector<row> rows_;
};

}  // namespace comet::object
