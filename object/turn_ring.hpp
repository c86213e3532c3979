#pragma once
// The latest turns of an object that asked for it: a ring with a bound in turns and one in bytes.
//
// It is part of the object's record, so it is as durable as the turns in it and moves with the
// object. Immutable and shared by records that follow each other. The oldest turns leave when the
// number or the bytes are used up; a turn that alone is over its bound is kept as its head and its
// sizes. The state after one turn is the state before the next and is kept once. Read and written
// by object/record, added to by the shard.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "object/record.hpp"
#include "object/recorded_turn.hpp"

namespace comet::object {

inline constexpr std::size_t recorded_turns_max = 64;
inline constexpr std::size_t recorded_turn_bytes_max = 64U << 10U;    ///< one, with its states
inline constexpr std::size_t recorded_turns_bytes_max = 128U << 10U;  ///< all of an object

class turn_ring {
 public:
  /// Without turns yet. `capacity` is 1 to recorded_turns_max.
  static turn_ring_ref of(std::size_t capacity);
  /// Null where the input is damaged, which `in` then says.
  static turn_ring_ref read(decoder& in);

  /// With one turn more, which gets the next number.
  [[nodiscard]] turn_ring_ref with(recorded_turn turn, bytes_view before, bytes_view after) const;
  /// With the latest of its turns and room for `capacity`.
  [[nodiscard]] turn_ring_ref resized(std::size_t capacity) const;

  void write(encoder& out) const;

  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t size() const { return turns_.size(); }
  [[nodiscard]] std::size_t bytes_used() const { return bytes_; }
  /// All, the latest last. Without states.
  [[nodiscard]] std::vector<recorded_turn> heads() const;
  /// With its states. Nothing: it is not kept (any more).
  [[nodiscard]] std::optional<recorded_turn> find(std::uint64_t number) const;

  friend bool operator==(const turn_ring& a, const turn_ring& b);

 private:
  struct kept {
    std::shared_ptr<const bytes> content;  ///< without states
    state_ref before;
    state_ref after;
  };

  void shrink();
  [[nodiscard]] std::size_t counted() const;
  [[nodiscard]] state_ref shared_state(bytes_view state, const state_ref& before) const;

  std::size_t capacity_ = 0;
  std::uint64_t next_ = 1;
  std::size_t bytes_ = 0;
  std::vector<kept> turns_;
};

}  // namespace comet::object
