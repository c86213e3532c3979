#include "runtime/metrics.hpp"

#include <array>
#include <string>

#include "runtime/activity_metrics.hpp"

namespace comet::runtime {
namespace {

using numbers = actors::node_numbers;
using enum metric_kind;

constexpr double nanoseconds = 1e-9;
constexpr double microseconds = 1e-6;

/// Of the numbers of a node, of actors of a kind, or of an executor.
#define COMET_READ(path) [](const auto& n) { return static_cast<double>(n.path); }

constexpr std::array node_rows{
    node_metric{"comet_uptime_seconds", gauge, "Time since the node started.",
                COMET_READ(info.uptime_seconds)},
    node_metric{"comet_clients", gauge, "Client connections.", COMET_READ(info.connected_clients)},
    node_metric{"comet_clients_max", gauge, "Client connections allowed.",
                COMET_READ(info.maxclients)},
    node_metric{"comet_connections_total", counter, "Client connections taken.",
                COMET_READ(info.total_connections)},
    node_metric{"comet_connections_rejected_total", counter,
                "Client connections refused because there were too many.",
                COMET_READ(info.rejected_connections)},
    node_metric{"comet_commands_total", counter, "Requests of clients.",
                COMET_READ(sessions.commands)},
    node_metric{"comet_command_errors_total", counter, "Requests answered with an error.",
                COMET_READ(sessions.errors)},
    node_metric{"comet_protocol_errors_total", counter,
                "Connections closed because their bytes were not RESP.",
                COMET_READ(sessions.protocol_errors)},
    node_metric{"comet_output_overflows_total", counter,
                "Connections closed because the client did not read its replies.",
                COMET_READ(sessions.overflows)},
    node_metric{"comet_received_bytes_total", counter, "Bytes received from clients.",
                COMET_READ(sessions.bytes_in)},
    node_metric{"comet_sent_bytes_total", counter, "Bytes sent to clients.",
                COMET_READ(sessions.bytes_out)},
    node_metric{"comet_objects", gauge, "Keys that exist.", COMET_READ(info.keys)},
    node_metric{"comet_objects_with_expiry", gauge, "Keys that expire.",
                COMET_READ(info.keys_with_expiry)},
    node_metric{"comet_objects_expired_total", counter, "Keys removed because their time came.",
                COMET_READ(shard.expired)},
    node_metric{"comet_cache_records", gauge, "Records held in memory.",
                COMET_READ(cached_records)},
    node_metric{"comet_cache_bytes", gauge, "Memory of the records held.",
                COMET_READ(info.cache_bytes)},
    node_metric{"comet_cache_bytes_max", gauge, "Memory that records may take.",
                COMET_READ(info.cache_bytes_max)},
    node_metric{"comet_cache_evictions_total", counter,
                "Records that left memory for others; they stay in the store.",
                COMET_READ(shard.evicted)},
    node_metric{"comet_hits_total", counter, "Reads of keys that exist.", COMET_READ(shard.hits)},
    node_metric{"comet_misses_total", counter, "Reads of keys that do not exist.",
                COMET_READ(shard.misses)},
    node_metric{"comet_stale_reads_total", counter,
                "Reads answered from a copy of this node that another one leads (STALE, READONLY).",
                COMET_READ(shard.copies_read)},
    node_metric{"comet_loads_total", counter, "Records read from the store.",
                COMET_READ(shard.loads)},
    node_metric{"comet_turns_total", counter, "Runs of handlers.", COMET_READ(shard.turns)},
    node_metric{"comet_turn_failures_total", counter, "Runs of handlers that failed.",
                COMET_READ(shard.turn_failures)},
    node_metric{"comet_turns_running", gauge, "Turns under way.", COMET_READ(turns_under_way)},
    node_metric{"comet_quarantines_total", counter, "Objects whose code was suspended.",
                COMET_READ(shard.quarantined)},
    node_metric{"comet_timers", gauge, "Timers armed in memory.", COMET_READ(timers_armed)},
    node_metric{"comet_timers_fired_total", counter, "Timers that ran.",
                COMET_READ(shard.timers_fired)},
    node_metric{"comet_store_batches_in_flight", gauge, "Batches not acknowledged yet.",
                COMET_READ(batches_in_flight)},
    node_metric{"comet_store_commits_total", counter, "Batches committed.",
                COMET_READ(store.commits)},
    node_metric{"comet_store_commit_groups_total", counter,
                "Writes of the engine; each carries all batches that waited.",
                COMET_READ(store.groups)},
    node_metric{"comet_store_commit_failures_total", counter, "Writes of the engine that failed.",
                COMET_READ(store.failed_commits)},
    node_metric{
        "comet_store_commit_seconds_total", counter, "Time spent in writes of the engine.",
        [](const numbers& n) { return static_cast<double>(n.store.commit_ns) * nanoseconds; }},
    node_metric{"comet_store_changes_total", counter, "Entries written or erased.",
                COMET_READ(store.changes)},
    node_metric{"comet_store_unsynced_changes", gauge, "Changes since the last fsync.",
                COMET_READ(store.unsynced_changes)},
    node_metric{"comet_store_syncs_total", counter, "Calls of fsync between commits.",
                COMET_READ(store.syncs)},
    node_metric{"comet_store_sync_failures_total", counter, "Calls of fsync that failed.",
                COMET_READ(store.failed_syncs)},
    node_metric{"comet_store_disk_bytes", gauge, "Bytes of the store on disk.",
                COMET_READ(store.disk_bytes)},
    node_metric{"comet_store_writable", gauge, "1 when the last write succeeded, else 0.",
                COMET_READ(store.last_write_ok)},
    node_metric{"comet_store_sync_failing", gauge, "1 when the last fsync failed, else 0.",
                COMET_READ(store.sync_failing)},
    node_metric{"comet_disk_free_bytes", gauge,
                "Space for the store on its disk; with a size of 0 it is not known.",
                COMET_READ(store.space.free_bytes)},
    node_metric{"comet_disk_size_bytes", gauge, "Size of the disk that the store is on.",
                COMET_READ(store.space.total_bytes)},
    node_metric{"comet_contacts", gauge, "Other nodes that this one knows.",
                COMET_READ(router.contacts)},
    node_metric{"comet_joined", gauge, "1 when the node has found its network or is alone, else 0.",
                [](const numbers& n) { return n.joining ? 0.0 : 1.0; }},
    node_metric{"comet_links", gauge, "Connections to other nodes.", COMET_READ(router.links)},
    node_metric{"comet_link_received_bytes_total", counter, "Bytes received from other nodes.",
                COMET_READ(router.bytes_received)},
    node_metric{"comet_link_sent_bytes_total", counter, "Bytes sent to other nodes.",
                COMET_READ(router.bytes_sent)},
    node_metric{"comet_link_frames_received_total", counter, "Frames received from other nodes.",
                COMET_READ(router.frames_received)},
    node_metric{"comet_link_frames_sent_total", counter, "Frames sent to other nodes.",
                COMET_READ(router.frames_sent)},
    node_metric{"comet_forwarded_total", counter, "Commands sent to other nodes.",
                COMET_READ(router.forwarded)},
    node_metric{"comet_arrived_total", counter, "Commands that other nodes sent.",
                COMET_READ(router.arrived)},
    node_metric{"comet_unanswered_total", counter,
                "Commands sent to other nodes whose outcome nobody knows.",
                COMET_READ(router.unanswered)},
    node_metric{"comet_lookups_total", counter, "Searches for the nodes nearest to a key.",
                COMET_READ(router.lookups)},
    node_metric{"comet_searches_total", counter,
                "Searches of the overlay, its upkeep included and joins not.",
                COMET_READ(router.searches)},
    node_metric{"comet_search_hops_total", counter,
                "Nodes on the ways that these searches found; over their number it is the way of "
                "one.",
                COMET_READ(router.search_hops)},
    node_metric{"comet_search_requests_total", counter, "Requests that they sent.",
                COMET_READ(router.search_requests)},
    node_metric{"comet_search_failures_total", counter, "Of these, those that got no answer.",
                COMET_READ(router.search_failures)},
    node_metric{"comet_node_request_timeouts_total", counter,
                "Requests of the overlay that were not answered in time.",
                COMET_READ(router.requests_timed_out)},
    node_metric{"comet_unreachable", gauge,
                "1 when another node could not dial this one where it says that it is, else 0.",
                [](const numbers& n) { return n.router.unreachable ? 1.0 : 0.0; }},
    node_metric{"comet_nodes_clock_apart", gauge,
                "Nodes whose clock is more than 2 s ahead of or behind this one's.",
                COMET_READ(router.clocks_apart)},
    node_metric{"comet_objects_under_replicated", gauge,
                "Keys that this node leads and that are not known to have all their copies.",
                COMET_READ(objects_behind)},
    node_metric{"comet_network_ranges", gauge,
                "Ranges of keys that all nodes of the network lead together; 0: the node is alone.",
                COMET_READ(network_ranges)},
    node_metric{"comet_ranges_taken_over_total", counter,
                "Times that this node began to lead a range: its leader failed, or handed it over.",
                COMET_READ(ranges.taken_over)},
    node_metric{"comet_publications_sent_total", counter,
                "Messages of channels sent to other nodes, counted for each node.",
                COMET_READ(router.publications_sent)},
    node_metric{"comet_publications_dropped_total", counter,
                "Messages of channels that a node did not get because its link was too slow.",
                COMET_READ(router.publications_dropped)},
    node_metric{"comet_publications_arrived_total", counter,
                "Messages of channels that other nodes sent.",
                COMET_READ(router.publications_arrived)},
    node_metric{"comet_node_messages_unreadable_total", counter,
                "Messages of other nodes that could not be read.", COMET_READ(router.unreadable)},
    node_metric{"comet_strangers_refused_total", counter,
                "Connections that did not prove to be a node of the network.",
                COMET_READ(router.strangers_refused)},
    node_metric{"process_max_fds", gauge, "File descriptors that the process may have open.",
                COMET_READ(info.descriptors_max)},
    node_metric{"comet_machine_memory_bytes", gauge, "Memory of the machine.",
                COMET_READ(machine_memory_bytes)},
    node_metric{"process_resident_memory_bytes", gauge, "Memory of the process.",
                COMET_READ(info.used_memory_rss)},
    node_metric{
        "process_cpu_seconds_total", counter, "Processor time of the process.",
        [](const numbers& n) { return n.info.cpu_user_seconds + n.info.cpu_system_seconds; }},
};

constexpr std::array breach_figures{
    labelled_figure{"fuel", COMET_READ(shard.breaches.fuel)},
    labelled_figure{"memory", COMET_READ(shard.breaches.memory)},
    labelled_figure{"state", COMET_READ(shard.breaches.state)},
    labelled_figure{"messages", COMET_READ(shard.breaches.messages)},
    labelled_figure{"wall_time", COMET_READ(shard.breaches.wall_time)},
};

constexpr std::array refusal_figures{
    labelled_figure{"mailbox", COMET_READ(shard.refusals.mailbox)},
    labelled_figure{"messages_per_minute", COMET_READ(shard.refusals.messages_per_minute)},
    labelled_figure{"owner_fuel", COMET_READ(shard.refusals.owner_fuel)},
    labelled_figure{"source", COMET_READ(shard.refusals.source)},
    labelled_figure{"value", COMET_READ(shard.refusals.value)},
    labelled_figure{"timers", COMET_READ(shard.refusals.timers)},
    labelled_figure{"replicas", COMET_READ(shard.refusals.replicas)},
    labelled_figure{"backlog", COMET_READ(shard.refusals.backlog)},
};

constexpr std::array replica_refusal_figures{
    labelled_figure{"old_epoch", COMET_READ(replica_refusals.old_epochs)},
    labelled_figure{"old_ballot", COMET_READ(replica_refusals.old_ballots)},
    labelled_figure{"stranger", COMET_READ(replica_refusals.strangers)},
    labelled_figure{"forged", COMET_READ(replica_refusals.forged)},
    labelled_figure{"far_future", COMET_READ(replica_refusals.far_future)},
};

constexpr std::array range_figures{
    labelled_figure{"led", COMET_READ(ranges.led)},
    labelled_figure{"changing", COMET_READ(ranges.changing)},
    labelled_figure{"behind", COMET_READ(ranges.behind)},
};

constexpr std::array labelled_rows{
    labelled_metric{"comet_turn_breaches_total", counter,
                    "Runs of handlers that were ended because they broke a limit.", "limit",
                    breach_figures},
    labelled_metric{"comet_refusals_total", counter,
                    "What was not taken or not kept because a limit was reached.", "limit",
                    refusal_figures},
    labelled_metric{"comet_replica_refusals_total", counter,
                    "Messages of other replicas that were not obeyed; forged and far_future are "
                    "none that a sound node sends: the log names the peer.",
                    "reason", replica_refusal_figures},
    labelled_metric{"comet_ranges", gauge,
                    "Ranges of keys that this node leads: all of them, those of which another "
                    "group of nodes is wanted, and those of which a copy is not known to be "
                    "complete. With all nodes up the last two go to 0.",
                    "state", range_figures},
};

constexpr std::array actor_rows{
    actor_metric{"comet_actors", gauge, "Actors of a kind.", COMET_READ(count)},
    actor_metric{"comet_actor_work_total", counter,
                 "What actors of a kind did: requests of the reactor, turns of the executors, "
                 "writes of the engine by the writer, fsyncs, records read, frames of the router.",
                 COMET_READ(work)},
    actor_metric{
        "comet_actor_busy_seconds_total", counter,
        "Time that actors of a kind worked. The reactor's is the processor time of its "
        "thread, which is the router's, too; the reader's has its waiting in it.",
        [](const wire::actor_figures& a) { return static_cast<double>(a.busy_us) * microseconds; }},
    actor_metric{"comet_actor_waiting", gauge,
                 "What waits for actors of a kind: turns under way for the reactor, turns that "
                 "have not begun for the executors, batches for the writer, changes without an "
                 "fsync for the syncer, orders for the reader.",
                 COMET_READ(waiting)},
};

constexpr std::array executor_rows{
    executor_metric{"comet_executor_batches_total", counter, "Work batches taken.",
                    COMET_READ(batches)},
    executor_metric{"comet_executor_turns_total", counter, "Turns finished.", COMET_READ(turns)},
    executor_metric{"comet_executor_fuel_total", counter, "Lua instructions charged.",
                    COMET_READ(fuel)},
    executor_metric{"comet_executor_busy_seconds_total", counter, "Time spent running turns.",
                    [](const actors::executor_account& e) {
                      return static_cast<double>(e.busy_ns) * nanoseconds;
                    }},
    executor_metric{"comet_executor_hot_objects", gauge, "Activated objects.",
                    COMET_READ(hot_objects)},
    executor_metric{"comet_executor_hot_bytes", gauge, "Memory of the activated objects.",
                    COMET_READ(hot_bytes)},
    executor_metric{"comet_executor_waiting_turns", gauge,
                    "Turns in the mailboxes of objects that have not begun.", COMET_READ(waiting)},
    executor_metric{"comet_executor_owners_held_total", counter,
                    "Times an owner had to wait for its share of fuel a second.",
                    COMET_READ(owners_held)},
    executor_metric{"comet_executor_preemptions_total", counter,
                    "Slices of fuel that were used up before their turn ended.",
                    COMET_READ(preemptions)},
    executor_metric{"comet_executor_activations_total", counter, "Objects activated.",
                    COMET_READ(activations)},
    executor_metric{"comet_executor_passivations_total", counter,
                    "Activated objects that were put away because there were too many.",
                    COMET_READ(passivations)},
};

#undef COMET_READ

}  // namespace

std::span<const node_metric> node_metrics() {
  return node_rows;
}

std::span<const labelled_metric> labelled_metrics() {
  return labelled_rows;
}

std::span<const actor_metric> actor_metrics() {
  return actor_rows;
}

std::span<const executor_metric> executor_metrics() {
  return executor_rows;
}

bytes metrics_text(const actors::node_numbers& n, const build_info& build) {
  bytes out;
  append_head(out, build_info_name, gauge, build_info_help);
  append_sample(out, build_info_name, {{"version", build.version}, {"commit", build.commit}}, 1);
  for (const node_metric& row : node_rows) {
    append_head(out, row.name, row.kind, row.help);
    append_sample(out, row.name, {}, row.read(n));
  }
  for (const labelled_metric& row : labelled_rows) {
    append_head(out, row.name, row.kind, row.help);
    for (const labelled_figure& figure : row.figures)
      append_sample(out, row.name, {{row.label, figure.value}}, figure.read(n));
  }
  for (const actor_metric& row : actor_rows) {
    append_head(out, row.name, row.kind, row.help);
    for (const wire::actor_figures& actors : n.info.actors)
      append_sample(out, row.name, {{"actor", actors.kind}}, row.read(actors));
  }
  for (const executor_metric& row : executor_rows) {
    append_head(out, row.name, row.kind, row.help);
    for (std::size_t i = 0; i < n.executors.size(); ++i)
      append_sample(out, row.name, {{"executor", std::to_string(i)}}, row.read(n.executors[i]));
  }
  append_activity(out, n);
  return out;
}

}  // namespace comet::runtime
