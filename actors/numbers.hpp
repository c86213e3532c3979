#pragma once
// The node's figures at one moment, for INFO, metrics and the HTTP view. Plain values, no CAF.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/duration_histogram.hpp"
#include "base/result.hpp"
#include "net/wire/command_figures.hpp"
#include "net/wire/info_text.hpp"
#include "net/wire/session_host.hpp"
#include "object/replica/progress.hpp"
#include "object/replica/refusal_counts.hpp"
#include "object/shard_stats.hpp"
#include "object/work_figures.hpp"
#include "store/store.hpp"

namespace comet::actors {

/// What one executor did and holds.
struct executor_account {
  std::uint64_t batches = 0;      ///< work batches taken
  std::uint64_t turns = 0;        ///< finished
  std::uint64_t fuel = 0;         ///< instructions
  std::uint64_t busy_ns = 0;      ///< spent running turns, wall time
  std::uint64_t hot_objects = 0;  ///< activations held
  std::uint64_t hot_bytes = 0;
  std::uint64_t owners_held = 0;  ///< times an owner had to wait for its share of fuel
  std::uint64_t preemptions = 0;  ///< slices that ended before their turn did
  std::uint64_t activations = 0;
  std::uint64_t passivations = 0;  ///< because the hot set was full
  std::uint64_t waiting = 0;       ///< turns in mailboxes that have not begun, now
};

/// What the store's actors did.
struct store_account {
  std::uint64_t commits = 0;           ///< acknowledged batches of the shard
  std::uint64_t groups = 0;            ///< engine commits that carried them
  std::uint64_t failed_commits = 0;    ///< engine commits
  std::uint64_t commit_ns = 0;         ///< spent in the engine, in total
  std::uint64_t changes = 0;           ///< committed
  std::uint64_t unsynced_changes = 0;  ///< committed since the last sync
  std::uint64_t syncs = 0;
  std::uint64_t failed_syncs = 0;
  std::uint64_t disk_bytes = 0;  ///< as of the last sync
  store::disk_space space;       ///< likewise
  bool last_write_ok = true;
  bool sync_failing = false;        ///< the last fsync between commits failed
  duration_histogram commit_times;  ///< of the engine
  duration_histogram sync_times;    ///< of fsync, between commits
};

/// What the router did and knows. Sent to the reactor once a second.
struct router_account {
  std::uint64_t contacts = 0;  ///< in the routing table
  std::uint64_t links = 0;     ///< that are up
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t frames_sent = 0;
  std::uint64_t forwarded = 0;             ///< commands sent to other nodes
  std::uint64_t arrived = 0;               ///< commands of other nodes
  std::uint64_t unanswered = 0;            ///< forwarded commands whose outcome nobody knows
  std::uint64_t lookups = 0;               ///< finished
  std::uint64_t searches = 0;              ///< of the overlay, its own upkeep included
  std::uint64_t search_hops = 0;           ///< nodes on the ways to the nearest, of all searches
  std::uint64_t search_requests = 0;       ///< sent for them
  std::uint64_t search_failures = 0;       ///< of these, not answered
  std::uint64_t requests_timed_out = 0;    ///< of the overlay, answered too late or never
  std::uint64_t clocks_apart = 0;          ///< nodes whose clock is not as this one's, now
  std::uint64_t publications_sent = 0;     ///< messages of channels, for each node one
  std::uint64_t publications_dropped = 0;  ///< that a node did not get, likewise
  std::uint64_t publications_arrived = 0;  ///< of other nodes
  std::uint64_t unreadable = 0;            ///< messages of nodes, dropped
  std::uint64_t strangers_refused = 0;     ///< connections that were turned away or found wanting
  /// Others cannot dial this node where it says that it is; what is wrong, for people.
  std::optional<bytes> unreachable;
};

struct node_numbers {
  wire::server_figures info;
  wire::session_totals sessions;
  object::shard_stats shard;
  std::size_t cached_records = 0;
  std::size_t turns_under_way = 0;
  std::size_t timers_armed = 0;
  std::size_t batches_in_flight = 0;
  std::uint64_t machine_memory_bytes = 0;
  store_account store;
  std::vector<executor_account> executors;
  router_account router;
  object::replica::refusal_counts replica_refusals;
  object::replica::replica_progress ranges;
  std::size_t network_ranges = 0;    ///< that all nodes lead together; 0: the node is alone
  std::uint64_t objects_behind = 0;  ///< led here, and not known to have all their copies
  duration_histogram settled;        ///< batches, until they are durable and chosen
  duration_histogram timers_late;    ///< timers that ran
  duration_histogram loads;          ///< reads of records, from the order to their coming
  duration_histogram thread_late;    ///< ticks of the I/O thread, after they were due
  std::vector<object::code_figures> codes;
  std::vector<wire::command_figures> commands;  ///< those that were asked for
  std::optional<bytes> joining;  ///< set until the node has found its network: why it has not
};

/// How an orderly stop ended.
struct stop_report {
  bool complete = false;        ///< all that was under way was finished, answered and made durable
  std::size_t turns_cut = 0;    ///< turns that were still under way
  std::size_t batches_cut = 0;  ///< batches that were not acknowledged
  std::size_t clients_cut = 0;  ///< clients with answers that were not sent
  std::optional<error> sync_failure;
};

}  // namespace comet::actors
