#include "actors/store_syncer.hpp"

#include <utility>

#include "actors/clock.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

store_syncer::store_syncer(caf::event_based_actor* self, std::shared_ptr<store::store> store,
                           std::chrono::milliseconds interval, log_sink log)
    : self_(self), store_(std::move(store)), interval_(interval), log_(std::move(log)) {}

caf::behavior store_syncer::make_behavior() {
  return {
      [this](introduction) {
        reactor_ = caf::actor_cast<caf::actor>(self_->current_sender());
        report(0);
      },
      [this](const commit_note& committed) { note(committed); },
      [this](sync_tick) {
        tick_pending_ = false;
        if (sync()) note({});  // failed: try again at the next tick
      },
      [this](sync_order) { return synced{sync()}; },
  };
}

void store_syncer::note(const commit_note& committed) {
  unsynced_ += committed.changes;
  if (std::exchange(tick_pending_, true)) return;
  self_->delayed_send(self_, interval_, sync_tick{});
}

std::optional<error> store_syncer::sync() {
  const auto began = read_mono_clock();
  auto done = store_->sync();
  if (done) {
    ++syncs_;
    report(std::exchange(unsynced_, 0), read_mono_clock() - began);
    return std::nullopt;
  }
  ++failed_syncs_;
  report(0);
  log_(severity::error, "the store cannot be synced to disk: " + done.failure().message +
                            "; what was committed since the last sync may be lost at power loss");
  return std::move(done.failure());
}

void store_syncer::report(std::uint64_t synced_changes,
                          std::optional<std::chrono::nanoseconds> took) {
  if (!reactor_) return;
  self_->send(reactor_, sync_report{syncs_, failed_syncs_, store_->disk_bytes(), synced_changes,
                                    took, store_->space()});
}

}  // namespace comet::actors
