#include "net/overlay/overlay_node.hpp"

#include <algorithm>
#include <utility>

namespace comet::overlay {

overlay_node::overlay_node(const contact& self, const node_options& options, std::uint64_t seed)
    : self_(self), options_(options), random_(seed), table_(self.id, options.table) {}

std::chrono::nanoseconds overlay_node::timeout_of(const contact& who) const {
  const entry* known = table_.find(who.id);
  return known != nullptr && known->life.measured().known() ? known->life.timeout()
                                                            : trips_.timeout() * 3 / 2;
}

std::vector<contact> overlay_node::siblings() const {
  return table_.nearest(self_.id, options_.table.siblings);
}

void overlay_node::send(const contact& to, request what, lookup_id lookup, mono_time now,
                        effects& out) {
  // What the first lookup hears is not taken: a table that is empty takes anybody.
  const bool confirms = lookup != no_lookup && lookup == join_lookup_ && !told_.empty();
  waiting_.emplace(++last_request_,
                   waiting{to, now, lookup, confirms ? hearsay::near : hearsay::none, 0});
  out.requests.push_back({last_request_, to, what, timeout_of(to)});
}

void overlay_node::join(const contact& known, mono_time now, effects& out) {
  if (join_lookup_ != no_lookup) return;
  auto start_at = table_.nearest(self_.id, options_.join.results);
  start_at.insert(start_at.begin(), known);
  told_.clear();
  look_up_itself(options_.join, std::move(start_at), now, out);
}

void overlay_node::look_up_itself(const lookup_options& how, std::vector<contact> start_at,
                                  mono_time now, effects& out) {
  join_started_ = now;
  join_lookup_ = ++last_lookup_;
  start(join_lookup_, {self_.id, self_.id, how, start_at, now}, now, out);
}

void overlay_node::depart(mono_time now, effects& out) {
  for (const auto& who : table_.everyone())
    send(who, leave{}, no_lookup, now, out);
  joined_ = false;
}

result<lookup_id> overlay_node::find(const node_id& target, const lookup_options& options,
                                     mono_time now, effects& out) {
  if (lookups_.size() >= options_.lookups_max)
    return {errc::busy, "too many lookups under way; try again later"};
  const auto number = ++last_lookup_;
  const auto known =
      table_.nearest(target, std::max(options.results, options.paths * options.parallel));
  start(number, {self_.id, target, options, known, now}, now, out);
  return number;
}

void overlay_node::start(lookup_id number, lookup next, mono_time now, effects& out) {
  lookups_.emplace(number, std::move(next));
  advance(number, now, out);
}

void overlay_node::advance(lookup_id number, mono_time now, effects& out) {
  const auto found = lookups_.find(number);
  if (found == lookups_.end()) return;
  lookup& l = found->second;
  const auto count = static_cast<std::uint8_t>(std::min<std::size_t>(l.options().reply_max, 255));
  for (const auto& who : l.next(now))
    send(who, find_node{l.target(), count}, number, now, out);
  if (!l.done()) return;
  const lookup ended = std::move(l);
  lookups_.erase(found);
  finish(number, ended, now, out);
}

void overlay_node::finish(lookup_id number, const lookup& ended, mono_time now, effects& out) {
  auto outcome = ended.outcome();
  if (number == join_lookup_) return finish_join(outcome, now, out);
  // A node that is asked for the nearest may be one of them.
  const auto place =
      std::find_if(outcome.nearest.begin(), outcome.nearest.end(),
                   [&](const contact& who) { return is_nearer(outcome.target, self_.id, who.id); });
  if (place == outcome.nearest.begin()) outcome.hops = 0;
  if (place != outcome.nearest.end() || outcome.nearest.size() < ended.options().results)
    outcome.nearest.insert(place, self_);
  if (outcome.nearest.size() > ended.options().results) outcome.nearest.pop_back();
  out.lookups.push_back({number, std::move(outcome)});
}

void overlay_node::finish_join(const lookup_outcome& found, mono_time now, effects& out) {
  join_lookup_ = no_lookup;
  if (found.nearest.empty()) {
    out.join_failed = !joined_;
    return;
  }
  std::vector<node_id> told;
  for (const auto& who : found.nearest) {
    told.push_back(who.id);
    if (std::find(told_.begin(), told_.end(), who.id) == told_.end())
      send(who, announce{}, no_lookup, now, out);
  }
  const bool first = told_.empty();
  told_ = std::move(told);
  confirm_pause_ =
      first ? options_.confirm_first : std::min(confirm_pause_ * 4, options_.confirm_max);
  confirm_at_ = now + confirm_pause_;
  if (!first) return;
  repaired_ = now;
  joined_ = true;
  out.joined = true;
}

reply overlay_node::on_request(const contact& from, const request& what, mono_time now,
                               effects& out) {
  if (std::holds_alternative<leave>(what)) {
    if (const auto gone = table_.left(from.id, now)) out.gone.push_back(*gone);
    return {position_, {}};
  }
  table_.spoke(from, now);
  if (std::holds_alternative<announce>(what) && announces_ < options_.announces_a_tick &&
      table_.take_candidate(from)) {
    ++announces_;
    send(from, ping{}, no_lookup, now, out);
  }
  const auto* asked = std::get_if<find_node>(&what);
  if (asked == nullptr) return {position_, {}};
  const auto count = std::min<std::size_t>(asked->count, options_.table.bucket_size);
  auto known = table_.nearest(asked->target, count + 1);
  std::erase_if(known, [&from](const contact& who) { return who.id == from.id; });
  if (known.size() > count) known.resize(count);
  return {position_, std::move(known)};
}

void overlay_node::on_reply(request_id number, const reply& answer, mono_time now, effects& out) {
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return;
  const waiting request = found->second;
  waiting_.erase(found);
  const auto took = now - request.sent;
  trips_.measured(took);
  position_ = moved(position_, answer.position, took, random_);
  const auto verdict = table_.answered(request.to, now, took, answer.position, out.gone);
  if (verdict == routing_table::verdict::inserted || verdict == routing_table::verdict::revived)
    out.arrived.push_back(request.to);
  learn(request, answer, now);
  if (verdict == routing_table::verdict::revived && now - join_started_ >= options_.rejoin)
    join(request.to, now, out);
  if (request.lookup == no_lookup) return;
  if (const auto running = lookups_.find(request.lookup); running != lookups_.end())
    running->second.on_reply(request.to, answer.contacts);
  advance(request.lookup, now, out);
}

void overlay_node::on_failure(request_id number, mono_time now, effects& out) {
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return;
  const waiting request = found->second;
  waiting_.erase(found);
  if (const auto gone = table_.failed(request.to, now)) out.gone.push_back(*gone);
  if (request.lookup == no_lookup) return;
  if (const auto running = lookups_.find(request.lookup); running != lookups_.end())
    running->second.on_failure(request.to);
  advance(request.lookup, now, out);
}

}  // namespace comet::overlay
