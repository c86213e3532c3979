#include "actors/work_dispatcher.hpp"

#include <utility>

#include "base/digest.hpp"

namespace comet::actors {

std::size_t work_dispatcher::executor_of(bytes_view key) const {
  if (lanes_.size() == 1) return 0;
  return static_cast<std::size_t>(table_hash(key) >> 32U) % lanes_.size();
}

void work_dispatcher::add(std::vector<object::work> items) {
  for (auto& item : items) {
    switch (item.what) {
      case object::work::kind::run:
        lanes_[executor_of(item.order.request->key)].batch.items.push_back(std::move(item));
        break;
      case object::work::kind::forget:
        lanes_[executor_of(item.forgotten)].batch.items.push_back(std::move(item));
        break;
      case object::work::kind::outline:
        lanes_[executor_of(as_bytes(item.outlined->hash))].batch.items.push_back(std::move(item));
        break;
      case object::work::kind::resume: {
        const auto found = waiting_turns_.find(item.resumed.turn);
        if (found != waiting_turns_.end()) {
          lanes_[found->second].batch.items.push_back(std::move(item));
        } else if (lanes_.size() == 1) {
          lanes_[0].batch.items.push_back(std::move(item));
        }
        break;
      }
      case object::work::kind::forget_all:
        for (auto& one : lanes_)
          one.batch.items.emplace_back().what = item.what;
        break;
    }
  }
}

void work_dispatcher::fold(std::size_t executor, const object::outcome_batch& batch) {
  lanes_[executor].batch.folded = batch.serial;
  if (lanes_.size() == 1) return;
  for (const auto& done : batch.finished)
    waiting_turns_.erase(done.id);
  for (const auto& asked : batch.outcalls)
    waiting_turns_[asked.turn] = executor;
}

std::optional<object::work_batch> work_dispatcher::take(std::size_t executor) {
  auto& one = lanes_[executor];
  if (one.batch.items.empty()) return std::nullopt;
  one.told = one.batch.folded;
  object::work_batch taken;
  taken.folded = one.batch.folded;
  taken.items = std::exchange(one.batch.items, {});
  return taken;
}

std::optional<object::work_batch> work_dispatcher::take_acknowledgement(std::size_t executor) {
  auto& one = lanes_[executor];
  if (auto batch = take(executor)) return batch;
  if (one.batch.folded == one.told) return std::nullopt;
  one.told = one.batch.folded;
  return object::work_batch{one.told, {}};
}

}  // namespace comet::actors
