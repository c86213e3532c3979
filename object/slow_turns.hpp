#pragma once
// The latest turns that took long, so that a slow request can be told where its time went.
//
// A request is timed where it is answered (net/wire/session), and what happened to it in between is
// known to its turn only. Turns of at least `noted_min`, mailbox included, are kept until 128 later
// ones came; a search costs as many comparisons. Fed by object/work_figures, asked by the reactor
// when a request was slow. Pure.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "object/observer.hpp"

namespace comet::object {

struct slow_turn {
  static constexpr std::size_t key_kept_max = 40;

  std::array<char, key_kept_max> key{};  ///< its beginning
  std::size_t key_bytes = 0;             ///< 0: no turn
  std::chrono::nanoseconds waited{0};
  std::chrono::nanoseconds ran{0};
  std::uint64_t fuel = 0;
  bool activated = false;
};

class slow_turns {
 public:
  static constexpr std::size_t kept_max = 128;
  static constexpr std::chrono::milliseconds noted_min{1};

  void note(const turn_seen& seen) {
    if (seen.waited + seen.ran >= noted_min) keep(seen);
  }

  /// The latest turn of the key that begins with `start` and is `key_bytes` long; null: none is
  /// known. Keys of the same length that differ behind `key_kept_max` bytes are taken for one.
  [[nodiscard]] const slow_turn* find(bytes_view start, std::size_t key_bytes) const;

 private:
  void keep(const turn_seen& seen);

  std::array<slow_turn, kept_max> turns_{};  ///< a ring
  std::size_t next_ = 0;
};

}  // namespace comet::object
