#include "net/overlay/lookup.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace comet::overlay {
namespace {

bool is_same(const contact& a, const contact& b) {
  return a.id == b.id && a.where == b.where;
}

}  // namespace

lookup::lookup(const node_id& self, const node_id& target, const lookup_options& options,
               std::span<const contact> start, mono_time now)
    : self_(self), target_(target), options_(options), deadline_(now + options.time_max) {
  COMET_CHECK(options.results > 0 && options.parallel > 0 && options.paths > 0);
  COMET_CHECK(options.contacts_max >= options.results);
  paths_.resize(options.paths);
  deals_out_ = start.size() < options.paths;
  sources_.push_back({0, true});
  for (std::size_t i = 0; i < start.size(); ++i)
    learn(paths_[i % paths_.size()], start[i], 1, 0);
}

bool lookup::is_known(const contact& who) const {
  // Its id is enough once it has answered.
  const auto is = [&who](const step& s) {
    return is_same(s.who, who) || (s.what == state::answered && s.who.id == who.id);
  };
  return std::any_of(paths_.begin(), paths_.end(),
                     [&](const path& way) { return std::any_of(way.begin(), way.end(), is); }) ||
         std::any_of(dropped_.begin(), dropped_.end(),
                     [&who](const contact& dropped) { return is_same(dropped, who); });
}

void lookup::learn(path& way, const contact& who, unsigned depth, std::size_t source) {
  if (who.id == self_ || !is_reachable(who.where) || depth > options_.hops_max) return;
  const node_id apart = distance(target_, who.id);
  if (way.size() >= options_.contacts_max && !(apart < way.back().apart)) return;
  if (is_known(who)) return;
  const auto place =
      std::find_if(way.begin(), way.end(), [&apart](const step& s) { return apart < s.apart; });
  way.insert(place, {who, apart, static_cast<std::uint16_t>(depth),
                     static_cast<std::uint16_t>(source), state::fresh});
  if (way.size() <= options_.contacts_max) return;
  // The farthest goes; what is under way stays, for its reply has to find it.
  const auto last =
      std::find_if(way.rbegin(), way.rend(), [](const step& s) { return s.what != state::asked; });
  if (last == way.rend()) return;
  if (last->what != state::fresh) dropped_.push_back(last->who);
  way.erase(std::next(last).base());
}

std::vector<contact> lookup::next(mono_time now) {
  std::vector<contact> out;
  if (done_) return out;
  if (now >= deadline_) {
    cut_short_ = true;
  } else {
    for (auto& way : paths_)
      next_of(way, out);
    if (under_way_ == 0) {
      for (auto& way : paths_)
        ask_again(way, out);
    }
  }
  done_ = under_way_ == 0 || now >= deadline_;
  return out;
}

void lookup::next_of(path& way, std::vector<contact>& out) {
  auto busy = static_cast<std::size_t>(
      std::count_if(way.begin(), way.end(), [](const step& s) { return s.what == state::asked; }));
  std::size_t wanted = options_.results;
  const step* before = nullptr;
  for (auto& s : way) {
    if (s.what == state::failed) continue;
    const bool counted = before != nullptr && before->who.id == s.who.id;  // at another address
    if (counted && before->what == state::answered) continue;
    if ((wanted == 0 && !counted) || busy >= options_.parallel) return;
    if (!counted) --wanted;
    before = &s;
    if (s.what != state::fresh) continue;
    if (requests_ >= options_.requests_max) {
      cut_short_ = true;
      return;
    }
    s.what = state::asked;
    ++busy;
    ++requests_;
    ++under_way_;
    out.push_back(s.who);
  }
}

void lookup::ask_again(path& way, std::vector<contact>& out) {
  std::size_t nearer_answered = 0;
  for (auto& s : way) {
    if (nearer_answered == worth_asking_again || requests_ >= options_.requests_max) return;
    if (s.what == state::answered) ++nearer_answered;
    if (s.what != state::failed || s.asked_again || sources_[s.source].is_distrusted()) continue;
    s.what = state::asked;
    s.asked_again = true;
    ++requests_;
    ++under_way_;
    out.push_back(s.who);
  }
}

lookup::step* lookup::asked(const contact& who, path** way) {
  for (auto& candidate : paths_) {
    for (auto& s : candidate) {
      if (s.what != state::asked || !is_same(s.who, who)) continue;
      *way = &candidate;
      return &s;
    }
  }
  return nullptr;
}

void lookup::on_reply(const contact& from, std::span<const contact> contacts) {
  path* way = nullptr;
  step* answered = asked(from, &way);
  if (answered == nullptr) return;
  answered->what = state::answered;
  sources_[answered->source].proven = true;
  --under_way_;
  const unsigned depth = answered->depth + 1U;
  sources_.emplace_back();
  const bool dealt = deals_out_ && answered->source == 0;
  const auto taken = contacts.first(std::min(contacts.size(), options_.reply_max));
  for (std::size_t i = 0; i < taken.size(); ++i)
    learn(dealt ? paths_[i % paths_.size()] : *way, taken[i], depth, sources_.size() - 1);
}

void lookup::on_failure(const contact& of) {
  path* way = nullptr;
  step* failed = asked(of, &way);
  if (failed == nullptr) return;
  failed->what = state::failed;
  --under_way_;
  ++failures_;
  const auto number = failed->source;
  source& from = sources_[number];
  ++from.failed;
  if (!from.is_distrusted()) return;
  std::erase_if(*way,
                [number](const step& s) { return s.source == number && s.what == state::fresh; });
}

lookup_outcome lookup::outcome() const {
  std::vector<const step*> answered;
  for (const auto& way : paths_) {
    for (const auto& s : way) {
      if (s.what == state::answered) answered.push_back(&s);
    }
  }
  std::sort(answered.begin(), answered.end(),
            [](const step* a, const step* b) { return a->apart < b->apart; });
  // Of one node that answered at two addresses.
  const auto same = [](const step* a, const step* b) { return a->who.id == b->who.id; };
  answered.erase(std::unique(answered.begin(), answered.end(), same), answered.end());
  if (answered.size() > options_.results) answered.resize(options_.results);
  lookup_outcome out{target_, {}, 0, requests_, failures_, false};
  for (const auto* s : answered)
    out.nearest.push_back(s->who);
  if (!answered.empty()) out.hops = answered.front()->depth;
  out.complete = done_ && !cut_short_ && !answered.empty();
  return out;
}

}  // namespace comet::overlay
