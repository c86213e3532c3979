// What the routing table is asked: whom to answer with, whom to ping, what to refresh.
#include <algorithm>

#include "net/overlay/routing_table.hpp"

namespace comet::overlay {

std::vector<contact> routing_table::nearest(const node_id& target, std::size_t count) const {
  std::vector<contact> found;
  const auto take = [&](const bucket& from) {
    const auto first = found.size();
    for (const auto& e : from.entries()) {
      if (e.life.state() == life::alive) found.push_back(e.who);
    }
    std::sort(found.begin() + static_cast<std::ptrdiff_t>(first), found.end(),
              [&](const contact& a, const contact& b) { return is_nearer(target, a.id, b.id); });
  };
  // Where the target's bit differs from the node's, a bucket is nearer than all that come later;
  // where it does not, it is farther than all that come later.
  const node_id apart = distance(self_, target);
  for (std::size_t i = 0; i < buckets_.size() && found.size() < count; ++i) {
    if (apart.bit(static_cast<unsigned>(i))) take(buckets_[i]);
  }
  for (std::size_t i = buckets_.size(); i-- > 0 && found.size() < count;) {
    if (!apart.bit(static_cast<unsigned>(i))) take(buckets_[i]);
  }
  if (found.size() > count) found.resize(count);
  return found;
}

const entry* routing_table::find(const node_id& id) const {
  const bucket* home = bucket_if(id);
  return home == nullptr ? nullptr : home->find(id);
}

std::size_t routing_table::candidates() const {
  std::size_t sum = 0;
  for (const auto& b : buckets_)
    sum += b.candidates();
  return sum;
}

std::vector<contact> routing_table::everyone() const {
  return nearest(self_, size_);
}

std::vector<contact> routing_table::take_pings_due(mono_time now, std::size_t others_max) {
  std::vector<contact> due;
  const auto siblings = nearest(self_, options_.siblings);
  const auto is_sibling = [&siblings](const contact& who) {
    return !siblings.empty() && std::find(siblings.begin(), siblings.end(), who) != siblings.end();
  };
  std::vector<const entry*> others;
  for (const auto& b : buckets_) {
    for (const auto& e : b.entries()) {
      // Suspects are pinged after their back-off, wherever they stand.
      if (e.life.state() == life::suspected && e.life.ping_due(now, options_.entry_ping)) {
        due.push_back(e.who);
      } else if (e.life.ping_due(now, options_.entry_ping)) {
        others.push_back(&e);
      }
    }
  }
  for (const auto& who : siblings) {
    if (find(who.id)->life.ping_due(now, options_.sibling_ping)) due.push_back(who);
  }
  std::erase_if(others, [&](const entry* e) { return is_sibling(e->who); });
  std::stable_sort(others.begin(), others.end(), [](const entry* a, const entry* b) {
    return a->life.last_answer() < b->life.last_answer();
  });
  for (std::size_t i = 0; i < std::min(others_max, others.size()); ++i)
    due.push_back(others[i]->who);
  for (const auto& who : due)
    bucket_of(who.id).find(who.id)->life.pinged(now);
  return due;
}

std::size_t routing_table::places_in(const bucket& home) const {
  const auto size = home.entries().size();
  if (size < options_.bucket_size) return options_.bucket_size - size;
  return home.has_room(options_.bucket_size) ? 1 : 0;
}

std::vector<contact> routing_table::take_candidates(std::size_t direct, std::size_t hearsay) {
  std::vector<contact> taken;
  contact next;
  for (std::size_t i = buckets_.size(); i-- > 0 && direct > 0;) {
    bucket& b = buckets_[i];
    auto places = places_in(b);
    while (direct > 0 && places > 0 && b.take_candidate(next, true)) {
      if (network_is_full(next, b)) continue;
      taken.push_back(next);
      --places;
      --direct;
    }
  }
  const auto near = near_index();
  for (std::size_t step = 0; step < buckets_.size() && hearsay > 0; ++step) {
    hearsay_cursor_ = (hearsay_cursor_ == 0 ? buckets_.size() : hearsay_cursor_) - 1;
    bucket& b = buckets_[hearsay_cursor_];
    if (hearsay_cursor_ < near && b.entries().size() >= options_.sparse) continue;
    if (places_in(b) == 0 || !b.take_candidate(next, false) || network_is_full(next, b)) continue;
    taken.push_back(next);
    --hearsay;
  }
  return taken;
}

bool routing_table::take_candidate(const contact& who) {
  if (who.id == self_) return false;
  bucket& home = bucket_of(who.id);
  return places_in(home) > 0 && !network_is_full(who, home) && home.forget_candidate(who.id);
}

std::optional<contact> routing_table::take_mourned(mono_time now) {
  for (auto& d : mourned_) {
    if (!d.was_entry || now < d.until) continue;
    d.until = now + options_.mourning * (1 << (d.times - 1));
    return d.who;
  }
  return std::nullopt;
}

std::size_t routing_table::near_index() const {
  std::size_t nearer = 0;
  for (std::size_t i = buckets_.size(); i-- > 0;) {
    nearer += buckets_[i].entries().size();
    if (nearer >= options_.near) return i < far_bits_min ? 0 : i;
  }
  return 0;
}

std::optional<unsigned> routing_table::bucket_due(mono_time now,
                                                  const refresh_periods& periods) const {
  const auto near = near_index();
  for (std::size_t i = buckets_.size(); i-- > 0;) {
    const auto size = buckets_[i].entries().size();
    if (i >= near && size == 0) continue;
    const auto after = i >= near                ? periods.near
                       : size < options_.sparse ? periods.sparse
                                                : periods.stale;
    if (now - buckets_[i].refreshed() >= after) return static_cast<unsigned>(i);
  }
  return std::nullopt;
}

void routing_table::set_refreshed(unsigned index, mono_time now) {
  if (index < buckets_.size()) buckets_[index].set_refreshed(now);
}

std::vector<contact> routing_table::alive_in(unsigned index) const {
  std::vector<contact> alive;
  if (index >= buckets_.size()) return alive;
  for (const auto& e : buckets_[index].entries()) {
    if (e.life.state() == life::alive) alive.push_back(e.who);
  }
  return alive;
}

}  // namespace comet::overlay
