#pragma once
// Publish and subscribe between nodes as bodies of node frames (node_message says how bodies are
// made and read).
//
// `listening` tells what the sender's clients listen to, whole or as a change of what was told
// before on the same link; `publication` is one message for clients of the receiver. Neither has an
// answer. A node of a build without them passes over both, and is sent none, as it never says that
// it listens. Used by channel_directory and actors/router.

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/wire/node_frame.hpp"
#include "net/wire/node_message.hpp"

namespace comet::wire {

struct listening {
  static constexpr frame_kind kind = frame_kind::listening;

  bool whole = false;       ///< what was told before is void
  bool everything = false;  ///< of a whole: every message of every channel, no names
  std::vector<bytes> channels;
  std::vector<bytes> patterns;
  std::vector<bytes> channels_left;  ///< no client listens to them any more
  std::vector<bytes> patterns_left;

  friend bool operator==(const listening&, const listening&) = default;
};

struct publication {
  static constexpr frame_kind kind = frame_kind::publication;

  bytes_view channel;  ///< decoded: views of the body
  bytes_view message;

  friend bool operator==(const publication&, const publication&) = default;
};

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const listening& content, const frame_limits& limits);
template <>
result<listening> decode(const node_frame& frame);

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const publication& content, const frame_limits& limits);
template <>
result<publication> decode(const node_frame& frame);

}  // namespace comet::wire
