#include "net/overlay/bucket.hpp"

#include <algorithm>
#include <utility>

namespace comet::overlay {
namespace {

auto is(const node_id& id) {
  return [&id](const auto& held) { return held.who.id == id; };
}

}  // namespace

entry* bucket::find(const node_id& id) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), is(id));
  return found == entries_.end() ? nullptr : &*found;
}

const entry* bucket::find(const node_id& id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), is(id));
  return found == entries_.end() ? nullptr : &*found;
}

bool bucket::has_room(std::size_t size_max) const {
  return entries_.size() < size_max ||
         std::any_of(entries_.begin(), entries_.end(),
                     [](const entry& e) { return e.life.failures() >= failures_until_replaced; });
}

bool bucket::admit(entry newcomer, std::size_t size_max, std::vector<contact>& replaced) {
  if (entries_.size() >= size_max) {
    const auto worst = std::max_element(
        entries_.begin(), entries_.end(),
        [](const entry& a, const entry& b) { return a.life.failures() < b.life.failures(); });
    if (worst == entries_.end() || worst->life.failures() < failures_until_replaced) return false;
    replaced.push_back(worst->who);
    entries_.erase(worst);
  }
  forget_candidate(newcomer.who.id);
  entries_.push_back(newcomer);
  return true;
}

bool bucket::remove(const node_id& id) {
  return std::erase_if(entries_, is(id)) > 0;
}

void bucket::propose(const contact& heard, bool direct, std::size_t candidates_max) {
  const auto known = std::find_if(candidates_.begin(), candidates_.end(), is(heard.id));
  if (known != candidates_.end()) {
    direct = direct || known->direct;
    // What a third party says does not move where a node itself says it listens.
    const contact who = known->direct ? known->who : heard;
    candidates_.erase(known);
    return propose(who, direct, candidates_max);
  }
  const auto place = direct ? candidates_.end()
                            : std::find_if(candidates_.begin(), candidates_.end(),
                                           [](const candidate& c) { return c.direct; });
  candidates_.insert(place, {heard, direct});
  if (candidates_.size() > candidates_max) candidates_.erase(candidates_.begin());
}

bool bucket::forget_candidate(const node_id& id) {
  return std::erase_if(candidates_, is(id)) > 0;
}

bool bucket::take_candidate(contact& out, bool direct) {
  const auto found = std::find_if(candidates_.rbegin(), candidates_.rend(),
                                  [direct](const candidate& c) { return c.direct == direct; });
  if (found == candidates_.rend()) return false;
  out = found->who;
  candidates_.erase(std::next(found).base());
  return true;
}

}  // namespace comet::overlay
