#pragma once
// The bodies of node frames as types, and their encoding.
//
// A body is one msgpack array with the fields in the order of its struct; fields are only ever
// added at the end, and a decoder passes over what it does not know. Decoding is total: whatever
// the bytes are, it gives a message or an error (protocol), in memory proportional to the bytes
// that came. `append_frame` encodes a whole frame into a link's output; `decode` reads a frame's
// body.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/signature.hpp"
#include "net/wire/endpoint.hpp"
#include "net/wire/node_frame.hpp"
#include "object/command.hpp"
#include "object/reply.hpp"

namespace comet::wire {

inline constexpr std::size_t addresses_max = 8;           ///< of a node
inline constexpr std::size_t contacts_max = 64;           ///< in one answer
inline constexpr std::size_t message_bytes_max = 16'384;  ///< text of an error
inline constexpr std::size_t elements_max = 262'144;      ///< of all arrays of a body together
inline constexpr int reply_depth_max = 32;
inline constexpr std::size_t chain_max = 64;  ///< objects that wait for each other

/// Who one is and what one speaks.
struct hello {
  static constexpr frame_kind kind = frame_kind::hello;

  std::uint8_t version_lowest = node_version_lowest;
  std::uint8_t version_highest = node_version_highest;
  public_key key{};
  digest id{};                      ///< decoded: what follows from `key`; not encoded
  std::vector<endpoint> addresses;  ///< where others reach it; empty: nowhere
  std::chrono::milliseconds uptime{0};
  std::uint64_t run = 0;   ///< a number of this run of the process
  std::uint64_t dial = 0;  ///< of the side that dialed: grows with its dials; else 0
  bytes build;             ///< version of comet, for people
  bytes proof;             ///< that the key is its own (actors/tls_session)

  friend bool operator==(const hello&, const hello&) = default;
};

struct ping {
  static constexpr frame_kind kind = frame_kind::ping;
  friend bool operator==(const ping&, const ping&) = default;
};

/// Where a node stands in the network's coordinates (net/overlay/coordinate), as it says itself.
struct position {
  double x = 0;
  double y = 0;
  double height = 0;
  double error = 1;

  friend bool operator==(const position&, const position&) = default;
};

struct pong {
  static constexpr frame_kind kind = frame_kind::pong;

  position where;
  std::optional<wall_time> clock;  ///< of who answers; nothing: not told

  friend bool operator==(const pong&, const pong&) = default;
};

struct find_node {
  static constexpr frame_kind kind = frame_kind::find_node;

  digest target{};
  std::uint8_t count = 0;  ///< contacts wanted, at most `contacts_max`

  friend bool operator==(const find_node&, const find_node&) = default;
};

struct node_contact {
  digest id{};
  std::vector<endpoint> addresses;
  std::uint16_t version = 0;  ///< of the protocol between nodes

  friend bool operator==(const node_contact&, const node_contact&) = default;
};

struct contacts {
  static constexpr frame_kind kind = frame_kind::contacts;

  std::vector<node_contact> nodes;
  position where;  ///< of who answers

  friend bool operator==(const contacts&, const contacts&) = default;
};

/// The id is the link's.
struct announce {
  static constexpr frame_kind kind = frame_kind::announce;

  std::vector<endpoint> addresses;
  std::chrono::milliseconds uptime{0};

  friend bool operator==(const announce&, const announce&) = default;
};

struct leave {
  static constexpr frame_kind kind = frame_kind::leave;
  friend bool operator==(const leave&, const leave&) = default;
};

/// What a node is to the others: only those that stay hold keys.
enum class standing : std::uint8_t { arrives = 0, stays = 1, leaves = 2 };

/// Sent to every node that is known, whenever the sender's standing changes. Who has answered takes
/// it into account from then on.
struct presence {
  static constexpr frame_kind kind = frame_kind::presence;

  standing sender = standing::arrives;
  std::uint64_t life = 0;  ///< of the sender's data (object/replica); 0: it keeps no replicas
  std::uint64_t age = 0;   ///< of its disk (actors/heard_lives); 0: not told
  std::uint64_t over = 0;  ///< a life of the receiver that the sender heard when it was older

  friend bool operator==(const presence&, const presence&) = default;
};

struct present {
  static constexpr frame_kind kind = frame_kind::present;

  standing answerer = standing::arrives;
  std::vector<node_contact> nodes;  ///< nearest to the asker, without it
  std::uint64_t life = 0;           ///< of the answerer's data, as in `presence`
  std::uint64_t age = 0;            ///< likewise
  std::uint64_t over = 0;           ///< a life of the asker, likewise

  friend bool operator==(const present&, const present&) = default;
};

/// Whether others reach the sender at the address of its hello. It names none: nobody is sent to
/// dial somebody else.
struct probe {
  static constexpr frame_kind kind = frame_kind::probe;
  friend bool operator==(const probe&, const probe&) = default;
};

/// What became of a probe. Of a later build, an outcome that is unknown reads as `not_tried`.
enum class probe_outcome : std::uint8_t { not_tried = 0, found = 1, not_found = 2 };

struct probed {
  static constexpr frame_kind kind = frame_kind::probed;

  probe_outcome outcome = probe_outcome::not_tried;
  endpoint where;  ///< that was dialed
  bytes why;       ///< when it was not found there

  friend bool operator==(const probed&, const probed&) = default;
};

/// A command on its way to the node that holds its key. The frame's request id is the asker's.
struct forward {
  static constexpr frame_kind kind = frame_kind::forward;

  object::command what;  ///< decoded: views of the body
  std::uint8_t hops_left = 0;
  endpoint caller;
  bytes user;                     ///< empty: the default user
  std::optional<digest> entry;    ///< the node that the caller came through
  std::vector<bytes_view> chain;  ///< keys of objects that wait; decoded: views of the body
  digest origin{};                ///< where it was passed on first
  std::uint64_t number = 0;       ///< its number there
  bool again = false;             ///< another node was sent it, too; of an earlier build: never
  bytes caller_key;               ///< of the object that asks; empty: none, or an earlier build
};

struct reply {
  static constexpr frame_kind kind = frame_kind::reply;

  object::reply content;
  digest holder{};                  ///< who carried the command out; zero: nobody
  std::vector<digest> copies = {};  ///< who has its key, told to objects; empty: not told

  friend bool operator==(const reply&, const reply&) = default;
};

/// A code of a later build is read as `internal`.
struct refusal {
  static constexpr frame_kind kind = frame_kind::error;

  comet::error why;

  friend bool operator==(const refusal&, const refusal&) = default;
};

/// Appends a whole frame; on failure (too_large) nothing. `version` is the one agreed on.
template <class Message>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const Message& content, const frame_limits& limits);

/// Reads the body of a frame of kind `Message::kind`. Errors: protocol.
template <class Message>
result<Message> decode(const node_frame& frame);

}  // namespace comet::wire
