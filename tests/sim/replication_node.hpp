#pragma once
// What the world of replication_world.hpp is made of; included by its .cpp files only.

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/sim/replication_world.hpp"

namespace comet::sim {

struct replication_world::node {
  /// An answer that waits for its value to be chosen.
  struct waiting {
    std::size_t who = 0;
    std::uint64_t attempt = 0;
    bytes key;
    replica::stamp at;
    bool writes = false;
    content seen;
  };

  explicit node(std::size_t ranges) : store(ranges), waits(ranges) {}

  std::size_t index = 0;
  digest id{};
  std::uint64_t life = 1;
  std::uint32_t boots = 0;
  bool up = false;
  bool in = true;   ///< of the map
  double rate = 1;  ///< of its clock
  mono_time paused_until{};
  mono_time slow_until{};
  replication_disk store;
  std::optional<replica::lease_book> leases;
  std::vector<std::unique_ptr<replica::range_replica>> replicas;  ///< by range; empty: it is down
  std::vector<std::vector<waiting>> waits;                        ///< by range
  std::map<bytes, replica::stamp> proposed;  ///< since it started, the last of each key
};

struct replication_world::client {
  std::size_t index = 0;
  bool once = false;                 ///< one operation, at one node
  std::optional<std::size_t> asked;  ///< its operation in the history
  std::size_t range = 0;
  bytes key;
  action what = action::read;
  std::int64_t given = 0;
  std::size_t at = 0;
  std::uint64_t attempt = 0;
  bool proposed = false;
  mono_time gives_up{};
  std::vector<std::size_t> leaders;  ///< by range: where it was answered last
};

struct replication_world::lookup {
  std::size_t range = 0;
  std::uint64_t ticket = 0;
  std::optional<replica::list_order> list;
  std::optional<replica::read_order> read;
  bool done = false;
  replica::listing page;
  std::vector<replica::entry> entries;
};

}  // namespace comet::sim
