#include "tests/sim/register_history.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/check.hpp"

namespace comet::sim {
namespace {

std::string to_text(const content& c) {
  return c ? std::to_string(*c) : "nothing";
}

/// What the key holds after `o`, if `before` explains what `o` saw.
std::optional<content> after(const operation& o, const content& before) {
  const bool answered = o.came == outcome::done;
  switch (o.what) {
    case action::read:
      if (answered && o.seen != before) return std::nullopt;
      return before;
    case action::write: return content{o.given};
    case action::erase: return content{};
    case action::add: {
      const content sum = before.value_or(0) + o.given;
      if (answered && o.seen != sum) return std::nullopt;
      return sum;
    }
    case action::take: {
      const bool empty = !before || *before % reads_max == 0;
      const content left = empty ? content{} : content{*before - 1};
      if (answered && o.seen != left) return std::nullopt;
      return empty ? before : left;
    }
  }
  return std::nullopt;
}

/// Of those that may or may not have happened: the same effect, whenever.
bool is_like(const operation& a, const operation& b) {
  return a.what == b.what && a.given == b.given;
}

/// Who wrote the value; 0: nobody, it was added up from nothing.
std::int64_t identity(const content& c) {
  return c.value_or(0) / reads_max;
}

/// It changed nothing, wherever it goes.
bool only_looked(const operation& o) {
  return o.what == action::read || (o.what == action::take && !o.seen);
}

class search {
 public:
  search(const std::vector<operation>& of_key, std::uint64_t steps_max) : steps_max_(steps_max) {
    for (const auto& o : of_key) {
      if (o.came == outcome::done) done_.push_back(o);
      if (o.came == outcome::unknown && o.what != action::read) open_.push_back(o);
    }
    const auto earlier = [](const operation& a, const operation& b) {
      return a.invoked < b.invoked;
    };
    std::sort(done_.begin(), done_.end(), earlier);
    std::sort(open_.begin(), open_.end(), earlier);
    placed_.resize(done_.size());
    used_.resize(open_.size());
    for (const auto* some : {&done_, &open_})
      for (const auto& o : *some)
        if (o.what == action::write) ++writers_[identity(o.given)];
    for (const auto& o : done_)
      if (o.seen) ++to_see_[identity(o.seen)];
  }

  verdict run() {
    for (const auto& o : done_)
      if (o.seen && identity(o.seen) != 0 && !was_written_before(o))
        return {verdict::finding::contradiction,
                "  nobody wrote so before:\n    " + sim::to_text(o) + '\n', 0};
    const bool found = explore();
    if (found) return {verdict::finding::linearizable, "", steps_};
    const auto finding =
        steps_ >= steps_max_ ? verdict::finding::undecided : verdict::finding::contradiction;
    return {finding, deepest_, steps_};
  }

 private:
  /// Ends before which everything that goes next has to have begun.
  [[nodiscard]] std::uint64_t horizon() const {
    auto end = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = first_; i < done_.size() && done_[i].invoked < end; ++i)
      if (!placed_[i]) end = std::min(end, done_[i].returned);
    return end;
  }

  [[nodiscard]] bool was_written_before(const operation& seer) const {
    for (const auto* some : {&done_, &open_})
      for (const auto& o : *some)
        if (o.what == action::write && identity(o.given) == identity(seer.seen) &&
            o.invoked < seer.returned)
          return true;
    return false;
  }

  [[nodiscard]] bool has_one_writer(std::int64_t who) const {
    const auto found = writers_.find(who);
    return who != 0 && found != writers_.end() && found->second == 1;
  }

  [[nodiscard]] bool is_to_be_seen(std::int64_t who) const {
    const auto found = to_see_.find(who);
    return found != to_see_.end() && found->second > 0;
  }

  /// It would take away what somebody has yet to see, and what never comes back.
  [[nodiscard]] bool is_too_early(const content& next) const {
    const auto now = identity(state_);
    return now != identity(next) && has_one_writer(now) && is_to_be_seen(now);
  }

  /// As far as it matters for what is not explained yet.
  [[nodiscard]] std::string state_in_words() const {
    const auto who = identity(state_);
    if (!has_one_writer(who) || is_to_be_seen(who)) return to_text(state_);
    return "unseen " + std::to_string(*state_ % reads_max);
  }

  void place(std::size_t i) {
    if (done_[i].seen) --to_see_[identity(done_[i].seen)];
    placed_[i] = true;
    order_.push_back(&done_[i]);
    ++count_;
    while (first_ < done_.size() && placed_[first_])
      ++first_;
  }

  void lift(std::size_t i) {
    if (done_[i].seen) ++to_see_[identity(done_[i].seen)];
    placed_[i] = false;
    order_.pop_back();
    --count_;
    first_ = std::min(first_, i);
  }

  /// Everything that fits and changes nothing.
  std::vector<std::size_t> absorb() {
    std::vector<std::size_t> taken;
    for (bool more = true; more;) {
      more = false;
      const auto end = horizon();
      for (std::size_t i = first_; i < done_.size() && done_[i].invoked < end; ++i) {
        if (placed_[i] || !only_looked(done_[i]) || !after(done_[i], state_)) continue;
        place(i);
        taken.push_back(i);
        more = true;
      }
    }
    return taken;
  }

  /// False: from here, with no more of the open ones used, it was tried before.
  bool is_new() {
    std::string where = state_in_words() + ' ' + std::to_string(first_) + ' ';
    for (std::size_t i = first_, left = count_ - first_; left > 0; ++i) {
      where += placed_[i] ? '1' : '0';
      if (placed_[i]) --left;
    }
    auto& tried = tried_[where];
    for (const auto& before : tried) {
      bool covers = true;
      for (std::size_t i = 0; covers && i < used_.size(); ++i)
        covers = !before[i] || used_[i];
      if (covers) return false;
    }
    tried.push_back(used_);
    return true;
  }

  void note_depth() {
    if (!deepest_.empty() && count_ <= deepest_count_) return;
    deepest_count_ = count_;
    deepest_ = std::to_string(count_) + " of " + std::to_string(done_.size()) +
               " operations explained, the last of them:\n";
    for (std::size_t i = order_.size() > 12 ? order_.size() - 12 : 0; i < order_.size(); ++i)
      deepest_ += "    " + sim::to_text(*order_[i]) + '\n';
    deepest_ += "  the key holds " + to_text(state_) + ", and none of these can go next:\n";
    const auto end = horizon();
    for (std::size_t i = first_; i < done_.size() && done_[i].invoked < end; ++i)
      if (!placed_[i]) deepest_ += "    " + sim::to_text(done_[i]) + '\n';
    for (const auto& o : done_)
      if (has_one_writer(identity(state_)) && o.seen && identity(o.seen) == identity(state_) &&
          o.invoked >= end)
        deepest_ += "    later " + sim::to_text(o) + '\n';
    for (std::size_t i = 0; i < open_.size(); ++i)
      if (!used_[i] && open_[i].invoked < end) deepest_ += "    " + sim::to_text(open_[i]) + '\n';
  }

  bool explore() {
    const auto taken = absorb();
    if (first_ == done_.size()) return true;
    note_depth();
    if (steps_ < steps_max_ && is_new() && (try_done() || try_open())) return true;
    for (auto i = taken.rbegin(); i != taken.rend(); ++i)
      lift(*i);
    return false;
  }

  bool try_done() {
    const auto end = horizon();
    for (std::size_t i = first_; i < done_.size() && done_[i].invoked < end; ++i) {
      if (placed_[i]) continue;
      const auto next = after(done_[i], state_);
      if (!next || is_too_early(*next)) continue;
      ++steps_;
      const auto before = std::exchange(state_, *next);
      place(i);
      if (explore()) return true;
      lift(i);
      state_ = before;
    }
    return false;
  }

  bool try_open() {
    const auto end = horizon();
    for (std::size_t i = 0; i < open_.size() && open_[i].invoked < end; ++i) {
      if (used_[i] || has_unused_like(i)) continue;
      const auto next = after(open_[i], state_);
      if (!next || *next == state_ || is_too_early(*next)) continue;
      ++steps_;
      const auto before = std::exchange(state_, *next);
      used_[i] = true;
      order_.push_back(&open_[i]);
      if (explore()) return true;
      order_.pop_back();
      used_[i] = false;
      state_ = before;
    }
    return false;
  }

  [[nodiscard]] bool has_unused_like(std::size_t i) const {
    for (std::size_t j = 0; j < i; ++j)
      if (!used_[j] && is_like(open_[i], open_[j])) return true;
    return false;
  }

  std::uint64_t steps_max_;
  std::uint64_t steps_ = 0;
  std::vector<operation> done_;
  std::vector<operation> open_;
  std::vector<bool> placed_;
  std::vector<bool> used_;
  std::size_t first_ = 0;  ///< all before it are placed
  std::size_t count_ = 0;
  content state_;
  std::unordered_map<std::int64_t, std::size_t> writers_;  ///< how many write this identity
  std::unordered_map<std::int64_t, std::size_t> to_see_;   ///< not placed, and they saw it
  std::vector<const operation*> order_;
  std::unordered_map<std::string, std::vector<std::vector<bool>>> tried_;
  std::string deepest_;
  std::size_t deepest_count_ = 0;
};

std::string seconds(mono_time t) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(t.time_since_epoch());
  auto text = std::to_string(us.count());
  if (text.size() < 7) text.insert(0, 7 - text.size(), '0');
  return text.insert(text.size() - 6, ".");
}

}  // namespace

std::string to_text(const operation& o) {
  std::string text = "client " + std::to_string(o.client);
  switch (o.what) {
    case action::read: text += " read"; break;
    case action::write: text += " write " + std::to_string(o.given); break;
    case action::erase: text += " erase"; break;
    case action::add: text += " add " + std::to_string(o.given); break;
    case action::take: text += " take"; break;
  }
  text += " at " + o.key;
  if (o.came == outcome::refused) text += ": refused";
  if (o.came == outcome::unknown) text += ": unknown";
  const bool answers = o.what != action::write && o.what != action::erase;
  if (o.came == outcome::done && answers) text += " -> " + to_text(o.seen);
  text += ", from " + seconds(o.from);
  if (o.came == outcome::done) text += " to " + seconds(o.until);
  return text + " s";
}

std::size_t register_history::begin(std::size_t client, bytes key, action what, std::int64_t given,
                                    mono_time now) {
  operation o;
  o.client = client;
  o.key = std::move(key);
  o.what = what;
  o.given = given;
  o.invoked = ++moments_;
  o.from = now;
  operations_.push_back(std::move(o));
  return operations_.size() - 1;
}

void register_history::end(std::size_t number, outcome came, content seen, mono_time now) {
  auto& o = operations_[number];
  COMET_CHECK(o.returned == 0);
  o.came = came;
  o.seen = seen;
  o.returned = ++moments_;
  o.until = now;
}

std::vector<bytes> register_history::keys() const {
  std::set<bytes> found;
  for (const auto& o : operations_)
    found.insert(o.key);
  return {found.begin(), found.end()};
}

std::vector<operation> register_history::of(bytes_view key) const {
  std::vector<operation> found;
  for (const auto& o : operations_)
    if (o.key == key) found.push_back(o);
  return found;
}

verdict judge(const std::vector<operation>& of_key, std::uint64_t steps_max) {
  return search{of_key, steps_max}.run();
}

}  // namespace comet::sim
