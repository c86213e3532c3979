#include "net/wire/info_text.hpp"

#include <array>

#include <fmt/format.h>

namespace comet::wire {

namespace {

using figures = server_figures;
constexpr std::uint64_t seconds_a_day = 86'400;

/// "1.50M", as Redis shows sizes.
bytes human(std::uint64_t size) {
  constexpr std::array units{"B", "K", "M", "G", "T", "P"};
  if (size < 1024) return fmt::format("{}B", size);
  auto scaled = static_cast<double>(size);
  std::size_t unit = 0;
  for (; scaled >= 1024 && unit + 1 < units.size(); ++unit)
    scaled /= 1024;
  return fmt::format("{:.2f}{}", scaled, units[unit]);
}

bytes_view ok_or_err(bool ok) {
  return ok ? "ok" : "err";
}

bytes server_section(const figures& f) {
  return fmt::format(
      "redis_version:{}\r\nredis_mode:standalone\r\ncomet_version:{}\r\narch_bits:{}\r\n"
      "multiplexing_api:epoll\r\nprocess_id:{}\r\nrun_id:{}\r\nnode_id:{}\r\ntcp_port:{}\r\n"
      "server_time_usec:{}\r\nuptime_in_seconds:{}\r\nuptime_in_days:{}\r\nworkers:{}\r\n"
      "config_file:{}\r\n",
      redis_version, f.comet_version, 8 * sizeof(void*), f.process_id, f.run_id, f.node_id,
      f.tcp_port, f.server_time_us, f.uptime_seconds, f.uptime_seconds / seconds_a_day, f.workers,
      f.config_file);
}

bytes clients_section(const figures& f) {
  return fmt::format(
      "connected_clients:{}\r\ncluster_connections:0\r\nmaxclients:{}\r\n"
      "client_recent_max_input_buffer:{}\r\nclient_recent_max_output_buffer:{}\r\n"
      "blocked_clients:{}\r\ntracking_clients:0\r\ndescriptors_max:{}\r\nusers_file:{}\r\n",
      f.connected_clients, f.maxclients, f.largest_input_buffer, f.largest_output_buffer,
      f.blocked_clients, f.descriptors_max, f.users_file ? 1 : 0);
}

bytes memory_section(const figures& f) {
  return fmt::format(
      "used_memory:{}\r\nused_memory_human:{}\r\nused_memory_rss:{}\r\nused_memory_rss_human:{}\r\n"
      "used_memory_peak:{}\r\nused_memory_peak_human:{}\r\ncache_bytes:{}\r\ncache_bytes_max:{}\r\n"
      "hot_objects:{}\r\nhot_bytes:{}\r\nmaxmemory:{}\r\nmaxmemory_human:{}\r\n"
      "maxmemory_policy:noeviction\r\n",
      f.used_memory, human(f.used_memory), f.used_memory_rss, human(f.used_memory_rss),
      f.used_memory_peak, human(f.used_memory_peak), f.cache_bytes, f.cache_bytes_max,
      f.hot_objects, f.hot_bytes, f.cache_bytes_max, human(f.cache_bytes_max));
}

bytes persistence_section(const figures& f) {
  return fmt::format(
      "loading:{}\r\nasync_loading:0\r\ndurability:{}\r\nrdb_changes_since_last_save:{}\r\n"
      "rdb_bgsave_in_progress:0\r\nrdb_last_bgsave_status:{}\r\naof_enabled:0\r\n"
      "aof_rewrite_in_progress:0\r\naof_last_write_status:{}\r\ncommits:{}\r\nslow_commits:{}\r\n"
      "disk_bytes:{}\r\ndisk_free_bytes:{}\r\ndisk_total_bytes:{}\r\n",
      f.loading ? 1 : 0, f.durability, f.unsynced_changes, ok_or_err(f.last_write_ok),
      ok_or_err(f.last_write_ok), f.commits, f.slow_commits, f.disk_bytes, f.disk_free_bytes,
      f.disk_total_bytes);
}

bytes stats_section(const figures& f) {
  return fmt::format(
      "total_connections_received:{}\r\ntotal_commands_processed:{}\r\n"
      "instantaneous_ops_per_sec:{}\r\ntotal_net_input_bytes:{}\r\ntotal_net_output_bytes:{}\r\n"
      "rejected_connections:{}\r\nexpired_keys:{}\r\nevicted_keys:{}\r\nkeyspace_hits:{}\r\n"
      "keyspace_misses:{}\r\npubsub_channels:{}\r\npubsub_patterns:{}\r\n"
      "total_error_replies:{}\r\nreplica_refusals:{}\r\n",
      f.total_connections, f.total_commands, f.ops_per_second, f.bytes_in, f.bytes_out,
      f.rejected_connections, f.expired_keys, f.evicted_keys, f.keyspace_hits, f.keyspace_misses,
      f.pubsub_channels, f.pubsub_patterns, f.total_errors, f.replica_refusals);
}

bytes active_section(const figures& f) {
  return fmt::format(
      "active_keys:{}\r\nturns:{}\r\nfailed_turns:{}\r\nlimit_breaches:{}\r\n"
      "limit_refusals:{}\r\npreempted_slices:{}\r\nfuel:{}\r\n"
      "timers_fired:{}\r\nquarantined_objects:{}\r\nactivations:{}\r\npassivations:{}\r\n"
      "waiting_turns:{}\r\nlate_timers:{}\r\n",
      f.active_keys, f.turns, f.failed_turns, f.limit_breaches, f.limit_refusals,
      f.preempted_slices, f.fuel, f.timers_fired, f.quarantined_objects, f.activations,
      f.passivations, f.waiting_turns, f.late_timers);
}

/// One line a kind, as Redis tells of databases.
bytes actors_section(const figures& f) {
  bytes text;
  for (const auto& one : f.actors)
    text += fmt::format("{}:actors={},work={},busy_us={},waiting={}\r\n", one.kind, one.count,
                        one.work, one.busy_us, one.waiting);
  return text;
}

bytes ranges_section(const figures& f) {
  return fmt::format(
      "ranges_led:{}\r\nranges_changing:{}\r\nranges_behind:{}\r\nkeys_behind:{}\r\n", f.ranges_led,
      f.ranges_changing, f.ranges_behind, f.keys_behind);
}

bytes replication_section(const figures&) {
  return "role:master\r\nconnected_slaves:0\r\nmaster_failover_state:no-failover\r\n"
         "master_repl_offset:0\r\n";
}

bytes cpu_section(const figures& f) {
  return fmt::format("used_cpu_sys:{:.6f}\r\nused_cpu_user:{:.6f}\r\n", f.cpu_system_seconds,
                     f.cpu_user_seconds);
}

bytes cluster_section(const figures&) {
  return "cluster_enabled:0\r\n";
}

bytes keyspace_section(const figures& f) {
  if (f.keys == 0) return {};
  return fmt::format("db0:keys={},expires={},avg_ttl=0\r\n", f.keys, f.keys_with_expiry);
}

struct section {
  bytes_view name;
  bytes_view title;
  bytes (*text)(const figures&);
};

constexpr std::array sections{
    section{"server", "Server", server_section},
    section{"clients", "Clients", clients_section},
    section{"memory", "Memory", memory_section},
    section{"persistence", "Persistence", persistence_section},
    section{"stats", "Stats", stats_section},
    section{"active", "Active", active_section},
    section{"actors", "Actors", actors_section},
    section{"ranges", "Ranges", ranges_section},
    section{"replication", "Replication", replication_section},
    section{"cpu", "CPU", cpu_section},
    section{"cluster", "Cluster", cluster_section},
    section{"keyspace", "Keyspace", keyspace_section},
};

bool is_wanted(bytes_view section, std::span<const bytes_view> wanted) {
  if (wanted.empty()) return true;
  for (const bytes_view name : wanted)
    for (const bytes_view match :
         {section, bytes_view{"default"}, bytes_view{"all"}, bytes_view{"everything"}})
      if (equal_ignoring_case(name, match)) return true;
  return false;
}

}  // namespace

bytes info_text(const server_figures& figures, std::span<const bytes_view> wanted) {
  bytes text;
  for (const section& s : sections) {
    if (!is_wanted(s.name, wanted)) continue;
    if (!text.empty()) text.append("\r\n");
    text.append("# ").append(s.title).append("\r\n").append(s.text(figures));
  }
  return text;
}

}  // namespace comet::wire
