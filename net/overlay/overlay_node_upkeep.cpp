// The periodic work of a node: who lives, who may come in, who has become a neighbour.
#include <algorithm>

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
  if (now >= confirm_at_ && join_lookup_ == no_lookup && table_.size() > 0) {
    confirm_at_ = now + confirm_pause_;
    look_up_itself(options_.confirm, starts_of_confirmation(), now, out);
  }
  announces_ = 0;
  for (const auto& who :
       table_.take_candidates(options_.candidates_a_tick, options_.hearsay_a_tick))
    send(who, ping{}, no_lookup, now, out);
  refresh(now, out);
}

void overlay_node::doubt(const node_id& id, mono_time now, effects& out) {
  if (const auto* known = table_.find(id)) send(contact{known->who}, ping{}, no_lookup, now, out);
}

std::vector<contact> overlay_node::starts_of_confirmation() {
  const auto all = table_.everyone();  // nearest first
  std::vector<contact> starts;
  for (std::size_t i = 0; i < std::min(all.size(), options_.table.bucket_size / 2); ++i)
    starts.push_back(all[all.size() / 2 + random_.below((all.size() + 1) / 2)]);
  return starts;
}

void overlay_node::ask_for_nodes(const contact& to, const node_id& target, hearsay learns,
                                 unsigned bucket, mono_time now, effects& out) {
  const auto count = static_cast<std::uint8_t>(options_.refresh_contacts);
  send(to, find_node{target, count}, no_lookup, now, out);
  waiting& asked = waiting_.at(last_request_);
  asked.learns = learns;
  asked.bucket = bucket;
}

void overlay_node::learn(const waiting& asked, const reply& answer, mono_time now) {
  if (asked.learns == hearsay::none) return;
  const auto count = std::min(answer.contacts.size(), options_.refresh_contacts);
  for (std::size_t i = count; i-- > 0;) {  // the nearest last: the newest candidates are kept
    const contact& who = answer.contacts[i];
    const bool wanted = asked.learns == hearsay::near
                            ? table_.is_near(who.id)
                            : common_prefix_bits(self_.id, who.id) == asked.bucket;
    if (wanted) table_.heard_of(who, now);
  }
}

void overlay_node::refresh(mono_time now, effects& out) {
  if (now - repaired_ >= options_.repair) {
    repaired_ = now;
    if (const auto dead = table_.take_mourned(now)) send(*dead, ping{}, no_lookup, now, out);
    const auto near = siblings();
    if (!near.empty()) {
      const auto& asked = near[random_.below(near.size())];
      ask_for_nodes(asked, self_.id, hearsay::near, 0, now, out);
    }
  }
  const auto due = table_.bucket_due(now, options_.refresh);
  if (!due) return;
  table_.set_refreshed(*due, now);
  // Who stands in a far bucket knows many of it: one question is worth a lookup.
  const auto inside = table_.alive_in(*due);
  const auto target = random_id_sharing(self_.id, *due, random_);
  const auto known = inside.empty() ? table_.nearest(target, 1) : inside;
  if (known.empty()) return;
  ask_for_nodes(known[random_.below(known.size())], target, hearsay::of_bucket, *due, now, out);
}

}  // namespace comet::overlay
