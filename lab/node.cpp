#include "lab/node.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace comet::lab {

namespace {

constexpr std::chrono::milliseconds tick_near{10};
constexpr std::chrono::milliseconds tick_restless{50};  ///< its replicas are, nothing else
constexpr std::chrono::milliseconds tick_far{100};
constexpr std::chrono::seconds tick_alone{1};
/// Who is restless so long after anything happened waits for something that does not come.
constexpr std::chrono::seconds restless_max{5};
constexpr std::chrono::seconds due_late_max{1};
constexpr std::size_t due_keys_max = 64;
constexpr std::size_t batches_in_flight_max = 2;
constexpr int slices_a_look = 64;
constexpr int rounds_max = 100'000;

bytes hex_of(const overlay::contact& who) {
  return overlay::to_hex(who.id);
}

object::shard_options shard_options_of(const node_options& options, stored_node& kept,
                                       mono_time started, object::observer& watched_by) {
  object::shard_options shard;
  shard.watched_by = &watched_by;
  shard.limits = options.limits;
  shard.self = overlay::to_digest(options.self.id);
  shard.node_id = hex_of(options.self);
  shard.node_address = overlay::to_text(options.self.where);
  shard.commits_are_synced = true;
  shard.seed = options.seed;
  shard.started = started;
  shard.describe = [](std::vector<object::reply>& fields) {
    fields.push_back(object::reply::bulk("version"));
    fields.push_back(object::reply::bulk("laboratory"));
  };
  shard.replicas.emplace();
  shard.replicas->self = {shard.self, kept.life};
  shard.replicas->newborn = kept.newborn;
  shard.replicas->founds = kept.founds;
  shard.replicas->registers = std::move(kept.registers);
  shard.replicas->asked = std::move(kept.asked);
  shard.objects_in = std::move(kept.objects_in);
  return shard;
}

lua::environment environment_of(const node_options& options) {
  lua::environment world;
  world.node_id = hex_of(options.self);
  const bytes address = overlay::to_text(options.self.where);
  world.external_ip = address.substr(0, address.rfind(':'));
  world.seed = options.seed + 1;
  return world;
}

neighbourhood_options neighbours_of(const node_options& options, std::uint64_t life) {
  return {options.self, options.run, life, options.seed + 2, options.joins, options.remembers};
}

}  // namespace

node::node(node_options options, stored_node kept, disk& storage, clock& time, network& links,
           journal& notes)
    : options_(std::move(options)),
      disk_(storage),
      time_(time),
      network_(links),
      journal_(notes),
      random_(options_.seed + 3),
      started_(time.now().mono),
      shard_(shard_options_of(options_, kept, started_, work_), kept.facts),
      host_(options_.limits, environment_of(options_)),
      neighbours_(neighbours_of(options_, kept.life), *this, started_),
      forwarding_([this](const digest& to, message what) { return send(to, std::move(what)); }),
      sessions_(*this, options_.users, channels_, options_.limits, {}) {
  sessions_.tracks_writes = true;
  channels_.keep_changes();
}

node::~node() {
  time_.cancel(tick_);
  time_.cancel(handlers_);
  time_.cancel(deadline_);
  for (auto& [id, one] : connections_)
    one.who->disconnected("the node went down");
}

void node::start() {
  neighbours_.start(now().mono);
  tick_neighbours();
  pump();
}

// ---- time ----

clock::event node::after(std::chrono::nanoseconds wait, clock::purpose why,
                         std::function<void()> what) {
  return time_.after(wait, why,
                     [this, runs = std::weak_ptr(runs_), what = std::move(what)]() mutable {
                       if (runs.expired()) return;
                       if (paused_)
                         deferred_.push_back(std::move(what));
                       else
                         what();
                     });
}

void node::resume() {
  paused_ = false;
  for (auto& what : std::exchange(deferred_, {}))
    what();
  pump();
}

void node::leave() {
  leaves_ = true;
  neighbours_.leave(now().mono);
  pump();
}

bool node::has_left() const {
  return leaves_ && shard_.handed_over() && shard_.idle() && in_flight_.empty();
}

/// A key whose range it leads; one alone has all.
bool node::has_due() const {
  const auto at = now().wall;
  const auto keys = disk_.keys_due(at - due_late_max, at, due_keys_max);
  return keys.size() == due_keys_max || std::ranges::any_of(keys, [&](const bytes& key) {
           const auto range = object::replica::range_at(object::layout::position_of(key));
           return !shard_.has_others() || shard_.replicas()->serves(range);
         });
}

void node::wake() {
  if (paused_ || !has_due()) return;
  time_.cancel(tick_);
  tick_ = after(std::chrono::nanoseconds{0}, clock::purpose::work, [this] {
    tick();  // the shard looks up what is due by now
    tick();  // and does it
  });
}

/// The next tick. A shard that waits for something hears of time often; one among others renews its
/// leases; one alone waits for what is due.
void node::arm() {
  const auto at = now();
  const bool waits = !shard_.idle();
  const bool restless = waits || !shard_.replicas()->is_calm();
  std::chrono::nanoseconds wait = tick_far;
  if (restless) {
    const bool in_vain = at.mono - time_.stirred() >= restless_max;
    wait = in_vain ? tick_far : waits ? tick_near : tick_restless;
  } else if (!shard_.has_others()) {
    wait =
        std::clamp<std::chrono::nanoseconds>(shard_.next_wake() - at.wall, tick_near, tick_alone);
  } else if (const auto due = disk_.next_due(at.wall - wall_clock::duration{1})) {
    wait = std::clamp<std::chrono::nanoseconds>(*due - at.wall, tick_near, tick_far);
  }
  if (tick_.number != 0 && tick_.at <= at.mono + wait) return;
  time_.cancel(tick_);
  tick_ = after(wait, clock::purpose::upkeep, [this] { tick(); });
}

void node::tick() {
  time_.cancel(std::exchange(tick_, {}));
  shard_.on_tick(now());
  pump();
}

void node::tick_neighbours() {
  neighbours_.tick(now().mono);
  after(neighbourhood::tick_pause, clock::purpose::upkeep, [this] {
    tick_neighbours();
    pump();
  });
}

/// The end of the longest wait of a handler, or of what holds its owner back.
void node::arm_handlers() {
  const auto due = host_.next_wake();
  if (handlers_.number != 0 && due && handlers_.at == *due) return;
  time_.cancel(std::exchange(handlers_, {}));
  if (!due) return;
  handlers_ = after(*due - now().mono, clock::purpose::work, [this] {
    handlers_ = {};
    host_.expire(now());
    pump();
  });
}

// ---- rounds ----

void node::pump() {
  if (std::exchange(pumping_, true)) return;
  int rounds = 0;
  while (round())
    COMET_CHECK(++rounds < rounds_max);
  pumping_ = false;
  arm_handlers();
  if (const auto due = forwarding_.next_deadline(); due && deadline_.number == 0)
    deadline_ = after(*due - now().mono, clock::purpose::upkeep, [this] {
      deadline_ = {};
      forwarding_.expire(now().mono);
      pump();
    });
  arm();
}

/// What has gathered is carried out once. False: nothing had.
bool node::round() {
  bool moved = deliver_answers();
  moved = settle_sessions() || moved;
  moved = run_handlers() || moved;
  moved = read_disk() || moved;
  moved = write_disk() || moved;
  moved = depart() || moved;
  return moved;
}

bool node::deliver_answers() {
  const auto answers = std::exchange(shard_.effects().answers, {});
  for (const auto& answer : answers) {
    const auto found = connections_.find(answer.session);
    if (found == connections_.end()) continue;
    found->second.session->complete(answer.slot, answer.content);
    touched_.insert(answer.session);
  }
  const auto publications = std::exchange(shard_.effects().publications, {});
  for (const auto& [channel, text] : publications)
    publish(channel, text);
  return !answers.empty() || !publications.empty();
}

bool node::run_handlers() {
  auto items = std::exchange(shard_.effects().work_items, {});
  const bool had_work = !items.empty();
  if (had_work) {
    for (const auto& item : items)
      if (item.what == object::work::kind::run) turns_[item.order.id] = item.order.request;
    host_.accept({folded_, std::move(items)}, now());
  }
  while (host_.run(slices_a_look, now()))
    continue;
  host_.end_look(now().mono);
  if (!host_.has_outcomes()) return had_work;
  auto outcomes = host_.take_outcomes();
  time_.stir();
  folded_ = outcomes.serial;
  note(outcomes);
  shard_.on_outcomes(std::move(outcomes), now());
  return true;
}

void node::note(const object::outcome_batch& outcomes) {
  for (const auto& asked : outcomes.outcalls)
    ++outcalls_[asked.turn];
  for (const auto& done : outcomes.finished) {
    const auto request = turns_.extract(done.id);
    const auto outcalls = outcalls_.extract(done.id);
    if (!request || done.unrun) continue;
    const auto asked = outcalls ? outcalls.mapped() : 0;
    journal_.ended(options_.number, *request.mapped(), done.outcome, asked, now().wall);
    sent_messages_.sent(request.mapped()->key, asked + done.outcome.messages.size(), now().mono);
  }
}

bool node::read_disk() {
  auto& effects = shard_.effects();
  const auto loads = std::exchange(effects.loads, {});
  const auto scans = std::exchange(effects.scans, {});
  const bool syncs = std::exchange(effects.sync, false);
  std::vector<object::loaded> found;
  found.reserve(loads.size());
  for (const auto& order : loads)
    found.push_back(disk_.load(order));
  if (!found.empty()) shard_.on_loaded(found, now());
  for (const auto& order : scans)
    shard_.on_scanned(disk_.scan(order), now());
  if (syncs) shard_.on_synced(std::nullopt, now());  // what is committed is safe
  return !loads.empty() || !scans.empty() || syncs;
}

bool node::write_disk() {
  if (in_flight_.size() >= batches_in_flight_max) return false;
  auto batch = shard_.take_batch(now());
  if (!batch) return false;
  in_flight_.push_back(std::move(*batch));
  after(commit_time, clock::purpose::work, [this] { commit(); });
  return true;
}

void node::commit() {
  if (in_flight_.empty()) return;
  const auto batch = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (const auto kept = disk_.commit(batch.changes); kept) {
    shard_.on_durable(batch.number, now());
  } else {
    in_flight_.clear();
    shard_.on_commit_failed(batch.number, kept.failure(), now());
  }
  pump();
}

bool node::is_idle() const {
  if (paused_) return true;
  return shard_.idle() && !shard_.has_effects() && in_flight_.empty() && turns_.empty() &&
         !is_asked() && !host_.next_wake();
}

bool node::is_at_rest() const {
  if (paused_) return true;
  return is_idle() && shard_.replicas()->is_calm() && (neighbours_.is_settled() || leaves_);
}

bool node::counts_messages() const {
  return !sent_messages_.is_low(options_.limits.messages_per_minute, now().mono);
}

bool node::is_asked() const {
  return std::ranges::any_of(connections_,
                             [](const auto& item) { return item.second.session->pending() > 0; });
}

bool node::is_whole() const {
  const auto progress = shard_.replicas()->progress();
  return progress.changing == 0 && progress.behind == 0;
}

}  // namespace comet::lab
