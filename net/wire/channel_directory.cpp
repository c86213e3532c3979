#include "net/wire/channel_directory.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/glob.hpp"

namespace comet::wire {

void channel_directory::link_up(const digest& peer) {
  const auto [place, is_new] = peers_.try_emplace(peer);
  if (is_new || std::exchange(place->second.told, false)) ++untold_;
}

void channel_directory::link_down(const digest& peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  if (!found->second.told) --untold_;
  remove_all(peer);
  peers_.erase(found);
}

// ---- what others say ----

bool channel_directory::add(name_map& to, const bytes& name, const digest& who) {
  auto& all = to[name];
  const auto place = std::ranges::lower_bound(all, who);
  if (place != all.end() && *place == who) return false;
  all.insert(place, who);
  return true;
}

bool channel_directory::remove(name_map& from, const bytes& name, const digest& who) {
  const auto found = from.find(name);
  if (found == from.end()) return false;
  const bool was_there = std::erase(found->second, who) > 0;
  if (found->second.empty()) from.erase(found);
  return was_there;
}

void channel_directory::remove_all(const digest& who) {
  for (auto* names : {&by_channel_, &by_pattern_}) {
    for (auto one = names->begin(); one != names->end();) {
      std::erase(one->second, who);
      one = one->second.empty() ? names->erase(one) : std::next(one);
    }
  }
}

void channel_directory::heard(const digest& from, const listening& said) {
  const auto found = peers_.find(from);
  if (found == peers_.end()) return;
  auto& who = found->second;
  if (said.whole) {
    if (who.known && !who.everything) remove_all(from);
    who.known = true;
    who.everything = said.everything;
    who.bytes = who.patterns = 0;
  }
  if (!who.known || who.everything) return;
  for (const auto& name : said.channels_left)
    if (remove(by_channel_, name, from)) who.bytes -= channel_cost(name);
  for (const auto& name : said.patterns_left) {
    if (!remove(by_pattern_, name, from)) continue;
    who.bytes -= channel_cost(name);
    --who.patterns;
  }
  for (const auto& name : said.channels)
    if (add(by_channel_, name, from)) who.bytes += channel_cost(name);
  for (const auto& name : said.patterns) {
    if (!add(by_pattern_, name, from)) continue;
    who.bytes += channel_cost(name);
    ++who.patterns;
  }
  if (who.bytes <= limits_.heard.bytes_max && who.patterns <= limits_.heard.patterns_max) return;
  who.everything = true;
  remove_all(from);
}

std::vector<digest> channel_directory::listeners_of(bytes_view channel) const {
  std::vector<digest> all;
  for (const auto& [id, who] : peers_)
    if (who.everything) all.push_back(id);
  if (const auto found = by_channel_.find(channel); found != by_channel_.end())
    all.insert(all.end(), found->second.begin(), found->second.end());
  for (const auto& [pattern, who_all] : by_pattern_)
    if (glob_match(pattern, channel)) all.insert(all.end(), who_all.begin(), who_all.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// ---- what others are told ----

/// Who said "everything" says names again only when there is room for more of them.
bool channel_directory::fits(const channels& own) const {
  const auto patterns = static_cast<std::size_t>(own.patterns());
  const std::size_t share = own_everything_ ? 2 : 1;
  return own.cost() <= limits_.own.bytes_max / share &&
         patterns <= limits_.own.patterns_max / share;
}

listening channel_directory::whole(const channels& own) const {
  listening said;
  said.whole = true;
  said.everything = own_everything_;
  if (said.everything) return said;
  said.channels = own.active({});
  said.patterns = own.all_patterns();
  return said;
}

listening channel_directory::change(const channels& own, const channels::changes& what) const {
  listening said;
  for (const auto& name : what.channels)
    (own.subscribers_of(name) > 0 ? said.channels : said.channels_left).push_back(name);
  for (const auto& name : what.patterns)
    (own.has_pattern(name) ? said.patterns : said.patterns_left).push_back(name);
  return said;
}

std::vector<listening_order> channel_directory::orders(channels& own) {
  std::vector<listening_order> all;
  const auto changes = own.take_changes();
  const bool was_everything = std::exchange(own_everything_, !fits(own));
  // Names that came and went again within a round were never told: they may be any number.
  const bool anew = was_everything != own_everything_ ||
                    (!own_everything_ && changes.cost > limits_.own.bytes_max);
  std::shared_ptr<const listening> changed;
  if (!anew && !own_everything_ && !(changes.channels.empty() && changes.patterns.empty()))
    changed = std::make_shared<const listening>(change(own, changes));
  std::shared_ptr<const listening> complete;
  for (auto& [id, who] : peers_) {
    if (anew || !std::exchange(who.told, true)) {
      if (!complete) complete = std::make_shared<const listening>(whole(own));
      all.push_back({id, complete});
    } else if (changed) {
      all.push_back({id, changed});
    }
  }
  untold_ = 0;
  return all;
}

}  // namespace comet::wire
