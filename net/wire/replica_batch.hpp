#pragma once
// Messages of replicas on their way to one member: a frame of kind `replica` that is filled.
//
// It takes messages until the frame is full, and cuts what is larger than a frame where the
// receiver goes on by itself: a stream in two, a listing, a question for values and its answer to
// their beginnings. A value is never cut. Only what is large alone makes a frame longer than
// `shared_room_max`, for what comes behind waits until it has gone. Like a command (`forward`), key
// and value of an entry go in one frame or not at all: who leads a range proposes none over
// `entry_bytes_max`.
//
// Used by actors/router, a batch a member and round:
//   while ((fits = batch.append(range, what)) == fit::full) { send(batch); batch.clear(); }
// At the end of the round it sends what is not empty.

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/wire/node_frame.hpp"
#include "net/wire/replica_codec.hpp"
#include "object/replica/message.hpp"

namespace comet::wire {

/// Key and value of an entry together, in bytes: so much is always carried.
std::size_t entry_bytes_max(const frame_limits& limits);

class replica_batch {
 public:
  static constexpr frame_kind kind = frame_kind::replica;
  /// Of several messages together, as a batch counts them.
  static constexpr std::size_t shared_room_max = std::size_t{512} << 10U;

  enum class fit : std::uint8_t {
    taken,      ///< it goes with this frame
    full,       ///< send this frame, `clear`, and append again what `append` left of it
    too_large,  ///< it fits no frame: its first entry is over `entry_bytes_max`
  };

  replica_batch(const lives& between, const frame_limits& limits);

  /// Of a stream that fits no frame its beginning is taken, and `what` becomes the rest.
  fit append(object::replica::range_id range, object::replica::message& what);
  /// For the next frame between the same.
  void clear();

  [[nodiscard]] const lives& between() const { return between_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] const bytes& encoded() const { return encoded_; }

 private:
  void add(object::replica::range_id range, const object::replica::message& what, std::size_t room);

  lives between_;
  std::size_t room_max_;
  std::size_t room_taken_ = 0;
  std::size_t count_ = 0;
  bytes encoded_;  ///< the messages
};

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const replica_batch& content, const frame_limits& limits);

}  // namespace comet::wire
