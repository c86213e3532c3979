#include "tests/sim/limited_reads_world.hpp"

#include <algorithm>
#include <iterator>

#include "object/layout.hpp"

namespace comet::sim {

namespace {

/// Every 10 ms in production: with so little that is due, nobody notices.
constexpr std::chrono::milliseconds tick_pause{20};
constexpr int slices_a_look = 64;

}  // namespace

limited_reads_world::limited_reads_world(const limited_reads_options& options)
    : options_(options), random_(options.seed) {
  for (std::size_t i = 0; i < node_count; ++i) {
    nodes_.push_back(std::make_unique<node>());
    nodes_.back()->index = i;
    nodes_.back()->id = sha256("node" + std::to_string(i) + std::to_string(options_.seed));
  }
  object::replica::range_register kept;
  kept.current.epoch = 1;
  for (const auto& one : nodes_)
    kept.current.members.push_back({one->id, one->index + 1});
  const auto value = sha256("limited");
  auto& members = kept.current.members;
  std::sort(members.begin(), members.end(),
            [&](const auto& a, const auto& b) { return is_nearer(value, a.node, b.node); });
  kept.votes = true;
  const auto range = object::replica::range_at(object::layout::position_of("limited"));
  for (auto& one : nodes_) {
    start(*one, {{object::layout::register_key(range), object::replica::encode(kept)}});
    meet(one->index);
  }
  figures_.allowed = 120 + static_cast<std::int64_t>(random_.below(80));
}

limited_reads_world::~limited_reads_world() = default;

void limited_reads_world::run() {
  using std::chrono::seconds;
  put_value();
  if (!run_until([this] { return put_.has_value(); }, seconds{20}))
    return fault("the value was not put");
  for (std::size_t i = 0; i < options_.readers; ++i) {
    readers_.push_back(std::make_unique<reader>());
    readers_.back()->number = i;
    readers_.back()->at = random_.below(node_count);
    next_read(*readers_.back());
  }
  const std::size_t enough = 15 + random_.below(35);
  const auto is_busy = [&] { return told_.size() >= enough && leader() && !asked_.empty(); };
  if (!run_until(is_busy, seconds{20})) return fault("nobody reads");
  hit_leader();
  const auto all_ended = [this] {
    return std::all_of(readers_.begin(), readers_.end(), [](const auto& r) { return r->ended; });
  };
  if (!run_until(all_ended, seconds{60})) return fault("some readers are never told the end");
  judge_the_end();
}

// ---- time ----

void limited_reads_world::after(std::chrono::nanoseconds wait, std::function<void()> what) {
  events_.push_back({now_ + wait, ++events_made_, std::move(what)});
  std::push_heap(events_.begin(), events_.end(), later{});
}

/// Unless it ends before.
void limited_reads_world::at_node(std::size_t index, std::chrono::nanoseconds wait,
                                  node_action what) {
  after(wait, [this, index, run = nodes_[index]->run, what = std::move(what)] {
    do_at(index, run, what);
  });
}

void limited_reads_world::do_at(std::size_t index, std::uint64_t run, node_action what) {
  auto& one = *nodes_[index];
  if (one.run != run || !one.world) return;
  if (now_ < one.stopped_until) return at_node(index, one.stopped_until - now_, std::move(what));
  one.world->now = time();
  what(one);
  pump(one);
}

instant limited_reads_world::time() const {
  const auto since = now_ - mono_time{std::chrono::hours{1}};
  return {from_unix_ms(1'700'000'000'000) + std::chrono::duration_cast<wall_time::duration>(since),
          now_};
}

/// False: it took longer, or something went wrong.
bool limited_reads_world::run_until(const std::function<bool()>& done, std::chrono::seconds most) {
  const auto until = now_ + most;
  while (!done()) {
    if (!faults.empty() || events_.empty() || events_.front().at > until) return false;
    std::pop_heap(events_.begin(), events_.end(), later{});
    const event next = std::move(events_.back());
    events_.pop_back();
    now_ = std::max(now_, next.at);
    next.what();
  }
  return true;
}

void limited_reads_world::fault(const std::string& what) {
  say("FAULT " + what);
  faults.push_back(what);
}

void limited_reads_world::say(const std::string& what) const {
  if (!options_.trace) return;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch());
  options_.trace(std::to_string(us.count()) + " " + what);
}

// ---- a node ----

void limited_reads_world::start(node& one, std::map<bytes, bytes> disk) {
  ++one.run;
  one.world = std::make_unique<object::test::shard_world>();
  auto& world = *one.world;
  world.self = one.id;
  world.node_id = to_hex(as_bytes(one.id));
  world.life = one.index + 1;
  world.broken = options_.broken;
  world.stored = std::move(disk);
  world.now = time();
  world.hold_commits = true;
  world.hand_over = [&one](std::vector<object::work> items) {
    const bool any = !items.empty();
    std::move(items.begin(), items.end(), std::back_inserter(one.work));
    return any;
  };
  world.restart();
  one.executor = std::make_unique<lua::host>(
      object::policy{}, lua::environment{world.node_id, "127.0.0.1", random_()});
  one.work.clear();
  one.folded = 0;
  one.commits = one.works = one.joined = false;
  one.others.clear();
  one.sent.clear();
  one.arrived.clear();
  draw(one);
  at_node(one.index, some(20'000), [this](node& it) { tick(it); });
}

void limited_reads_world::tick(node& one) {
  one.world->subject->on_tick(one.world->now);
  at_node(one.index, tick_pause, [this](node& it) { tick(it); });
}

/// Until nothing moves but what takes time: commits, turns, messages.
void limited_reads_world::pump(node& one) {
  auto& world = *one.world;
  for (bool moved = true; moved;) {
    moved = world.round() || world.subject->has_effects();
    send_orders(one);
    send_answers(one);
    send_sayings(one);
    for (const auto& answer : std::exchange(world.answers, {}))
      answered(answer.slot, answer.content);
  }
  if (!world.in_flight.empty() && !std::exchange(one.commits, true))
    at_node(one.index, some(3'000), [](node& it) {
      it.commits = false;
      it.world->commit_all();
    });
  if (!one.work.empty() && !std::exchange(one.works, true))
    at_node(one.index, some(1'000), [this](node& it) { run_turns(it); });
}

/// As actors/executor does it.
void limited_reads_world::run_turns(node& one) {
  one.works = false;
  one.executor->accept({one.folded, std::exchange(one.work, {})}, one.world->now);
  while (one.executor->run(slices_a_look, one.world->now)) {
  }
  if (!one.executor->has_outcomes()) return;
  auto outcomes = one.executor->take_outcomes();
  one.folded = outcomes.serial;
  one.world->subject->on_outcomes(std::move(outcomes), one.world->now);
}

}  // namespace comet::sim
