// The clients of a simulated node: their sessions, and what those need of the node.
#include <utility>

#include "base/glob.hpp"
#include "lab/node.hpp"

namespace comet::lab {

namespace {

constexpr std::uint16_t resp_port = 7379;

}  // namespace

// ---- connections ----

void node::open(client& who) {
  if (paused_) {
    deferred_.push_back([this, &who] { open(who); });
    return;
  }
  const auto& options = who.options();
  const bytes address = overlay::to_text(options_.self.where);
  auto& one = connections_[who.id()];
  one.who = &who;
  one.session = std::make_unique<wire::session>(
      who.id(), wire::endpoint{options.ip, options.port},
      wire::endpoint{address.substr(0, address.rfind(':')), resp_port}, now(), sessions_);
}

void node::feed(client& who, bytes_view input) {
  if (paused_) {
    deferred_.push_back([this, &who, kept = bytes{input}] { feed(who, kept); });
    return;
  }
  const auto found = connections_.find(who.id());
  if (found == connections_.end()) return;
  time_.stir();
  fed_ = who.id();
  sessions_.now = now().mono;
  found->second.session->feed(input, now());
  fed_ = 0;
  touched_.insert(who.id());
  pump();
}

void node::close(client& who) {
  connections_.erase(who.id());
  touched_.erase(who.id());
  who.disconnected("the client closed it");
  pump();
}

void node::set_users(const object::policy& limits, std::shared_ptr<const wire::user_table> users) {
  options_.limits = limits;
  options_.users = std::move(users);
  sessions_.users = options_.users;
  sessions_.policy = limits;
  shard_.set_limits(limits);
  host_.set_limits(limits);
  for (auto& [id, one] : connections_)
    one.session->adopt_users();
}

/// Sessions that wrote something, or can go on. False: there are none.
bool node::settle_sessions() {
  const auto touched = std::exchange(touched_, {});
  for (const auto id : touched) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    drain(found->second);
    auto& session = *found->second.session;
    if (!session.must_close()) continue;
    auto* who = found->second.who;
    connections_.erase(found);
    who->disconnected("the node closed it");
  }
  return !touched.empty();
}

void node::drain(connection& one) {
  auto& session = *one.session;
  for (;;) {
    const auto written = session.output();
    one.who->take(written);
    session.consume(written.size());
    if (!session.resumable()) return;
    fed_ = one.who->id();
    session.feed({}, now());
    fed_ = 0;
  }
}

// ---- what sessions need ----

void node::execute(wire::session& from, wire::slot_id slot, const object::command& c) {
  object::caller caller = from.caller();
  caller.node = overlay::to_hex(options_.self.id);
  object::reply answer;
  if (shard_.submit(c, caller, {object::origin::kind::client, fed_, slot}, now(), answer)) {
    from.complete(slot, answer);
  } else if (shard_.deferred()) {
    from.hold_requests();
  }
}

wire::server_figures node::figures() {
  wire::server_figures told;
  const auto& stats = shard_.stats();
  told.comet_version = "laboratory";
  told.run_id = to_hex(as_bytes(sha256(std::to_string(options_.run)))).substr(0, 40);
  told.node_id = overlay::to_hex(options_.self.id);
  told.tcp_port = resp_port;
  told.uptime_seconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now().mono - started_).count());
  told.server_time_us = to_unix_ms(now().wall) * 1'000;
  told.workers = 1;
  told.connected_clients = connections_.size();
  told.cache_bytes = shard_.cache_bytes();
  told.cache_bytes_max = options_.limits.cache_bytes_max;
  told.used_memory = told.cache_bytes;
  told.durability = "always";
  told.total_commands = sessions_.totals.commands;
  told.total_errors = sessions_.totals.errors;
  told.expired_keys = stats.expired;
  told.evicted_keys = stats.evicted;
  told.keyspace_hits = stats.hits;
  told.keyspace_misses = stats.misses;
  told.pubsub_channels = static_cast<std::uint64_t>(channels_.channel_count());
  told.pubsub_patterns = static_cast<std::uint64_t>(channels_.patterns());
  told.turns = stats.turns;
  told.failed_turns = stats.turn_failures;
  told.limit_breaches = stats.breaches.total();
  told.limit_refusals = stats.refusals.total();
  told.timers_fired = stats.timers_fired;
  told.quarantined_objects = stats.quarantined;
  told.keys = shard_.objects();
  told.keys_with_expiry = shard_.objects_with_expiry();
  return told;
}

std::vector<std::pair<bytes, bytes>> node::config_get(bytes_view) {
  return {};
}

result<void> node::config_set(std::span<const std::pair<bytes_view, bytes_view>>) {
  return {errc::config,
          "a node of the laboratory has no parameters that can be set: give limits "
          "when the network is made"};
}

result<void> node::reload_users() {
  return {errc::config, "a node of the laboratory has no users file: every user exists"};
}

/// Of the seed, so that a run repeats: nothing in a laboratory has to be kept from anybody.
bytes node::secret(std::size_t count) {
  bytes made;
  while (made.size() < count)
    made.push_back(static_cast<char>(random_.below(256)));
  return made;
}

std::vector<wire::session*> node::clients() {
  std::vector<wire::session*> all;
  for (auto& [id, one] : connections_)
    all.push_back(one.session.get());
  return all;
}

std::int64_t node::publish(bytes_view channel, bytes_view text) {
  publications_.emplace_back(channel, text);
  return channels_.publish(channel, text);
}

}  // namespace comet::lab
