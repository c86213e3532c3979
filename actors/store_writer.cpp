#include "actors/store_writer.hpp"

#include <iterator>
#include <utility>

#include "actors/clock.hpp"
#include "actors/type_ids.hpp"
#include "object/layout.hpp"

namespace comet::actors {

store_writer::store_writer(caf::event_based_actor* self, std::shared_ptr<store::store> store,
                           caf::actor syncer)
    : self_(self), store_(std::move(store)), syncer_(std::move(syncer)) {}

caf::behavior store_writer::make_behavior() {
  return {
      [this](write_parcel& order) { take(order.take()); },
      [this](flush) { commit_group(); },
      [this](const remember& entry) { return keep(entry); },
  };
}

void store_writer::take(write_order order) {
  if (order.epoch < epoch_) return;
  epoch_ = order.epoch;
  reactor_ = caf::actor_cast<caf::actor>(self_->current_sender());
  auto& changes = order.batch.changes.changes;
  if (batches_ == 0) {
    first_ = order.batch.number;
    group_.changes = std::move(changes);
    self_->send(self_, flush{});  // behind everything that waits already
  } else {
    group_.changes.insert(group_.changes.end(), std::make_move_iterator(changes.begin()),
                          std::make_move_iterator(changes.end()));
  }
  last_ = order.batch.number;
  ++batches_;
}

/// Outside of groups: no decision of the shard rests on it, so its failure takes nothing with it.
remembered store_writer::keep(const remember& entry) {
  store::batch one;
  one.put(object::layout::meta_key(entry.name), entry.value);
  auto done = store_->commit(one);
  if (!done) return {entry.name, std::move(done.failure())};
  if (syncer_) self_->send(syncer_, commit_note{1});
  return {entry.name, {}};
}

void store_writer::commit_group() {
  const auto began = read_mono_clock();
  auto done = store_->commit(group_);
  commit_ack ack;
  ack.took = read_mono_clock() - began;
  ack.epoch = epoch_;
  ack.batches = std::exchange(batches_, 0);
  ack.changes = group_.changes.size();
  group_.changes.clear();
  if (done) {
    ack.number = last_;
    if (syncer_) self_->send(syncer_, commit_note{ack.changes});
  } else {
    ack.number = first_;
    ack.failure = std::move(done.failure());
    ++epoch_;
  }
  self_->send(reactor_, std::move(ack));
}

}  // namespace comet::actors
