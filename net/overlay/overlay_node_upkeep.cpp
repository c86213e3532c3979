// The periodic work of a node: who lives, who may come in, who has become a neighbour.
#include "net/overlay/overlay_node.hpp"

namespace comet::overlay {

void overlay_node::tick(mono_time now, effects& out) {
  std::vector<lookup_id> running;
  for (const auto& [number, l] : lookups_)
    running.push_back(number);
  for (const auto number : running)
    advance(number, now, out);  // ends those past their deadline
  for (const auto& who : table_.take_pings_due(now, options_.entry_pings_a_tick))
    send(who, ping{}, no_lookup, now, out);
  verify(now, out);
  refresh(now, out);
}

void overlay_node::verify(mono_time now, effects& out) {
  for (const auto& who : table_.take_candidates(options_.candidates_a_tick))
    send(who, ping{}, no_lookup, now, out);
}

void overlay_node::refresh(mono_time now, effects& out) {
  const auto count = static_cast<std::uint8_t>(options_.refresh_contacts);
  if (now - repaired_ >= options_.repair) {
    repaired_ = now;
    if (const auto dead = table_.take_mourned(now)) send(*dead, ping{}, no_lookup, now, out);
    const auto near = siblings();
    if (!near.empty())
      send(near[random_.below(near.size())], find_node{self_.id, count}, no_lookup, now, out);
  }
  const auto due = table_.bucket_due(now, options_.refresh);
  if (!due) return;
  table_.set_refreshed(*due, now);
  // Who stands in a far bucket knows many of it: one question is worth a lookup.
  const auto inside = table_.alive_in(*due);
  const auto target = random_id_sharing(self_.id, *due, random_);
  const auto asked = inside.empty() ? table_.nearest(target, 1) : inside;
  if (asked.empty()) return;
  send(asked[random_.below(asked.size())], find_node{target, count}, no_lookup, now, out);
}

}  // namespace comet::overlay
