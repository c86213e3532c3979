#include "lab/inspection.hpp"

#include <utility>

#include "object/state_view.hpp"

namespace comet::lab {

result<inspection> inspect(const object::record& kept, int depth_max) {
  inspection seen;
  seen.owner = kept.owner.empty() ? "default" : kept.owner;
  seen.expires = kept.expires;
  seen.active = kept.is_active();
  if (!seen.active) {
    seen.value = object::reply::bulk(kept.value);
    return seen;
  }
  const auto& active = *kept.active;
  auto state = object::view_state(active.state, depth_max + 1);
  if (!state) return std::move(state.failure());
  auto value = object::view_value(active.state, depth_max + 1);
  if (!value) return std::move(value.failure());
  seen.state = std::move(*state);
  seen.value = std::move(*value);
  seen.code = to_hex(as_bytes(active.code_hash));
  seen.timers = active.timers;
  seen.quarantined = active.quarantine;
  return seen;
}

}  // namespace comet::lab
