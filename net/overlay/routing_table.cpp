#include "net/overlay/routing_table.hpp"

#include <algorithm>
#include <utility>

namespace comet::overlay {

routing_table::routing_table(const node_id& self, const table_options& options)
    : self_(self), options_(options) {}

bucket& routing_table::bucket_of(const node_id& id) {
  const auto index = common_prefix_bits(self_, id);
  COMET_CHECK(index < id_bits);
  if (index >= buckets_.size()) buckets_.resize(index + 1);
  return buckets_[index];
}

const bucket* routing_table::bucket_if(const node_id& id) const {
  const auto index = common_prefix_bits(self_, id);
  return index < buckets_.size() ? &buckets_[index] : nullptr;
}

bool routing_table::is_exempt(const address& where) const {
  switch (options_.exempt) {
    case caps_exemption::nobody: return false;
    case caps_exemption::loopback: return is_loopback(where);
    case caps_exemption::private_networks: return is_private(where);
  }
  return false;
}

bool routing_table::network_is_full(const contact& who, const bucket& home) const {
  if (is_exempt(who.where)) return false;
  const auto network = network_of(who.where);
  const auto same = [network](const entry& e) { return network_of(e.who.where) == network; };
  const auto count = [&same](const bucket& b) {
    return static_cast<std::size_t>(std::count_if(b.entries().begin(), b.entries().end(), same));
  };
  if (count(home) >= options_.network_in_bucket_max) return true;
  std::size_t in_table = 0;
  for (const auto& b : buckets_)
    in_table += count(b);
  return in_table >= options_.network_in_table_max;
}

bool routing_table::is_mourned(const contact& who, mono_time now) const {
  return std::any_of(mourned_.begin(), mourned_.end(), [&](const death& d) {
    return d.who.id == who.id && d.who.where == who.where && now < d.until;
  });
}

void routing_table::mourn(const contact& who, bool was_entry, mono_time now) {
  death next{who, now, 1, was_entry};
  const auto before = std::find_if(mourned_.begin(), mourned_.end(), [&who](const death& d) {
    return d.who.id == who.id && d.who.where == who.where;
  });
  if (before != mourned_.end()) {
    next.times = static_cast<std::uint8_t>(before->times + 1);
    next.was_entry = was_entry || before->was_entry;
    mourned_.erase(before);
    if (next.times > deaths_max) return;
  }
  next.until = now + options_.mourning * (1 << (next.times - 1));
  mourned_.push_back(next);
  if (mourned_.size() > mourned_max) mourned_.pop_front();
}

routing_table::verdict routing_table::answered(const contact& who, mono_time now,
                                               std::chrono::nanoseconds took,
                                               const coordinate& position,
                                               std::vector<contact>& replaced) {
  if (who.id == self_) return verdict::refused;
  bucket& home = bucket_of(who.id);
  const bool was_dead = std::erase_if(mourned_, [&](const death& d) {
                          return d.who.id == who.id && d.was_entry;
                        }) > 0;
  if (entry* known = home.find(who.id)) {
    known->life.answered(now, took);
    known->who = who;
    if (is_plausible(position)) known->position = position;
    return verdict::renewed;
  }
  if (network_is_full(who, home)) return verdict::refused;
  entry newcomer{who, liveness{now}, is_plausible(position) ? position : coordinate{}, now};
  newcomer.life.answered(now, took);
  const auto replaced_before = replaced.size();
  if (!home.admit(newcomer, options_.bucket_size, replaced)) {
    home.propose(who, true, options_.candidates_max);
    return verdict::no_place;
  }
  size_ += 1 - (replaced.size() - replaced_before);
  return was_dead ? verdict::revived : verdict::inserted;
}

void routing_table::spoke(const contact& who, mono_time now) {
  if (who.id == self_ || !is_reachable(who.where)) return;
  bucket& home = bucket_of(who.id);
  if (entry* known = home.find(who.id)) {
    known->life.spoke(now);
    // It moved: believed once the old address no longer answers.
    if (known->who.where == who.where || known->life.state() == life::alive) return;
  }
  home.propose(who, true, options_.candidates_max);
}

void routing_table::heard_of(const contact& who, mono_time now) {
  if (who.id == self_ || !is_reachable(who.where) || is_mourned(who, now)) return;
  const bucket* home = bucket_if(who.id);
  if (home != nullptr && home->find(who.id) != nullptr) return;
  bucket_of(who.id).propose(who, false, options_.candidates_max);
}

std::optional<contact> routing_table::failed(const contact& who, mono_time now) {
  if (who.id == self_) return std::nullopt;
  entry* known = bucket_of(who.id).find(who.id);
  if (known == nullptr) {
    mourn(who, false, now);
    return std::nullopt;
  }
  if (known->who.where != who.where)
    return std::nullopt;  // somebody named it under another address
  known->life.failed(now);
  if (known->life.state() != life::dead) return std::nullopt;
  return left(who.id, now);
}

std::optional<contact> routing_table::left(const node_id& id, mono_time now) {
  if (id == self_) return std::nullopt;
  bucket& home = bucket_of(id);
  home.forget_candidate(id);
  const entry* known = home.find(id);
  if (known == nullptr) return std::nullopt;
  const contact gone = known->who;
  mourn(gone, true, now);
  home.remove(id);
  --size_;
  return gone;
}

}  // namespace comet::overlay
