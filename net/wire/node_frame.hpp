#pragma once
// What nodes send each other: frames, and the incremental decoder of a stream of them.
//
// A frame is a head of 14 bytes, numbers big endian, and a body in msgpack (node_message,
// replica_codec, channel_codec):
//   length u32 (of all that follows) | version u8 | kind u8 | request id u64 | body
// The first frame of each side is a hello in version 1, whatever the two go on to speak; all later
// ones are of the version both hellos allow (`agreed_version`). Kinds that this build does not know
// are skipped, and bodies may have more fields than it knows: so a newer node may say more to an
// older one within a version, and versions change when a meaning does.
//
// A frame's length is checked against the cap of its kind before anything is kept of it, and what
// is kept is what has arrived. Used by actors/link_session and the fuzzer.

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::wire {

/// The versions this build speaks.
inline constexpr std::uint8_t node_version_lowest = 1;
inline constexpr std::uint8_t node_version_highest = 1;

enum class frame_kind : std::uint8_t {
  hello = 1,      ///< who one is; first, once, in version 1
  ping = 2,       ///< request; request id 0: the link's own
  pong = 3,       ///< answer to ping, announce and leave
  find_node = 4,  ///< request: the contacts nearest to an id
  contacts = 5,   ///< answer to find_node
  announce = 6,   ///< request: remember me
  leave = 7,      ///< request: forget me
  forward = 8,    ///< request: a command for a key held there
  reply = 9,      ///< answer to forward
  error = 10,     ///< answer to any request; request id 0: why the link ends
  presence = 11,  ///< request: I arrive, stay or leave
  present = 12,   ///< answer to presence: so do I, and these are the nodes I know near you
  probe = 13,     ///< request: dial me back where I say that I am
  probed = 14,    ///< answer to probe: whether I found you there
  replica = 15,   ///< what the replicas of ranges say to each other; without an answer of its own
  lease = 16,     ///< request: grant me a lease
  lease_answer = 17,
  listening = 18,    ///< what the sender's clients listen to; without an answer
  publication = 19,  ///< a message for clients that listen to its channel; without an answer
};

/// Nothing: a kind of a later build.
bool is_known(frame_kind kind);
/// For messages and metrics.
bytes_view name_of(frame_kind kind);

struct frame_limits {
  std::size_t hello_bytes_max = std::size_t{4} << 10U;
  std::size_t control_bytes_max = std::size_t{64} << 10U;
  /// forward, reply, replica, listening, publication, and unknown kinds
  std::size_t data_bytes_max = std::size_t{4} << 20U;
};

/// Of the body.
std::size_t body_bytes_max(frame_kind kind, const frame_limits& limits);

struct node_frame {
  std::uint8_t version = node_version_highest;
  frame_kind kind = frame_kind::ping;
  std::uint64_t request = 0;  ///< an answer has that of its request; a number of the asker's
  bytes_view body;            ///< one msgpack array: the fields in order
};

/// A body that cannot be read, and `why`: protocol.
error unreadable(const node_frame& frame, bytes_view why);

inline constexpr std::size_t frame_head_bytes = 14;

/// Of the whole frame that begins with `head`, which has its length at least.
std::size_t frame_bytes(bytes_view head);

/// Appends the head; the caller appends the body and ends the frame with what this returned.
std::size_t begin_frame(bytes& out, std::uint8_t version, frame_kind kind, std::uint64_t request);
/// Writes the length of the frame begun at `start`. Fails with too_large, and takes the frame back,
/// when it is over its cap: the peer would end the link.
result<void> end_frame(bytes& out, std::size_t start, const frame_limits& limits);

/// The version to speak with a peer that speaks `lowest` to `highest`: the highest of both. Errors:
/// incompatible.
result<std::uint8_t> agreed_version(std::uint8_t lowest, std::uint8_t highest);

class frame_decoder {
 public:
  enum class outcome : std::uint8_t {
    frame,       ///< a frame of a known kind
    incomplete,  ///< needs more bytes
    failed,      ///< see `problem`; the link has to end
  };

  /// Keeps a reference to `limits`. Until `speak`, hello and error are all it takes.
  explicit frame_decoder(const frame_limits& limits) : limits_(limits) {}

  /// The hellos are exchanged: from now on frames are of this version, and none is a hello.
  void speak(std::uint8_t version);

  /// Adds received bytes, which stay valid until `keep` is called.
  void feed(bytes_view input);
  /// The next frame; its body is valid until the next call of a member that is not const.
  outcome next(node_frame& out);
  /// Copies what is not decoded into memory of the decoder's own.
  void keep();

  [[nodiscard]] const bytes& problem() const { return problem_; }
  /// Frames of unknown kinds that were passed over.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  /// Memory held, in bytes.
  [[nodiscard]] std::size_t held() const { return rest_.capacity(); }

 private:
  bool check_head(std::size_t length, std::uint8_t version, frame_kind kind);
  bool drop();

  const frame_limits& limits_;
  std::uint8_t version_ = 0;  ///< 0: hellos first
  bytes_view window_;         ///< the caller's input, or `rest_`; without what was given
  bytes rest_;
  bool kept_ = false;        ///< `window_` views `rest_`
  std::size_t to_drop_ = 0;  ///< of a frame of an unknown kind
  std::uint64_t skipped_ = 0;
  bytes problem_;
};

}  // namespace comet::wire
