#pragma once
// The closed set of messages between the actors of a node. All stay in the process.
//
//   reactor  -> executor      work_parcel             executor -> reactor   report_parcel
//   reactor  -> store writer  write_parcel            writer   -> reactor   commit_ack
//   reactor  -> store reader  load_parcel             reader   -> reactor   loaded_parcel
//   reactor  -> store reader  scan_parcel             reader   -> reactor   scanned_parcel
//   writer   -> store syncer  commit_note             syncer   -> reactor   sync_report
//   reactor, router -> store syncer  sync_order, answered by synced
//   reactor  -> router        departures_parcel       router   -> reactor   arrivals_parcel
//   router   -> reactor       network_changed, router_account
//   reactor  -> router        leave_order; links_end, answered by links_ended
//   router   -> resolver      resolve_order          resolver -> router    names_resolved
//   router   -> store writer  remember               writer   -> router    remembered
//   facade   -> node -> reactor  stop_order, answered by stopped; numbers_request by numbers_parcel
//   facade   -> node -> reactor  client_parcel
//   reactor  -> executor      limits_changed (tunables), before the work that it holds for
//   to itself: end_of_round, clock_tick, flush, sync_tick, continue_work, deadline_tick
//
// Who answers, answers the sender of the order, so an actor can be tested against any other.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/descriptor.hpp"
#include "actors/numbers.hpp"
#include "actors/options.hpp"
#include "actors/parcel.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/wire/channel_directory.hpp"
#include "net/wire/endpoint.hpp"
#include "object/exchange.hpp"
#include "object/forwarding.hpp"
#include "object/key_map.hpp"
#include "object/outbox.hpp"

namespace comet::actors {

using work_parcel = parcel<object::work_batch>;

/// What an executor did with one or more work batches.
struct executor_report {
  std::size_t executor = 0;  ///< its index
  object::outcome_batch outcomes;
  executor_account account;  ///< totals so far
};
using report_parcel = parcel<executor_report>;

/// A batch for the writer. After a failed commit the shard decides anew, under the next epoch;
/// batches of the epoch that failed are discarded by the writer wherever they still wait.
struct write_order {
  std::uint64_t epoch = 0;
  object::numbered_batch batch;
};
using write_parcel = parcel<write_order>;

/// Success: every batch up to `number` is committed. Failure: every batch from `number` on is lost.
struct commit_ack {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  std::optional<error> failure;
  std::uint64_t batches = 0;  ///< in the group
  std::uint64_t changes = 0;
  std::chrono::nanoseconds took{0};
};

using load_parcel = parcel<std::vector<object::load_order>>;
using loaded_parcel = parcel<std::vector<object::loaded>>;
using scan_parcel = parcel<object::scan_order>;
using scanned_parcel = parcel<object::scanned>;

/// So many changes were committed and not synced.
struct commit_note {
  std::uint64_t changes = 0;
};
struct sync_report {
  std::uint64_t syncs = 0;
  std::uint64_t failed_syncs = 0;
  std::uint64_t disk_bytes = 0;
  std::uint64_t synced_changes = 0;              ///< by this sync
  std::optional<std::chrono::nanoseconds> took;  ///< nothing: this tells of no fsync
  store::disk_space space;
};
struct sync_order {};
struct synced {
  std::optional<error> failure;
};

/// "I am the one to report to": the sender is meant.
struct introduction {};

/// A message of a channel, for nodes where somebody listens.
struct publication_order {
  std::vector<digest> to;
  bytes channel;
  bytes message;
};
/// What a link means for the channels of the node at its other end.
struct channel_news {
  enum class kind : std::uint8_t {
    up,    ///< it has to be told what is listened to here; again, when that was lost
    down,  ///< it cannot be sent to
    said,  ///< what is listened to there
  };
  kind what = kind::up;
  digest peer{};
  wire::listening listens;
};

/// Of a poll round, for other nodes. Orders leave in their order; some are withdrawn after that.
struct departures {
  std::vector<object::forward_order> orders;
  std::vector<std::uint64_t> withdrawals;
  std::vector<object::node_answer> answers;
  std::vector<object::peer_delivery> deliveries;
  std::vector<wire::listening_order> listening;
  std::vector<publication_order> publications;
};
using departures_parcel = parcel<departures>;
/// Of a poll round, from other nodes.
struct arrivals {
  std::vector<object::arrived_command> commands;
  std::vector<object::forward_outcome> outcomes;
  std::vector<object::peer_delivery> leases;  ///< of `deliveries`, what is taken before all else
  std::vector<object::peer_delivery> deliveries;
  std::vector<channel_news> channels;                 ///< in their order
  std::vector<std::pair<bytes, bytes>> publications;  ///< channel, message; for clients here

  [[nodiscard]] bool empty() const {
    return commands.empty() && outcomes.empty() && leases.empty() && deliveries.empty() &&
           channels.empty() && publications.empty();
  }
};
using arrivals_parcel = parcel<arrivals>;

/// The network as the router sees it now.
struct network_changed {
  std::shared_ptr<const object::key_map> map;  ///< never null
  /// Set until the node has found its network: why it has not, for clients and the log.
  std::optional<bytes> joining;
};

/// Tell the others that this node leaves. The next network_changed has a map that says so.
struct leave_order {};
/// Send what is left and close all links.
struct links_end {};
struct links_ended {};

/// Names of hosts to look up; literals come back as they are.
struct resolve_order {
  std::vector<listen_address> names;
};
struct resolved_name {
  listen_address name;
  std::vector<wire::endpoint> addresses;  ///< none: see `failure`
  std::optional<error> failure;
};
struct names_resolved {
  std::vector<resolved_name> names;
};

/// An entry of what the node knows about itself (object/layout: `meta_key`).
struct remember {
  bytes name;
  bytes value;
};
struct remembered {
  bytes name;
  std::optional<error> failure;
};

using limits_changed = std::shared_ptr<const tunables>;

/// A client of this process: the node's end of its connection.
struct local_connection {
  descriptor socket;
  wire::endpoint peer;     ///< on whose behalf it asks, for handlers and CLIENT LIST
  bool is_viewer = false;  ///< it says nobody's name, and looks only (net/wire/viewer)
};
using client_parcel = parcel<local_connection>;

struct stop_order {
  std::chrono::milliseconds patience{0};
};
struct stopped {
  stop_report report;
};
struct numbers_request {};
using numbers_parcel = parcel<node_numbers>;

struct end_of_round {};
struct clock_tick {
  std::uint64_t serial = 0;  ///< an alarm that was replaced by an earlier one is ignored
};
struct flush {};
struct sync_tick {};
struct continue_work {};
struct deadline_tick {};

}  // namespace comet::actors
