// Looks at a world: objects, their turns and lines.
#include <algorithm>
#include <utility>

#include "lab/client.hpp"
#include "lab/clock.hpp"
#include "lab/network.hpp"
#include "lab/seat.hpp"
#include "lab/world.hpp"

namespace comet::lab {

namespace {

/// Who keeps a range, as far as nodes that run know.
struct keepers {
  const seat* leader = nullptr;
  std::vector<digest> members;
};

keepers keepers_of(const std::vector<std::unique_ptr<seat>>& seats,
                   object::replica::range_id range) {
  keepers found;
  std::uint64_t newest = 0;
  for (const auto& one : seats) {
    if (!one->running) continue;
    const auto& replicas = *one->running->shard().replicas();
    const auto* kept = replicas.look(range);
    const bool leads = replicas.serves(range);
    const auto epoch = kept == nullptr ? 0 : kept->registered().current.epoch;
    if (leads && (found.leader == nullptr || epoch > newest)) found.leader = one.get();
    if (kept == nullptr || epoch < newest || epoch == 0) continue;
    newest = epoch;
    found.members.clear();
    for (const auto& member : kept->registered().current.members)
      found.members.push_back(member.node);
  }
  return found;
}

}  // namespace

result<std::optional<inspection>> world::inspect(bytes_view key) const {
  const auto range = object::replica::range_at(object::layout::position_of(key));
  const auto kept_by = keepers_of(seats_, range);
  std::optional<stored_copy> newest;
  for (const auto& one : seats_) {
    if (kept_by.leader != nullptr && one.get() != kept_by.leader) continue;
    auto copy = one->storage.copy_of(key);
    if (!copy) return std::move(copy.failure());
    if (*copy && (!newest || newest->at < (*copy)->at)) newest = std::move(**copy);
  }
  if (!newest || newest->erased) return std::optional<inspection>{};
  const auto record = object::decode(newest->encoded);
  if (!record) return record.failure();
  if (record->expired_at(now())) return std::optional<inspection>{};
  auto seen = lab::inspect(*record, options_.limits.state_depth_max);
  if (!seen) return std::move(seen.failure());
  seen->sums = journal_.sums_of(key);
  if (kept_by.leader != nullptr) seen->leader = kept_by.leader->number;
  for (const auto& one : seats_)
    if (std::ranges::find(kept_by.members, one->storage.id()) != kept_by.members.end())
      seen->replicas.push_back(one->number);
  return std::optional{std::move(*seen)};
}

std::vector<bytes> world::log(bytes_view key) const {
  return journal_.lines_of(key);
}

std::vector<turn_note> world::turns(bytes_view key) const {
  return journal_.turns_of(key);
}

}  // namespace comet::lab
