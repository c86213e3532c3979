#pragma once
// What one simulated node sends another: the frames of a link, not made into bytes.
//
// The codecs of net/wire have their own tests; here a message is handed over as it is. Requests
// carry a number of the sender's, and their answers carry it back.

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "net/overlay/message.hpp"
#include "net/wire/channel_codec.hpp"
#include "object/forwarding.hpp"
#include "object/peer_delivery.hpp"

namespace comet::lab {

/// How a node stands to the others (net/wire/node_message has it as `presence`).
enum class standing : std::uint8_t { arrives, stays, leaves };

/// What is said first on a link that came up.
struct greeting {
  overlay::contact who;
  std::uint64_t run = 0;  ///< of its process
  mono_time began{};      ///< when that started
};
struct presence {
  std::uint64_t request = 0;
  standing stands = standing::arrives;
  std::uint64_t life = 0;
};
struct present {
  std::uint64_t request = 0;
  standing stands = standing::arrives;
  std::uint64_t life = 0;
  std::vector<overlay::contact> near;  ///< nodes that it knows
};
struct overlay_request {
  std::uint64_t request = 0;
  overlay::request what;
};
struct overlay_reply {
  std::uint64_t request = 0;
  overlay::reply what;
};
struct command_sent {
  std::uint64_t request = 0;
  object::arrived_command what;  ///< `number` is for the receiver to give
};
struct command_answered {
  std::uint64_t request = 0;
  object::reply content;
  digest holder{};
  std::vector<digest> copies = {};  ///< as in object::node_answer
};
struct published {
  bytes channel;
  bytes message;
};

using message =
    std::variant<greeting, presence, present, overlay_request, overlay_reply, command_sent,
                 command_answered, object::peer_delivery, wire::listening, published>;

/// While one of these is under way somebody waits for what it brings. The others are sent again and
/// again, for ever, or say it themselves (object/replica) that they have not arrived.
inline bool is_awaited(const message& m) {
  return !std::holds_alternative<overlay_request>(m) && !std::holds_alternative<overlay_reply>(m) &&
         !std::holds_alternative<object::peer_delivery>(m);
}

}  // namespace comet::lab
