#pragma once
// What a simulated network is made of. Plain values: whoever makes a world fills them in.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/policy.hpp"

namespace comet::lab {

/// Nodes are numbered from 1, in the order in which they came; a number is never given again.
using node_number = std::size_t;
/// Connections of clients, likewise from 1.
using client_id = std::uint64_t;
/// One request of one client, likewise from 1.
using ticket = std::uint64_t;

/// 2026-01-01T00:00:00Z: where virtual time stands when a world is ready.
inline constexpr wall_time epoch = from_unix_ms(1'767'225'600'000);

inline constexpr std::size_t nodes_max = 64;  ///< of one world, those that are gone included

/// Where a node stands; what lies between two of them is the time one way, in milliseconds.
struct place {
  double x = 0;
  double y = 0;
};

struct world_options {
  std::uint64_t seed = 1;
  std::size_t nodes = 1;  ///< from the start: they have founded their network together
  /// Of every node. `users` is made by the world; `handlers_reach` is who handlers may address.
  object::policy limits;
  /// Virtual time after which nothing more is done: every call fails.
  std::chrono::milliseconds limit{std::chrono::hours{24 * 400}};
  /// One way between two nodes; by chance up to as much again comes on top.
  std::chrono::microseconds latency{1'000};
  /// Of the nodes in the order of their numbers, instead of `latency`. Who has none stands at 0, 0.
  std::vector<place> places;
};

struct client_options {
  node_number node = 1;
  /// Every user exists, needs no password and may do everything to keys and channels. "admin" and
  /// the default user (also by the empty name) are administrators, the others are not.
  bytes user;
  bytes ip = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: one that no other client has
};

/// What a link is worse by than the world's latency, both ways.
struct link_terms {
  std::chrono::microseconds delay{0};
  /// Share of the messages that are lost on their way, 0 to 1. A link is a stream: what was lost is
  /// sent again 200 ms later, 400 ms after that and so on, and what comes behind it waits.
  double drop = 0;
};

}  // namespace comet::lab
