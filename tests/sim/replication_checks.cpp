// What must never be seen in replication_world, and what has to be true in the end.
#include <algorithm>

#include "tests/sim/replication_node.hpp"
#include "tests/sim/replication_text.hpp"
#include "tests/sim/replication_world.hpp"

namespace comet::sim {

using std::chrono::milliseconds;

// ---- never ----

void replication_world::check_register(const node& n, std::size_t range,
                                       const replica::range_register& next) {
  const auto& before = n.store.shown(range).registered;
  const auto place = " at node " + std::to_string(n.index) + ", range " + std::to_string(range);
  if (next.current.epoch < before.current.epoch)
    fault("an epoch came back: " + to_text(next.current) + " after " + to_text(before.current) +
          place);
  const bool is_its_own = before.current.contains(self(n));  // not of an earlier life
  if (is_its_own && next.current.epoch == before.current.epoch && next.promised < before.promised)
    fault("a promise was taken back" + place);
  const auto [known, is_new] = groups_.emplace(std::pair{range, next.current.epoch}, next.current);
  if (is_new) ++figures_.groups;
  if (known->second != next.current)
    fault("two groups of one epoch: " + to_text(next.current) + " and " + to_text(known->second) +
          place);
  if (is_traced() && before != next)
    say(std::to_string(n.index) + " range " + std::to_string(range) + " keeps " +
        to_text(next.current) + (next.votes ? " votes" : "") + " promised " +
        std::to_string(replica::attempt_of(next.promised)) + "." +
        std::to_string(replica::place_in(next.promised)) +
        (next.next ? " next " + to_text(*next.next) + (next.ready ? " ready" : "") : ""));
}

void replication_world::check_entry(std::size_t range, const replica::entry& what) {
  const auto [known, is_new] = proposed_.emplace(std::pair{range, what.at}, what);
  if (!is_new && known->second != what)
    fault("two proposals with the stamp " + to_text(what.at) + ": " + what.key + "=" + what.value +
          " and " + known->second.key + "=" + known->second.value);
}

void replication_world::note_durable(const node& n, const replication_disk::batch& what) {
  for (const auto& [entry, forget] : what.entries) {
    auto& newest = ever_durable_[self(n)][entry.key];
    if (!forget) newest = std::max(newest, entry.at);
  }
}

/// A majority of the leader's group had the value on disk, or one that replaced it.
void replication_world::check_told(const node& n, std::size_t range, const bytes& key,
                                   const replica::stamp& at) {
  const auto& current = n.replicas[range]->registered().current;
  std::size_t count = 0;
  for (const auto& m : current.members) {
    const auto kept = ever_durable_.find(m);
    if (kept == ever_durable_.end()) continue;
    const auto newest = kept->second.find(key);
    if (newest != kept->second.end() && newest->second >= at) ++count;
  }
  if (count < current.majority())
    fault("node " + std::to_string(n.index) + " tells of " + key + " at " + to_text(at) +
          ", which only " + std::to_string(count) + " of " + to_text(current) + " ever had");
}

void replication_world::check_leaders(std::size_t range) {
  if (options_.clock_error > options_.leases.drift) return;
  std::vector<std::size_t> leading;
  for (const auto& n : nodes_)
    if (stands(n->index, range) == standing::leads) leading.push_back(n->index);
  if (leading.size() > 1)
    fault("range " + std::to_string(range) + " is led by " + std::to_string(leading[0]) +
          " and by " + std::to_string(leading[1]));
}

// ---- in the end ----

namespace {

bool has_same(std::vector<replica::member> a, std::vector<replica::member> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

}  // namespace

/// What is not in order yet; nothing: all is.
std::string replication_world::unsettled() const {
  for (std::size_t range = 0; range < options_.ranges; ++range) {
    const auto which = "range " + std::to_string(range);
    const auto leads = leader(range);
    if (!leads) return which + " has no leader";
    const auto& subject = *nodes_[*leads]->replicas[range];
    const auto& current = subject.registered().current;
    if (current != latest(range)) return which + " is led by an old group";
    if (!has_same(current.members, wanted(range)))
      return which + " has the group " + to_text(current) + ", which is not the one wanted";
    if (!subject.is_whole()) return which + " is not whole at its leader";
    const auto& image = nodes_[*leads]->store.durable(range);
    for (const auto& [key, entry] : image.entries)
      if (entry.erased) return which + " keeps a tombstone of " + key;
    for (const auto& n : nodes_) {
      const auto& other = n->store.durable(range);
      const auto who = " at node " + std::to_string(n->index);
      if (current.contains(self(*n))) {
        if (other.registered.current != current || !other.registered.votes)
          return which + " has another register" + who;
        if (other.entries != image.entries) return which + " has another image" + who;
      } else if (other.registered.votes && other.registered.current.contains(self(*n))) {
        return which + " has a vote left" + who;
      }
    }
  }
  return {};
}

void replication_world::touch_all_keys(milliseconds time) {
  const auto end = now_ + time;
  for (std::size_t range = 0; range < options_.ranges; ++range)
    for (std::size_t i = 0; i < options_.keys; ++i) {
      const bool stays = i % 2 == 0;
      for (const auto what : {action::read, stays ? action::add : action::erase, action::read}) {
        bool done = false;
        while (!done && now_ < end && faults.empty()) {
          const auto at = leader(range);
          if (!at) {
            run_for(milliseconds{10});
            continue;
          }
          const auto asked = ask(*at, what, key(range, i), what == action::add ? 1 : 0);
          while (history_.operations()[asked].returned == 0 && now_ < end && faults.empty())
            run_for(milliseconds{2});
          done = history_.operations()[asked].came == outcome::done;
        }
        if (!done && faults.empty())
          return fault("in good weather nobody reads and writes " + key(range, i));
      }
    }
}

void replication_world::settle(milliseconds time) {
  if (!faults.empty()) return;
  trouble(false);
  heal();
  const auto end = now_ + time;
  run_for(milliseconds{500});
  work(false);
  const auto left = [&] {
    return std::chrono::duration_cast<milliseconds>(std::max(end, now_ + milliseconds{1}) - now_);
  };
  touch_all_keys(left());
  if (!faults.empty()) return;
  come_in_order(left());
}

void replication_world::come_in_order(milliseconds time) {
  const auto is_idle = [this] {
    return std::none_of(clients_.begin(), clients_.end(),
                        [](const auto& c) { return c->asked.has_value(); });
  };
  const auto is_done = [&] { return is_idle() && unsettled().empty(); };
  if (run_until(is_done, time) || !faults.empty()) return;
  const auto why = unsettled();
  fault("in good weather it does not come in order: " + (why.empty() ? "a client waits" : why));
}

void replication_world::judge_histories(bool writes_only) {
  for (const auto& key : history_.keys()) {
    auto operations = history_.of(key);
    if (writes_only)
      std::erase_if(operations, [](const operation& o) {
        return o.what == action::read ||
               (o.came == outcome::done && o.what == action::take && !o.seen);
      });
    const auto judged = judge(operations);
    if (judged.found == verdict::finding::linearizable) continue;
    const bool decided = judged.found == verdict::finding::contradiction;
    fault((decided ? "no single copy answers so: " : "not decided: ") + key + ", " + judged.why);
  }
}

}  // namespace comet::sim
