#pragma once
// Shards of two to four nodes that share ranges of keys, in virtual time and without chance.
//
// What a shard sends arrives at once and in order, unless the test cut the way. Time moves with
// `run_for` alone. The ranges of the keys that `key_of` gives are kept by the first `members`
// nodes from the start; of all other ranges nobody has heard. Used by shard_replicas_*_test.cpp and
// shard_ranges_*_test.cpp; tests/sim/moves_world does the same with chance.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/object/networked_shard.hpp"

namespace comet::object::test {

class linked_shards {
 public:
  static constexpr std::size_t nodes_max = 4;
  static constexpr int keys_kept = 3;  ///< of those nearest to each of here, anna and bert

  /// Nodes 0, 1, 2 are here, anna and bert. Those after the first `members` keep nothing, and are
  /// not heard of before `draw`.
  explicit linked_shards(std::size_t members = 3, std::size_t nodes = 3, policy limits = {},
                         const replica::backlog_terms& backlog = {}) {
    for (std::size_t i = 0; i < nodes; ++i) {
      worlds_.push_back(std::make_unique<shard_world>(limits));
      auto& one = *worlds_.back();
      one.self = id_of(i);
      one.node_id = to_hex(as_bytes(one.self));
      one.life = i + 1;
      one.backlog = backlog;
      if (i < members) there_.insert(i);
    }
    for (const auto& near : {here, anna, bert})
      for (int k = 0; k < keys_kept; ++k)
        found(range_of(key_of(near, k)), members);
    for (std::size_t i = 0; i < nodes; ++i)
      start(i);
    run_for(std::chrono::seconds{3});
  }

  static digest id_of(std::size_t i) {
    static constexpr std::uint8_t first_bytes[nodes_max] = {0x11, 0x66, 0xcc, 0xee};
    return node(first_bytes[i]);
  }
  [[nodiscard]] replica::member member(std::size_t i) const { return {id_of(i), i + 1}; }
  shard_world& operator[](std::size_t i) { return *worlds_[i]; }
  shard& subject(std::size_t i) { return *worlds_[i]->subject; }
  [[nodiscard]] const instant& now() const { return worlds_.front()->now; }

  // ---- what goes wrong ----

  /// Nothing passes between the two any more. Commands and answers wait for `mend`.
  void cut(std::size_t a, std::size_t b) {
    cut_.insert({a, b});
    cut_.insert({b, a});
  }
  void silence(std::size_t i) {
    for (std::size_t other = 0; other < worlds_.size(); ++other)
      if (other != i) cut(i, other);
  }
  /// The same, and links to it take no more commands: those wait at who sends them.
  void silence_and_fill(std::size_t i) {
    silence(i);
    full_.insert(i);
  }
  void mend() {
    cut_.clear();
    full_.clear();
    settle();
  }
  /// Its process ends: what it had on its way is lost, and the others are told so.
  void kill(std::size_t i) {
    dead_.insert(i);
    std::erase_if(queue_, [&](const event& e) { return e.from == i; });
    for (auto at = arrived_.begin(); at != arrived_.end();) {
      const auto [sender, to, number] = at->second;
      if (to == i && !dead_.contains(sender))
        queue_.push_back(
            {i, sender,
             forward_outcome{number, reply::failure(errc::uncertain, "the link ended"), {}}});
      at = to == i || sender == i ? arrived_.erase(at) : std::next(at);
    }
    settle();
  }
  /// Starts it (again) over what its store holds.
  void start(std::size_t i) {
    auto& one = *worlds_[i];
    one.forwards.clear();
    one.node_answers.clear();
    one.deliveries.clear();
    one.withdrawals.clear();
    one.held_orders.clear();
    one.restart();
    dead_.erase(i);
    draw(i);
    settle();
  }

  // ---- who is there ----

  /// All nodes hear of these, and of no others.
  void draw(std::set<std::size_t> there) {
    there_ = std::move(there);
    for (std::size_t i = 0; i < worlds_.size(); ++i)
      if (!dead_.contains(i)) draw(i);
    settle();
  }
  void leave(std::size_t i) {
    leaving_.insert(i);
    draw(there_);
  }

  // ---- time ----

  /// Until nothing moves at this moment.
  void settle() {
    for (int rounds = 0; rounds < 10'000; ++rounds) {
      bool moved = false;
      for (std::size_t i = 0; i < worlds_.size(); ++i) {
        if (dead_.contains(i)) continue;
        for (int own = 0; own < 1'000; ++own) {
          if (!worlds_[i]->round() && !subject(i).has_effects()) break;
          moved = true;
        }
        moved = collect(i) || moved;
      }
      moved = deliver() || moved;
      if (!moved) return;
    }
    FAIL("the shards do not come to rest");
  }
  void run_for(std::chrono::milliseconds time) {
    for (const auto end = now().mono + time; now().mono < end;) {
      const auto by =
          std::min(tick, std::chrono::ceil<std::chrono::milliseconds>(end - now().mono));
      for (auto& one : worlds_) {
        one->now.wall += by;
        one->now.mono += by;
      }
      for (std::size_t i = 0; i < worlds_.size(); ++i)
        if (!dead_.contains(i)) subject(i).on_tick(worlds_[i]->now);
      settle();
    }
  }
  /// How long that took; nothing: longer than `within`.
  template <class Condition>
  std::optional<std::chrono::milliseconds> run_until(Condition holds,
                                                     std::chrono::milliseconds within) {
    std::chrono::milliseconds took{0};
    for (; !holds(); took += tick) {
      if (took >= within) return std::nullopt;
      run_for(tick);
    }
    return took;
  }

  // ---- clients ----

  /// A client of node `i` asks; the slot to look its answer up by.
  std::uint64_t begin(std::size_t i, const command& c) {
    const auto slot = ++last_slot_;
    if (auto at_once = worlds_[i]->submit(c, slot))
      worlds_[i]->answers.push_back({1, slot, std::move(*at_once)});
    settle();
    return slot;
  }
  [[nodiscard]] std::optional<reply> answered(std::uint64_t slot) const {
    for (const auto& one : worlds_)
      for (const auto& answer : one->answers)
        if (answer.slot == slot) return answer.content;
    return std::nullopt;
  }
  reply ask(std::size_t i, const command& c) {
    const auto slot = begin(i, c);
    run_until([&] { return answered(slot).has_value(); }, std::chrono::seconds{10});
    return answered(slot).value_or(reply::failure(errc::internal, "no answer in 10 seconds"));
  }
  reply set(std::size_t i, bytes_view key, bytes_view value) { return ask(i, setting(key, value)); }
  reply get(std::size_t i, bytes_view key) { return ask(i, asking(op::get, key)); }
  reply del(std::size_t i, bytes_view key) {
    return ask(i, asking(op::del, std::vector<bytes_view>{key}));
  }
  reply put_object(std::size_t i, bytes_view key, bytes_view source) {
    command c = asking(op::aso_put, key);
    c.source = source;
    return ask(i, c);
  }

  // ---- looks ----

  [[nodiscard]] bool leads(std::size_t i, bytes_view key) const {
    return !dead_.contains(i) && worlds_[i]->subject->replicas()->serves(range_of(key));
  }
  /// Its range as node `i` knows it.
  [[nodiscard]] const replica::range_register& knows(std::size_t i, bytes_view key) const {
    const auto* kept = worlds_[i]->subject->replicas()->look(range_of(key));
    REQUIRE(kept != nullptr);
    return kept->registered();
  }
  /// What the disk of node `i` has: the value, "tombstone" or "nothing".
  [[nodiscard]] bytes on_disk(std::size_t i, bytes_view key) const {
    const auto found = worlds_[i]->stored.find(layout::object_key(key));
    if (found == worlds_[i]->stored.end()) return "nothing";
    const auto kept = decode_stored(found->second);
    REQUIRE(kept.ok());
    if (kept->erased) return "tombstone";
    const auto what = decode(kept->encoded);
    REQUIRE(what.ok());
    return what->is_active() ? what->active->state : what->value;
  }
  [[nodiscard]] std::size_t copies(bytes_view key, bytes_view value) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < worlds_.size(); ++i)
      if (on_disk(i, key) == value) ++count;
    return count;
  }

  /// True: this is lost on its way.
  std::function<bool(std::size_t from, std::size_t to, const peer_item& what)> loses;

  static constexpr std::chrono::milliseconds tick{10};

 private:
  struct event {
    std::size_t from = 0;
    std::size_t to = 0;
    std::variant<peer_delivery, arrived_command, forward_outcome> what;
  };
  struct arrival {
    std::size_t sender = 0;
    std::size_t at = 0;
    std::uint64_t number = 0;  ///< the sender's
  };

  void found(replica::range_id range, std::size_t members) {
    digest first{};
    first[0] = static_cast<std::uint8_t>(range >> 2U);
    first[1] = static_cast<std::uint8_t>((range & 3U) << 6U);
    replica::range_register shared;
    shared.current.epoch = 1;
    for (std::size_t i = 0; i < members; ++i)
      shared.current.members.push_back(member(i));
    std::sort(shared.current.members.begin(), shared.current.members.end(),
              [&](const auto& a, const auto& b) { return is_nearer(first, a.node, b.node); });
    shared.votes = true;
    for (std::size_t i = 0; i < members; ++i)
      worlds_[i]->stored[layout::register_key(range)] = encode(shared);
  }

  void draw(std::size_t i) {
    std::vector<peer> others;
    for (const auto other : there_) {
      if (other == i || !there_.contains(i)) continue;
      others.push_back(leaving_.contains(other) ? leaving(id_of(other)) : staying(id_of(other)));
      others.back().life = other + 1;
    }
    subject(i).on_network(
        std::make_shared<key_map>(id_of(i), leaving_.contains(i), std::move(others)), std::nullopt,
        worlds_[i]->now);
  }

  [[nodiscard]] std::size_t index_of(const digest& id) const {
    for (std::size_t i = 0; i < worlds_.size(); ++i)
      if (id_of(i) == id) return i;
    FAIL("nobody has this id");
    return 0;
  }

  /// If it had left it arrives all the same where the way is not cut, and its answer is dropped.
  void withdraw(std::size_t from, std::uint64_t number) {
    const auto sent = std::find_if(arrived_.begin(), arrived_.end(), [&](const auto& one) {
      return one.second.sender == from && one.second.number == number;
    });
    if (sent == arrived_.end()) return;
    const bool waits = full_.contains(sent->second.at);
    if (waits)
      std::erase_if(queue_, [&](const event& e) {
        const auto* command = std::get_if<arrived_command>(&e.what);
        return command != nullptr && command->number == sent->first;
      });
    arrived_.erase(sent);
    const auto code = waits ? errc::unavailable : errc::uncertain;
    queue_.push_back({from, from, forward_outcome{number, reply::failure(code, "silent"), {}}});
  }

  /// Puts on its way what the shard wants sent.
  bool collect(std::size_t from) {
    auto& one = *worlds_[from];
    const bool any = !one.deliveries.empty() || !one.forwards.empty() ||
                     !one.node_answers.empty() || !one.withdrawals.empty();
    for (auto& said : std::exchange(one.deliveries, {})) {
      const auto to = index_of(said.to.node);
      queue_.push_back({from, to, std::move(said)});
    }
    for (auto& order : std::exchange(one.forwards, {})) {
      const auto to = index_of(order.to);
      if (dead_.contains(to)) {
        queue_.push_back(
            {from, from,
             forward_outcome{order.number, reply::failure(errc::unavailable, "no link"), {}}});
        continue;
      }
      const auto number = ++last_arrival_;
      arrived_[number] = {from, to, order.number};
      queue_.push_back({from, to,
                        arrived_command{number, order.name, std::move(order.what), order.from,
                                        std::move(order.chain), order.hops_left, order.again}});
    }
    for (const auto number : std::exchange(one.withdrawals, {}))
      withdraw(from, number);
    for (auto& answer : std::exchange(one.node_answers, {})) {
      const auto sender = arrived_.find(answer.number);
      if (sender == arrived_.end()) continue;  // who asked is gone
      queue_.push_back({from, sender->second.sender,
                        forward_outcome{sender->second.number, std::move(answer.content),
                                        answer.holder, std::move(answer.copies)}});
      arrived_.erase(sender);
    }
    return any;
  }

  bool deliver() {
    bool moved = false;
    std::deque<event> kept;
    for (auto& e : std::exchange(queue_, {})) {
      const bool is_said = std::holds_alternative<peer_delivery>(e.what);
      if (cut_.contains({e.from, e.to})) {
        if (!is_said) kept.push_back(std::move(e));
        continue;
      }
      if (dead_.contains(e.to)) continue;
      moved = true;
      auto& there = *worlds_[e.to];
      if (is_said) {
        auto& said = std::get<peer_delivery>(e.what);
        if (loses)
          std::erase_if(said.items, [&](const peer_item& i) { return loses(e.from, e.to, i); });
        if (!said.items.empty()) there.subject->on_peer(std::move(said), there.now);
      } else if (auto* arrived = std::get_if<arrived_command>(&e.what)) {
        there.subject->on_arrived(*arrived, there.now);
      } else {
        std::vector<forward_outcome> outcomes;
        outcomes.push_back(std::move(std::get<forward_outcome>(e.what)));
        there.subject->on_forwarded(std::move(outcomes), there.now);
      }
    }
    queue_.insert(queue_.begin(), std::make_move_iterator(kept.begin()),
                  std::make_move_iterator(kept.end()));
    return moved;
  }

  std::vector<std::unique_ptr<shard_world>> worlds_;
  std::set<std::size_t> there_;
  std::set<std::size_t> leaving_;
  std::set<std::size_t> dead_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  std::set<std::size_t> full_;
  std::deque<event> queue_;
  std::map<std::uint64_t, arrival> arrived_;
  std::uint64_t last_arrival_ = 0;
  std::uint64_t last_slot_ = 0;
};

}  // namespace comet::object::test
