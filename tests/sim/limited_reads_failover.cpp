// How the leader of the value goes while it is read, and how it returns in some runs.

#include "object/layout.hpp"
#include "tests/sim/limited_reads_world.hpp"

namespace comet::sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds last_bytes{5};    ///< what a process sent before it died has arrived by then
constexpr milliseconds election{2'000};  ///< leases that run out, and a bit

}  // namespace

/// Who carries out commands on the value.
std::optional<std::size_t> limited_reads_world::leader() const {
  const auto range = object::replica::range_at(object::layout::position_of("limited"));
  for (const auto& one : nodes_)
    if (one->world && now_ >= one->stopped_until && connects(one->index, one->index) &&
        one->world->subject->replicas()->serves(range))
      return one->index;
  return std::nullopt;
}

/// Only while there is one.
void limited_reads_world::hit_leader() {
  hit_ = *leader();
  figures_.asked_when_hit = asked_.size();
  auto& one = *nodes_[hit_];
  const auto which = random_.below(10);
  if (which < 6 || options_.only_kills) return kill(one);
  if (which < 8) return cut_off(one);
  stop(one);
}

/// Without notice: what is not synced is lost. Of what is synced and of what was sent chance
/// decides.
void limited_reads_world::kill(node& one) {
  const std::size_t index = one.index;
  const bool synced = random_.below(2) == 0;
  const bool host_lives = random_.below(2) == 0;
  figures_.fault = synced ? "killed after a sync" : "killed";
  if (synced) one.world->commit_all();
  say(figures_.fault + " " + std::to_string(index));
  auto disk = std::move(one.world->stored);
  one.world.reset();
  one.executor.reset();
  ++one.run;
  // Its kernel tells that its connections are closed; that of a host that is gone does not.
  const microseconds noticed = host_lives ? milliseconds{10} : milliseconds{1'500};
  if (host_lives)
    after(last_bytes, [this, index, noticed] { lose_links(index, noticed); });
  else
    lose_links(index, noticed);
  for (const auto& who : readers_)
    if (who->at == index && who->slot != 0)
      after(some(noticed.count()), [this, &who = *who, slot = who->slot] {
        if (who.slot == slot) disconnected(who);
      });
  if (random_.below(2) == 0) return;
  after(election + some(2'000'000), [this, index, disk] {
    say("starts again " + std::to_string(index));
    start(*nodes_[index], disk);
    meet(index);
  });
}

/// It lives, and its clients reach it; the other nodes do not.
void limited_reads_world::cut_off(node& one) {
  const std::size_t index = one.index;
  const microseconds noticed = milliseconds{1'500};
  figures_.fault = "cut off";
  say("cut off " + std::to_string(index));
  cut_off_.insert(index);
  lose_links(index, noticed);
  if (random_.below(2) == 0) return;
  after(election + some(3'000'000), [this, index] {
    say("is back " + std::to_string(index));
    cut_off_.erase(index);
    meet(index);
  });
}

/// Its process stands still for longer than its leases run, and knows nothing of that afterwards.
void limited_reads_world::stop(node& one) {
  figures_.fault = "stopped";
  say("stops " + std::to_string(one.index));
  one.stopped_until = now_ + milliseconds{2'500} + some(2'000'000);
}

}  // namespace comet::sim
