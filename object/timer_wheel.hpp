#pragma once
// The near future of a shard: which keys come due when, without a clock.
//
// A hierarchical timing wheel (Varghese and Lauck, SOSP 1987, scheme 7) of 64 slots a level and one
// millisecond a slot on the lowest, with a bitmap of occupied slots a level, so empty time costs
// nothing: a jump of the clock by hours touches only what came due. Eleven levels cover every
// `wall_time`. What is armed for a time the wheel has passed waits in a small heap, so a clock that
// steps back neither loses nor delays an entry.
//
// There is no cancel. The shard looks at a key when it is given out and drops or arms it again as
// its record says; it arms a key only when none of its armed times is as early. An entry takes 48
// bytes, and its key's bytes if they are over 15.
//
// Invariants: entries of the wheel are due at or after `position_`; an entry on level L agrees with
// `position_` in all digits (base 64) above digit L.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace comet::object {

class timer_wheel {
 public:
  /// Entries moved from a coarse slot to finer ones in one `advance`, at most.
  static constexpr std::size_t moves_max = 1'024;

  /// Constant time, for a time that has passed O(log n) of those.
  void arm(bytes_view key, wall_time due);

  /// Appends the keys due at or before `now` to `out`, earliest first, at most `limit`, and forgets
  /// them. Work is bounded by `limit` and `moves_max`; when some of it is left, `next_due() <=
  /// now`.
  void advance(wall_time now, std::size_t limit, std::vector<bytes>& out);

  /// Nothing is due before this time (it may be earlier than the first entry). Nothing: empty.
  [[nodiscard]] std::optional<wall_time> next_due() const;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear();

 private:
  static constexpr unsigned level_bits = 6;
  static constexpr unsigned slots = 1U << level_bits;
  static constexpr unsigned levels = (64 + level_bits - 1) / level_bits;
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// Milliseconds since the earliest `wall_time`.
  using tick = std::uint64_t;

  struct node {
    tick due = 0;
    std::uint32_t next = none;
    bytes key;
  };
  struct slot {
    std::uint32_t first = none;
    std::uint32_t last = none;
  };
  struct level {
    std::uint64_t occupied = 0;  ///< bit n: slot n is not empty
    std::array<slot, slots> lists{};
  };
  struct slot_position {
    unsigned level = 0;
    unsigned slot = 0;
    tick start = 0;  ///< not before `position_`
  };

  static unsigned slot_of(tick t, unsigned level);
  [[nodiscard]] std::optional<slot_position> first_occupied() const;
  void place(std::uint32_t index);
  std::uint32_t take_first(unsigned level, unsigned slot);
  bool settle(std::size_t& moves);
  void give_out(std::uint32_t index, std::vector<bytes>& out);

  std::array<level, levels> levels_{};
  std::deque<node> nodes_;
  std::uint32_t free_ = none;          ///< list of spent nodes
  std::uint32_t used_ = 0;             ///< nodes from here on hold nothing and are on no list
  std::vector<std::uint32_t> passed_;  ///< heap of entries armed for before `position_`
  tick position_ = 0;                  ///< all before has been given out
  std::size_t size_ = 0;
};

}  // namespace comet::object
