#include "actors/connection_table.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace comet::actors {

connection_table::~connection_table() = default;

connection& connection_table::insert(std::unique_ptr<connection> one) {
  COMET_CHECK(ordered_.empty() || ordered_.back()->client().id() < one->client().id());
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  auto& slot = slots_[index];
  one->set_handle(std::uint64_t{slot.generation} << 32U | index);
  ordered_.push_back(one.get());
  slot.content = std::move(one);
  return *slot.content;
}

std::vector<connection*>::const_iterator connection_table::place_of(wire::session_id id) const {
  return std::lower_bound(
      ordered_.begin(), ordered_.end(), id,
      [](const connection* one, wire::session_id wanted) { return one->client().id() < wanted; });
}

connection* connection_table::find_session(wire::session_id id) const {
  const auto place = place_of(id);
  return place == ordered_.end() || (*place)->client().id() != id ? nullptr : *place;
}

void connection_table::retire(connection& gone) {
  const auto index = static_cast<std::size_t>(gone.handle() & 0xffff'ffffU);
  auto& slot = slots_[index];
  COMET_CHECK(slot.content.get() == &gone);
  ordered_.erase(place_of(gone.client().id()));
  retired_.push_back(std::move(slot.content));
  ++slot.generation;
  free_.push_back(static_cast<std::uint32_t>(index));
}

bool connection_table::bury() {
  std::erase_if(retired_, [](const auto& one) { return one->released(); });
  return retired_.empty();
}

}  // namespace comet::actors
