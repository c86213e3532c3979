#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "actors/clock.hpp"
#include "actors/concern.hpp"
#include "actors/process_usage.hpp"
#include "actors/reactor.hpp"
#include "actors/socket_address.hpp"

namespace comet::actors {

namespace {

constexpr std::chrono::milliseconds slow_commit{100};
constexpr std::chrono::seconds late_timer{1};

/// Of `times`, those that took longer than `bound`, which is a bound of all histograms.
std::uint64_t longer_than(std::chrono::microseconds bound, const duration_histogram& times) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= duration_histogram::bounds.size(); ++i)
    if (i == duration_histogram::bounds.size() || duration_histogram::bounds.at(i) > bound)
      count += times.in_bucket(i);
  return count;
}

std::uint64_t microseconds_of(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::microseconds>(time).count());
}

}  // namespace

/// For COMET NODES, beside what the shard says.
void reactor::describe(std::vector<object::reply>& fields) {
  const auto add = [&](const char* name, object::reply value) {
    fields.push_back(object::reply::bulk(name));
    fields.push_back(std::move(value));
  };
  const auto number = [](std::uint64_t n) {
    return object::reply::number(static_cast<std::int64_t>(n));
  };
  std::uint64_t hot = 0;
  for (const auto& executor : executors_)
    hot += executor.hot_objects;
  const auto up = std::chrono::floor<std::chrono::seconds>(read_mono_clock() - started_.mono);
  if (!addresses_.empty())
    add("resp", object::reply::bulk(reachable(addresses_.front(), links_at_).text()));
  if (options_.http.port != 0)
    add("http", object::reply::bulk(reachable(options_.http, links_at_).text()));
  add("version", object::reply::bulk(options_.version));
  add("uptime-s", object::reply::number(up.count()));
  add("hot-objects", number(hot));
  add("ops-per-second", number(ops_per_second_));
  add("memory-bytes", number(read_process_usage().resident_bytes));
  if (const auto* replicas = shard_.replicas()) {
    const auto ranges = replicas->progress();
    add("ranges-led", number(ranges.led));
    add("ranges-changing", number(ranges.changing));
    add("ranges-behind", number(ranges.behind));
  }
  std::vector<object::reply> concerns;
  for (const auto& one : concerns_now())
    concerns.push_back(
        object::reply::map({object::reply::bulk("concern"), object::reply::bulk(bytes{one.what}),
                            object::reply::bulk("why"), object::reply::bulk(one.why)}));
  add("concerns", object::reply::list(std::move(concerns)));
}

std::vector<concern> reactor::concerns_now() {
  const bool among_others = shard_.replicas() != nullptr;
  auto found = concerns_of(store_, router_, among_others ? shard_.replicas()->progress().behind : 0,
                           among_others ? shard_.objects_behind() : 0);
  if (const auto& why = shard_.joining()) found.insert(found.begin(), {"joining", *why});
  return found;
}

/// The reactor and the router share a thread, whose time stands with the reactor.
std::vector<wire::actor_figures> reactor::actors(double thread_seconds) {
  wire::actor_figures executors{"executors", executors_.size()};
  for (const auto& one : executors_) {
    executors.work += one.turns;
    executors.busy_us += one.busy_ns / 1'000;
    executors.waiting += one.waiting;
  }
  const auto& syncs = store_.sync_times;
  return {
      {"reactor", 1, sessions_.totals.commands, static_cast<std::uint64_t>(thread_seconds * 1e6),
       shard_.turns_under_way()},
      executors,
      {"writer", 1, store_.groups, store_.commit_ns / 1'000, batches_in_flight_},
      {"syncer", 1, store_.syncs, microseconds_of(syncs.sum()), store_.unsynced_changes},
      {"reader", 1, shard_.stats().loads, microseconds_of(load_times_.sum()), loads_sent_.size()},
      {"router", links_.router ? 1U : 0U, router_.frames_received + router_.frames_sent, 0, 0},
  };
}

wire::server_figures reactor::figures() {
  const auto now = read_clocks();
  const auto usage = read_process_usage();
  const auto& stats = shard_.stats();
  const auto& totals = sessions_.totals;
  wire::server_figures f;
  f.comet_version = options_.version;
  f.run_id = options_.run_id;
  f.node_id = options_.node_id;
  f.config_file = options_.config_file;
  f.process_id = static_cast<std::uint64_t>(::getpid());
  f.uptime_seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(now.mono - started_.mono).count());
  f.server_time_us = to_unix_ms(now.wall) * 1'000;
  f.workers = static_cast<int>(links_.executors.size());
  f.connected_clients = connections_.size();
  f.maxclients = tunables_.clients_max;
  for (const auto* one : connections_.all()) {
    const auto& client = one->client();
    if (client.pending() > 0) ++f.blocked_clients;
    f.largest_input_buffer = std::max<std::uint64_t>(f.largest_input_buffer, client.memory());
    f.largest_output_buffer =
        std::max<std::uint64_t>(f.largest_output_buffer, client.output().size());
  }
  f.used_memory_rss = usage.resident_bytes;
  f.used_memory_peak = usage.resident_bytes_peak;
  f.cpu_user_seconds = usage.user_seconds;
  f.cpu_system_seconds = usage.system_seconds;
  f.cache_bytes = shard_.cache_bytes();
  f.cache_bytes_max = tunables_.limits.cache_bytes_max;
  for (const auto& executor : executors_) {
    f.hot_objects += executor.hot_objects;
    f.hot_bytes += executor.hot_bytes;
    f.fuel += executor.fuel;
    f.preempted_slices += executor.preemptions;
    f.activations += executor.activations;
    f.passivations += executor.passivations;
  }
  for (const auto& executor : executors_)
    f.waiting_turns += executor.waiting;
  f.used_memory = f.cache_bytes + f.hot_bytes;
  f.durability = options_.durability_name;
  f.disk_bytes = store_.disk_bytes;
  f.commits = store_.groups;
  f.unsynced_changes = store_.unsynced_changes;
  f.last_write_ok = store_.last_write_ok;
  f.disk_free_bytes = store_.space.free_bytes;
  f.disk_total_bytes = store_.space.total_bytes;
  f.slow_commits = longer_than(slow_commit, store_.commit_times);
  f.descriptors_max = usage.descriptors_max;
  f.users_file = tunables_.users != nullptr;
  f.late_timers = longer_than(late_timer, work_.timers_late());
  f.actors = actors(usage.thread_seconds);
  f.total_connections = connections_total_;
  f.rejected_connections = connections_rejected_;
  f.total_commands = totals.commands;
  f.total_errors = totals.errors;
  f.bytes_in = totals.bytes_in;
  f.bytes_out = totals.bytes_out;
  f.ops_per_second = ops_per_second_;
  f.expired_keys = stats.expired;
  f.evicted_keys = stats.evicted;
  f.keyspace_hits = stats.hits;
  f.keyspace_misses = stats.misses;
  f.pubsub_channels = static_cast<std::uint64_t>(channels_.channel_count());
  f.pubsub_patterns = static_cast<std::uint64_t>(channels_.patterns());
  f.turns = stats.turns;
  f.failed_turns = stats.turn_failures;
  f.limit_breaches = stats.breaches.total();
  f.limit_refusals = stats.refusals.total();
  f.timers_fired = stats.timers_fired;
  f.quarantined_objects = stats.quarantined;
  f.keys = shard_.objects();
  f.keys_with_expiry = shard_.objects_with_expiry();
  if (const auto* replicas = shard_.replicas()) {
    f.replica_refusals = replicas->refused().total();
    const auto ranges = replicas->progress();
    f.ranges_led = ranges.led;
    f.ranges_changing = ranges.changing;
    f.ranges_behind = ranges.behind;
    f.keys_behind = shard_.objects_behind();
  }
  if (!addresses_.empty()) f.tcp_port = addresses_.front().port;
  return f;
}

void reactor::reset_figures() {
  sessions_.totals = {};
  commands_at_second_ = 0;
  connections_total_ = 0;
  connections_rejected_ = 0;
}

node_numbers reactor::numbers() {
  node_numbers n;
  n.info = figures();
  n.sessions = sessions_.totals;
  n.shard = shard_.stats();
  n.cached_records = shard_.cached_records();
  n.turns_under_way = shard_.turns_under_way();
  n.timers_armed = shard_.timers_armed();
  n.batches_in_flight = batches_in_flight_;
  n.machine_memory_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                           static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  n.store = store_;
  n.executors = executors_;
  n.router = router_;
  if (const auto* replicas = shard_.replicas()) {
    n.replica_refusals = replicas->refused();
    n.ranges = replicas->progress();
    n.network_ranges = object::replica::ranges;
    n.objects_behind = shard_.objects_behind();
  }
  n.settled = work_.settled();
  n.timers_late = work_.timers_late();
  n.loads = load_times_;
  n.thread_late = ticks_late_;
  n.codes = work_.codes();
  n.commands = sessions_.counts.used();
  n.joining = shard_.joining();
  return n;
}

}  // namespace comet::actors
