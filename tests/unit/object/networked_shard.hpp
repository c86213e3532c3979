#pragma once
// A shard among other nodes, which the test plays: it draws the network, takes what the shard wants
// sent, and answers it.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/unit/object/shard_world.hpp"

namespace comet::object::test {

inline digest node(std::uint8_t number) {
  digest id{};
  id.fill(number);
  return id;
}

inline const digest here = node(0x11);
inline const digest anna = node(0x66);
inline const digest bert = node(0xcc);

inline peer staying(const digest& id) {
  peer made;
  made.id = id;
  made.address = "192.0.2.1:7400";
  made.run = 1;
  return made;
}
inline peer leaving(const digest& id) {
  peer made = staying(id);
  made.leaves = true;
  return made;
}
inline peer arriving(const digest& id) {
  peer made = staying(id);
  made.arrives = true;
  return made;
}

class networked_shard : public shard_world {
 public:
  explicit networked_shard(policy limits = {}) : shard_world(limits) {
    self = here;
    node_id = to_hex(as_bytes(self));
    restart();
  }

  /// From now on these are the other nodes.
  void draw(std::vector<peer> others, bool leaves = false) {
    map = std::make_shared<key_map>(self, leaves, std::move(others));
    subject->on_network(map, std::nullopt, now);
    settle();
  }
  /// The same, and nobody owes anybody anything: each has said so.
  void agree(std::vector<peer> others) {
    draw(std::move(others));
    for (const auto& other : map->others())
      arrive(saying_settled(other.id));
    settle();
    while (auto told = find_forward(op::settled))
      outcome(*told, reply::ok(), told->to);
    node_answers.clear();
  }

  /// The `index`th of the keys that `holder` holds under the map.
  [[nodiscard]] bytes key_of(const digest& holder, int index = 0) const {
    for (int i = 0;; ++i) {
      bytes key = "key-" + std::to_string(i);
      if (map->holder_of(sha256(key)) == holder && index-- == 0) return key;
    }
  }

  /// A client's command that is not answered at once.
  void begin(const command& c, std::uint64_t slot = 1) {
    REQUIRE_FALSE(submit(c, slot).has_value());
    settle();
  }

  // What the shard wants sent.

  std::optional<forward_order> find_forward(op what) {
    const auto found = std::find_if(forwards.begin(), forwards.end(), [&](const forward_order& f) {
      return f.what->get().what == what;
    });
    if (found == forwards.end()) return std::nullopt;
    auto taken = std::move(*found);
    forwards.erase(found);
    return taken;
  }
  forward_order sent(op what) {
    auto found = find_forward(what);
    REQUIRE(found.has_value());
    return std::move(*found);
  }

  /// The router tells what became of it.
  void outcome(const forward_order& of, reply content, const digest& holder) {
    std::vector<forward_outcome> outcomes;
    outcomes.push_back({of.number, std::move(content), holder});
    subject->on_forwarded(std::move(outcomes), now);
    settle();
  }
  void never_left(const forward_order& of) {
    outcome(of, reply::failure(errc::unavailable, "no link"), {});
  }

  // What other nodes send.

  std::uint64_t arrive(const command& c, std::vector<bytes> chain = {},
                       std::uint8_t hops_left = hops_max - 1) {
    const auto number = ++last_arrival_;
    subject->on_arrived({number,
                         {anna, number},
                         std::make_shared<const owned_command>(c),
                         who,
                         std::move(chain),
                         hops_left},
                        now);
    settle();
    return number;
  }
  [[nodiscard]] std::optional<node_answer> answer_to(std::uint64_t number) const {
    for (const auto& one : node_answers)
      if (one.number == number) return one;
    return std::nullopt;
  }
  /// Arrives and must be answered.
  reply asked_by_node(const command& c) {
    const auto answer = answer_to(arrive(c));
    REQUIRE(answer.has_value());
    return answer->content;
  }

  /// The command of a client that was answered meanwhile.
  [[nodiscard]] std::optional<reply> answered(std::uint64_t slot) const {
    for (const auto& one : answers)
      if (one.slot == slot) return one.content;
    return std::nullopt;
  }

  // Commands; they view what they are made of.

  static command of(op what, bytes_view key) {
    command c;
    c.what = what;
    c.key = key;
    return c;
  }
  static command of(op what, std::vector<bytes_view> keys, std::vector<bytes_view> values = {}) {
    command c;
    c.what = what;
    c.key = keys.front();
    c.keys = std::move(keys);
    c.values = std::move(values);
    return c;
  }
  static command setting(bytes_view key, bytes_view value) {
    command c = of(op::set, key);
    c.value = value;
    return c;
  }
  static command saying_settled(const digest& who) {
    command c;
    c.what = op::settled;
    c.method = as_bytes(who);
    return c;
  }
  static command claiming(bytes_view key, const digest& who) {
    command c = of(op::claim, key);
    c.method = as_bytes(who);
    return c;
  }
  static command adopting(bytes_view key, bytes_view encoded, bool replace = false) {
    command c = of(op::adopt, key);
    c.value = encoded;
    c.replace = replace;
    return c;
  }

  /// Of an active object.
  static command adopting_object(bytes_view key, bytes_view encoded, bytes_view source) {
    command c = adopting(key, encoded);
    c.source = source;
    return c;
  }

  std::shared_ptr<const key_map> map;

 private:
  std::uint64_t last_arrival_ = 0;
};

/// Keys that belong to anna once she is there, for a node that is alone before.
inline bytes key_of_anna(int index = 0) {
  networked_shard world;
  world.draw({staying(anna)});
  return world.key_of(anna, index);
}

inline bytes key_of_here() {
  networked_shard world;
  world.draw({staying(anna)});
  return world.key_of(here);
}

// What moves.

/// Encoded.
inline bytes passive(bytes_view value) {
  record r;
  r.version = 1;
  r.value = bytes{value};
  return encode(r);
}

inline record active(bytes_view source) {
  record r;
  r.version = 3;
  r.owner = "alice";
  r.active = std::make_unique<activity>();
  r.active->code_hash = sha256(source);
  r.active->state = "\x80";
  return r;
}

inline timer due_after(const networked_shard& world, std::chrono::milliseconds period) {
  timer t;
  t.name = "tick";
  t.kind = timer_kind::every;
  t.period = period;
  t.due = world.now.wall + period;
  return t;
}

/// Puts objects with this timer and counts its fires.
struct ticking {
  timer what;
  int fired = 0;
  shard_world::executor executor() {
    return [this](const turn_order& order) {
      turn_outcome outcome;
      if (order.request->kind == turn_kind::timer) ++fired;
      if (order.request->kind != turn_kind::create) return outcome;
      outcome.created = true;
      outcome.state = "\x80";
      outcome.timers.push_back({what.name, what});
      outcome.answer = reply::ok();
      return outcome;
    };
  }
};

}  // namespace comet::object::test
