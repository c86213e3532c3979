#include "tests/sim/replication_disk.hpp"

#include <utility>

namespace comet::sim {

void replication_disk::apply(const batch& what, range_image& to) {
  if (what.wipe) to.entries.clear();
  for (const auto& [entry, forget] : what.entries)
    if (forget)
      to.entries.erase(entry.key);
    else
      to.entries.insert_or_assign(entry.key, entry);
  if (what.registered) to.registered = *what.registered;
}

void replication_disk::found(std::size_t range, const object::replica::range_register& with) {
  shown_[range].registered = with;
  durable_[range].registered = with;
}

bool replication_disk::write(batch what) {
  apply(what, shown_[what.range]);
  queue_.push_back(std::move(what));
  return begin();
}

bool replication_disk::begin() {
  if (writing_ > 0 || queue_.empty()) return false;
  writing_ = queue_.size();
  return true;
}

std::vector<replication_disk::batch> replication_disk::end() {
  std::vector<batch> done;
  for (; writing_ > 0; --writing_) {
    apply(queue_.front(), durable_[queue_.front().range]);
    done.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return done;
}

std::vector<replication_disk::batch> replication_disk::crash(prng& chance) {
  writing_ = chance.below(2) == 0 ? 0 : chance.below(queue_.size() + 1);
  auto kept = end();
  queue_.clear();
  shown_ = durable_;
  return kept;
}

void replication_disk::lose() {
  queue_.clear();
  writing_ = 0;
  for (auto& image : durable_)
    image = {};
  shown_ = durable_;
}

void replication_disk::put_back() {
  queue_.clear();
  writing_ = 0;
  durable_ = kept_;
  shown_ = durable_;
}

}  // namespace comet::sim
