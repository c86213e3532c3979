#pragma once
// INFO: the node's figures as the text that Redis tools read.
//
// The reactor fills `server_figures`; nothing here measures. Section and field names are those of
// Redis 7.0 where it has them, so dashboards and clients find what they look for.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace comet::wire {

/// The version of Redis whose protocol and replies Comet follows, as told to clients.
inline constexpr bytes_view redis_version = "7.0.15";

/// What the actors of one kind did, and what waits for them.
struct actor_figures {
  bytes_view kind;            ///< a literal: "reactor"
  std::uint64_t count = 1;    ///< actors of this kind
  std::uint64_t work = 0;     ///< requests, turns, commits: what its kind does
  std::uint64_t busy_us = 0;  ///< in all, of all of them
  std::uint64_t waiting = 0;  ///< now
};

/// Plain numbers, filled at the time of the request. Sizes in bytes, times in their unit.
struct server_figures {
  // server
  bytes comet_version;
  bytes run_id;   ///< 40 hexadecimal digits, chosen at start
  bytes node_id;  ///< empty on a lone node
  bytes config_file;
  std::uint64_t process_id = 0;
  std::uint16_t tcp_port = 0;
  std::uint64_t uptime_seconds = 0;
  std::int64_t server_time_us = 0;
  int workers = 0;
  bool loading = false;
  // clients
  std::uint64_t connected_clients = 0;
  std::uint64_t maxclients = 0;
  std::uint64_t descriptors_max = 0;
  bool users_file = false;            ///< false: everybody who connects is the administrator
  std::uint64_t blocked_clients = 0;  ///< that wait for a turn
  std::uint64_t largest_input_buffer = 0;
  std::uint64_t largest_output_buffer = 0;
  // memory
  std::uint64_t used_memory = 0;  ///< of objects in memory: cache and hot states
  std::uint64_t used_memory_rss = 0;
  std::uint64_t used_memory_peak = 0;
  std::uint64_t cache_bytes = 0;
  std::uint64_t cache_bytes_max = 0;
  std::uint64_t hot_objects = 0;
  std::uint64_t hot_bytes = 0;
  // persistence
  bytes durability;  ///< "always", "interval", "none", or "memory" without a store on disk
  std::uint64_t disk_bytes = 0;
  std::uint64_t commits = 0;
  std::uint64_t unsynced_changes = 0;
  bool last_write_ok = true;
  std::uint64_t disk_free_bytes = 0;   ///< as of the last sync; 0 with a total of 0: not known
  std::uint64_t disk_total_bytes = 0;  ///< likewise
  std::uint64_t slow_commits = 0;      ///< that took over 100 ms
  // stats
  std::uint64_t total_connections = 0;
  std::uint64_t rejected_connections = 0;
  std::uint64_t total_commands = 0;
  std::uint64_t total_errors = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t ops_per_second = 0;
  std::uint64_t expired_keys = 0;
  std::uint64_t evicted_keys = 0;  ///< records dropped from the cache (they stay in the store)
  std::uint64_t keyspace_hits = 0;
  std::uint64_t keyspace_misses = 0;
  std::uint64_t pubsub_channels = 0;
  std::uint64_t pubsub_patterns = 0;
  std::uint64_t replica_refusals = 0;  ///< messages of other replicas that were not obeyed
  // active objects
  std::uint64_t turns = 0;
  std::uint64_t failed_turns = 0;
  std::uint64_t limit_breaches = 0;  ///< turns that broke a limit
  std::uint64_t limit_refusals = 0;  ///< what was refused because a limit was reached
  std::uint64_t preempted_slices = 0;
  std::uint64_t fuel = 0;
  std::uint64_t timers_fired = 0;
  std::uint64_t quarantined_objects = 0;
  std::uint64_t activations = 0;
  std::uint64_t passivations = 0;
  std::uint64_t waiting_turns = 0;  ///< in mailboxes
  std::uint64_t late_timers = 0;    ///< that ran over a second after they were due
  // ranges of keys that the node leads
  std::uint64_t ranges_led = 0;
  std::uint64_t ranges_changing = 0;
  std::uint64_t ranges_behind = 0;
  std::uint64_t keys_behind = 0;  ///< led here, and not known to have all their copies
  // actors
  std::vector<actor_figures> actors;
  // cpu, seconds
  double cpu_system_seconds = 0;
  double cpu_user_seconds = 0;
  // keyspace
  std::uint64_t keys = 0;
  std::uint64_t keys_with_expiry = 0;
  std::uint64_t active_keys = 0;
};

/// The sections named, in the order of Redis, each once; nothing named, "default", "all" and
/// "everything" mean all. Unknown names give nothing.
bytes info_text(const server_figures& figures, std::span<const bytes_view> sections);

}  // namespace comet::wire
