#include "actors/reactor.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <utility>

#include "actors/clock.hpp"
#include "actors/known_contacts.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

namespace {

std::shared_ptr<const wire::user_table> users_of(const tunables& limits) {
  return limits.users ? limits.users : wire::user_table::open();
}

object::shard_options shard_options_of(const reactor_setup& setup,
                                       std::function<void(std::vector<object::reply>&)> describe,
                                       object::observer& watched_by) {
  object::shard_options options;
  options.watched_by = &watched_by;
  options.limits = setup.options.limits.limits;
  options.node_id = setup.options.node_id;
  if (const auto raw = from_hex(options.node_id); raw && raw->size() == sizeof(digest))
    options.self = digest_from(*raw);
  options.node_address = setup.node_address;
  if (options.node_address.empty() && !setup.sockets.empty())
    options.node_address = setup.sockets.front().local().text();
  options.describe = std::move(describe);
  options.gated = setup.options.durability != store::durability::none;
  options.commits_are_synced = setup.options.durability == store::durability::always;
  options.seed = setup.options.seed;
  options.started = read_mono_clock();
  if (setup.replicas) {
    options.replicas.emplace();
    options.replicas->self = {options.self, setup.replicas->life};
    options.replicas->newborn = setup.replicas->newborn;
    options.replicas->founds = setup.replicas->founds;
    options.replicas->registers = setup.replicas->registers;
    options.replicas->asked = setup.replicas->asked;
    options.objects_in = setup.replicas->objects_in;
  }
  return options;
}

}  // namespace

reactor::reactor(caf::io::broker* self, caf::io::network::default_multiplexer& loop,
                 const std::shared_ptr<reactor_setup>& setup)
    : self_(self),
      loop_(loop),
      options_(setup->options),
      sockets_(std::move(setup->sockets)),
      links_(std::move(setup->links)),
      tunables_(setup->options.limits),
      shard_(shard_options_of(
                 *setup, [this](auto& fields) { this->describe(fields); }, work_),
             setup->facts),
      dispatcher_(links_.executors.size()),
      sessions_(*this, users_of(tunables_), channels_, tunables_.limits, tunables_.sessions),
      read_buffer_(read_buffer_bytes),
      started_(read_clocks()),
      executors_(links_.executors.size()) {
  caller_.node = options_.node_id;
  links_at_ = parse_endpoint(setup->node_address).value_or(wire::endpoint{});
  sessions_.tracks_writes = shard_.replicas() != nullptr;
  if (!links_.router) return;
  channels_.keep_changes();
  COMET_CHECK(shard_.self() != digest{});  // among other nodes an id is a digest
  hear_of_network(
      {std::make_shared<const object::key_map>(shard_.self(), false, std::vector<object::peer>{}),
       "the node looks for its network"});
}

reactor::~reactor() = default;

caf::behavior reactor::make_behavior() {
  acceptor& owner = *this;
  for (auto& socket : sockets_) {
    addresses_.push_back(socket.local());
    listeners_.push_back(std::make_unique<listener>(loop_, std::move(socket), owner));
  }
  sockets_.clear();
  self_->send(links_.syncer, introduction{});
  if (links_.router) self_->send(links_.router, introduction{});
  arm_tick(started_);
  return {
      [this](end_of_round) { finish_round(); },
      [this](report_parcel& report) { take_report(report.take()); },
      [this](const commit_ack& ack) { take_ack(ack); },
      [this](loaded_parcel& found) { take_loaded(found.take()); },
      [this](scanned_parcel& page) {
        shard_.on_scanned(page.take(), read_clocks());
        request_round();
      },
      [this](const sync_report& report) { take_sync_report(report); },
      [this](arrivals_parcel& came) { take_arrivals(came.take()); },
      [this](const network_changed& news) { hear_of_network(news); },
      [this](const router_account& account) { router_ = account; },
      [this](client_parcel& one) { take_client(one.take()); },
      [this](const clock_tick& due) { tick(due); },
      [this](numbers_request) { return numbers_parcel{numbers()}; },
      [this](const stop_order& order) { return stop(order); },
      [this](const synced& done) {
        if (std::exchange(syncing_for_shard_, false)) {
          shard_.on_synced(done.failure, read_clocks());
          request_round();
          return;
        }
        if (!stopping_ || !stopping_->report) return;
        stopping_->report->sync_failure = done.failure;
        stopping_->sync_answered = true;
        request_round();
      },
  };
}

void reactor::request_round() {
  if (std::exchange(round_requested_, true)) return;
  caf::anon_send(self_, end_of_round{});
}

void reactor::finish_round() {
  round_requested_ = false;
  now_ = read_clocks();
  sessions_.now = now_.mono;
  connections_.bury();
  deliver_answers();
  deliver_publications();
  settle_listed();
  send_work();
  send_batch();
  send_departures();
  arm_tick(now_);
  if (!shard_.effects().empty()) request_round();
  if (leaving_) go_on_leaving(now_);
  if (stopping_) go_on_stopping(now_);
}

void reactor::deliver_answers() {
  const auto answers = std::exchange(shard_.effects().answers, {});
  for (const auto& answer : answers) {
    auto* to = connections_.find(answer.session);
    if (to == nullptr) continue;
    to->client().complete(answer.slot, answer.content);
    look_again(*to);
  }
}

void reactor::settle_listed() {
  const auto listed = std::exchange(listed_, {});
  for (auto* one : listed)
    one->listed = false;
  for (auto* one : listed)
    one->settle();
}

void reactor::send_work() {
  auto& effects = shard_.effects();
  if (!effects.work_items.empty()) {
    dispatcher_.add(std::exchange(effects.work_items, {}));
    for (std::size_t i = 0; i < links_.executors.size(); ++i)
      if (auto batch = dispatcher_.take(i))
        self_->send(links_.executors[i], work_parcel{std::move(*batch)});
  }
  if (!effects.loads.empty()) {
    loads_sent_.push_back(now_.mono);
    self_->send(links_.loader, load_parcel{std::exchange(effects.loads, {})});
  }
  for (auto& order : std::exchange(effects.scans, {}))
    self_->send(links_.scanner, scan_parcel{std::move(order)});
  if (!std::exchange(effects.sync, false)) return;
  syncing_for_shard_ = true;  // answered before any sync of a stop, which is ordered later
  self_->send(links_.syncer, sync_order{});
}

void reactor::send_batch() {
  if (batches_in_flight_ >= batches_in_flight_max) return;
  auto batch = shard_.take_batch(now_);
  if (!batch) return;
  ++batches_in_flight_;
  self_->send(links_.writer, write_parcel{write_order{epoch_, std::move(*batch)}});
}

void reactor::send_departures() {
  auto& effects = shard_.effects();
  std::vector<wire::listening_order> listening;
  if (directory_.has_news(channels_)) listening = directory_.orders(channels_);
  if (effects.forwards.empty() && effects.withdrawals.empty() && effects.node_answers.empty() &&
      effects.deliveries.empty() && listening.empty() && publications_.empty())
    return;
  COMET_CHECK(links_.router);
  self_->send(links_.router,
              departures_parcel{
                  {std::exchange(effects.forwards, {}), std::exchange(effects.withdrawals, {}),
                   std::exchange(effects.node_answers, {}), std::exchange(effects.deliveries, {}),
                   std::move(listening), std::exchange(publications_, {})}});
}

/// Once a peer and kind: replicas keep no more of them.
void reactor::log_complaints() {
  const auto* replicas = shard_.replicas();
  if (replicas == nullptr) return;
  const auto& all = replicas->complaints();
  for (; complaints_logged_ < all.size(); ++complaints_logged_) {
    const auto& one = all[complaints_logged_];
    const bool forged = one.why == object::replica::complaint::kind::forged;
    options_.log.about(log_room::object)(
        severity::warning,
        "the node " + shortened(to_hex(as_bytes(one.about.node)), 12) + " said of range " +
            std::to_string(one.range) +
            (forged ? " what only another node may say, or named a group that cannot be"
                    : " that it came further than any node can have come") +
            "; it is not obeyed: look at that node's log and disk, and start it again on "
            "a fresh directory when this goes on");
  }
}

void reactor::take_arrivals(arrivals came) {
  now_ = read_clocks();
  for (auto& said : came.leases)
    shard_.on_peer(std::move(said), now_);
  const auto& users = tunables_.limits.users;
  for (auto& command : came.commands) {
    // A handler speaks for its owner, and is never more than that. Rights are as this node knows
    // them.
    const bool handler = command.from.ip.empty();
    const auto* rights = users ? users->find(command.from.user) : nullptr;
    command.from.administrator =
        !handler && (!users || (rights != nullptr && rights->administrator));
    shard_.on_arrived(command, now_);
  }
  for (auto& said : came.deliveries)
    shard_.on_peer(std::move(said), now_);
  log_complaints();
  take_channel_news(came.channels);
  for (const auto& [channel, message] : came.publications)
    channels_.publish(channel, message);
  if (!came.outcomes.empty()) shard_.on_forwarded(std::move(came.outcomes), now_);
  request_round();
}

void reactor::hear_of_network(network_changed news) {
  shard_.on_network(std::move(news.map), std::move(news.joining), read_clocks());
  request_round();
}

void reactor::take_report(executor_report report) {
  executors_[report.executor] = report.account;
  dispatcher_.fold(report.executor, report.outcomes);
  shard_.on_outcomes(std::move(report.outcomes), read_clocks());
  request_round();
}

/// The reader answers in the order in which it was asked.
void reactor::take_loaded(const std::vector<object::loaded>& found) {
  const auto now = read_clocks();
  if (!loads_sent_.empty()) {
    load_times_.add(now.mono - loads_sent_.front());
    loads_sent_.pop_front();
  }
  shard_.on_loaded(found, now);
  request_round();
}

void reactor::take_ack(const commit_ack& ack) {
  if (ack.epoch != epoch_) return;
  const auto now = read_clocks();
  store_.commit_ns += static_cast<std::uint64_t>(ack.took.count());
  store_.commit_times.add(ack.took);
  const bool was_ok = std::exchange(store_.last_write_ok, !ack.failure);
  if (ack.failure) {
    ++epoch_;
    ++store_.failed_commits;
    batches_in_flight_ = 0;
    if (was_ok)
      options_.log.about(log_room::store)(severity::error,
                                          "the store refuses writes: " + ack.failure->message +
                                              "; clients get an error until one succeeds again");
    shard_.on_commit_failed(ack.number, *ack.failure, now);
  } else {
    store_.commits += ack.batches;
    ++store_.groups;
    store_.changes += ack.changes;
    store_.unsynced_changes += ack.changes;
    batches_in_flight_ -= ack.batches;
    if (!was_ok)
      options_.log.about(log_room::store)(severity::info, "the store takes writes again");
    shard_.on_durable(ack.number, now);
  }
  request_round();
}

void reactor::take_sync_report(const sync_report& report) {
  if (report.failed_syncs > store_.failed_syncs) store_.sync_failing = true;
  if (report.syncs > store_.syncs) store_.sync_failing = false;
  store_.syncs = report.syncs;
  store_.failed_syncs = report.failed_syncs;
  store_.disk_bytes = report.disk_bytes;
  store_.space = report.space;
  if (report.took) store_.sync_times.add(*report.took);
  store_.unsynced_changes -= std::min(store_.unsynced_changes, report.synced_changes);
}

void reactor::tick(const clock_tick& due) {
  if (due.serial != tick_serial_) return;
  const auto now = read_clocks();
  if (tick_due_) ticks_late_.add(now.mono - *tick_due_);
  tick_due_.reset();
  if (!stopping_) shard_.on_tick(now);
  if (now.mono - second_began_ >= tick_far) every_second(now);
  request_round();  // which arms the next tick
}

void reactor::arm_tick(const instant& now) {
  const auto wait = stopping_ || leaving_
                        ? tick_near
                        : std::clamp(std::chrono::milliseconds{shard_.next_wake() - now.wall},
                                     tick_near, tick_far);
  const auto due = now.mono + wait;
  if (tick_due_ && *tick_due_ <= due + tick_near) return;
  tick_due_ = due;
  // Anonymous: a message that names this actor as its sender would keep it alive in its own
  // mailbox.
  caf::delayed_anon_send(caf::actor{self_}, wait, clock_tick{++tick_serial_});
}

void reactor::every_second(const instant& now) {
  const auto passed = std::chrono::duration<double>(now.mono - second_began_).count();
  const auto done = sessions_.totals.commands - commands_at_second_;
  ops_per_second_ = static_cast<std::uint64_t>(static_cast<double>(done) / passed);
  commands_at_second_ = sessions_.totals.commands;
  second_began_ = now.mono;
  for (auto& one : listeners_)
    one->resume();
  close_idle_clients(now.mono);
  if (now.mono - disk_asked_ >= disk_pause) {
    disk_asked_ = now.mono;
    self_->send(links_.syncer, introduction{});  // answers with what is on the disk now
  }
  for (std::size_t i = 0; i < links_.executors.size(); ++i)
    if (auto batch = dispatcher_.take_acknowledgement(i))
      self_->send(links_.executors[i], work_parcel{std::move(*batch)});
}

void reactor::apply(const tunables& limits) {
  tunables_ = limits;
  shard_.set_limits(limits.limits);
  sessions_.policy = limits.limits;
  sessions_.limits = limits.sessions;
  if (limits.users) sessions_.users = limits.users;
  // From here, so that no later work overtakes it.
  const auto changed = std::make_shared<const tunables>(limits);
  for (const auto& executor : links_.executors)
    self_->send(executor, changed);
}

}  // namespace comet::actors
