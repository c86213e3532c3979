#pragma once
// What replicas of ranges say to each other (object/replica) as bodies of node frames.
//
// A frame of kind `replica` is a batch: the lives of who speaks and who is meant, then messages of
// many ranges, each [range, number of the message, its fields]. Numbers of messages and of parts of
// a stream are never given to another, and fields are only added at the end. A message in which
// anything but added fields is of a later build is passed over alone: any message may be lost. All
// else that cannot be read refuses the frame (protocol). What a message means is the receiver's to
// judge, sizes of keys and values too; but keys of a listing come in order, and a page that is not
// the last has a key.
//
// Leases have frames of their own. Used by actors/router, which sends messages by replica_batch.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/wire/node_frame.hpp"
#include "net/wire/node_message.hpp"
#include "object/replica/group.hpp"
#include "object/replica/lease_book.hpp"
#include "object/replica/message.hpp"

namespace comet::wire {

/// Keys, values or parts in one message.
inline constexpr std::size_t replica_items_max = 4'096;

/// Which lives of two nodes speak; who the nodes are, the link says.
struct lives {
  std::uint64_t sender = 0;
  std::uint64_t receiver = 0;  ///< that it is meant for: another life does not hear it

  friend bool operator==(const lives&, const lives&) = default;
};

struct range_message {
  object::replica::range_id range = 0;
  object::replica::message what;
};

/// A frame of kind `replica` that came.
struct replica_messages {
  static constexpr frame_kind kind = frame_kind::replica;

  lives between;
  std::vector<range_message> messages;
  std::size_t passed_over = 0;       ///< messages of a later build
  std::optional<error> not_known{};  ///< what the first of them has (incompatible)
};

struct lease {
  static constexpr frame_kind kind = frame_kind::lease;

  lives between;
  object::replica::lease_request what;
};

struct lease_answer {
  static constexpr frame_kind kind = frame_kind::lease_answer;

  lives between;
  object::replica::lease_answer what;
};

/// One message of a batch. Its groups have at most `members_max` members.
void append_message(bytes& out, object::replica::range_id range,
                    const object::replica::message& what);

template <>
result<replica_messages> decode(const node_frame& frame);

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const lease& content, const frame_limits& limits);
template <>
result<lease> decode(const node_frame& frame);

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const lease_answer& content, const frame_limits& limits);
template <>
result<lease_answer> decode(const node_frame& frame);

}  // namespace comet::wire
