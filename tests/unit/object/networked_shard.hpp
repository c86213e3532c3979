#pragma once
// A shard among other nodes, which the test plays: it draws the network, takes what the shard wants
// sent, and answers it.
//
// The shard keeps ranges near its own id, alone; the played nodes have no lives, so nobody shares
// ranges with them. linked_shards.hpp has shards that share ranges.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "object/replica/group.hpp"
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

/// The `index`th of the keys that are nearer to `holder` than to the other two of the three.
inline bytes key_of(const digest& holder, int index = 0) {
  static const key_map all(here, false, {staying(anna), staying(bert)});
  for (int i = 0;; ++i) {
    bytes key = "key-" + std::to_string(i);
    if (all.holder_of(sha256(key)) == holder && index-- == 0) return key;
  }
}

inline replica::range_id range_of(bytes_view key) {
  return replica::range_at(layout::position_of(key));
}

// Commands; they view what they are made of.

inline command asking(op what, bytes_view key) {
  command c;
  c.what = what;
  c.key = key;
  return c;
}
inline command asking(op what, std::vector<bytes_view> keys, std::vector<bytes_view> values = {}) {
  command c;
  c.what = what;
  c.key = keys.front();
  c.keys = std::move(keys);
  c.values = std::move(values);
  return c;
}
inline command setting(bytes_view key, bytes_view value) {
  command c = asking(op::set, key);
  c.value = value;
  return c;
}

class networked_shard : public shard_world {
 public:
  explicit networked_shard(policy limits = {}) : shard_world(limits) {
    self = here;
    node_id = to_hex(as_bytes(self));
    life = 1;
    constexpr int keys_kept = 4;
    for (int i = 0; i < keys_kept; ++i) {
      replica::range_register alone;
      alone.current = {1, {{self, life}}};
      alone.votes = true;
      stored[layout::register_key(range_of(key_of(here, i)))] = encode(alone);
    }
    restart();
  }

  /// From now on these are the other nodes.
  void draw(std::vector<peer> others, bool leaves = false) {
    map = std::make_shared<key_map>(self, leaves, std::move(others));
    subject->on_network(map, std::nullopt, now);
    subject->on_tick(now);
    settle();
  }

  /// `who` says that it leads the range of this key, in this epoch.
  void hear_that_leads(const digest& who, bytes_view key, std::uint64_t epoch) {
    const replica::leading told{epoch, replica::make_ballot(1, 0)};
    subject->on_peer({{who, 1}, {self, life}, {ranged_message{range_of(key), told}}}, now);
    settle();
  }

  /// anna and bert say that they lead what is nearest to them.
  void hear_that_others_lead() {
    for (int i = 0; i < 2; ++i) {
      hear_that_leads(anna, key_of(anna, i), 1);
      hear_that_leads(bert, key_of(bert, i), 1);
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
  void outcome(const forward_order& of, reply content, const digest& holder,
               std::vector<digest> copies = {}) {
    std::vector<forward_outcome> outcomes;
    outcomes.push_back({of.number, std::move(content), holder, std::move(copies)});
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

  std::shared_ptr<const key_map> map;

 private:
  std::uint64_t last_arrival_ = 0;
};

// What replies hold.

inline reply field(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return map.items[i + 1];
  return reply::failure(errc::not_found, bytes{name});
}

inline reply hex(const digest& id) {
  return reply::bulk(to_hex(as_bytes(id)));
}

}  // namespace comet::object::test

template <>
struct Catch::StringMaker<std::optional<comet::object::reply>> {
  static std::string convert(const std::optional<comet::object::reply>& r);
};

template <>
struct Catch::StringMaker<comet::object::reply> {
  static std::string convert(const comet::object::reply& r) {
    using kind = comet::object::reply::kind;
    std::string text = r.what == kind::failure   ? "failure " + std::to_string(int(r.code)) + ": "
                       : r.what == kind::integer ? std::to_string(r.integer)
                       : r.what == kind::null    ? "null"
                                                 : std::string{};
    text += r.text;
    for (const auto& item : r.items)
      text += " [" + convert(item) + "]";
    return text;
  }
};

inline std::string Catch::StringMaker<std::optional<comet::object::reply>>::convert(
    const std::optional<comet::object::reply>& r) {
  return r ? Catch::StringMaker<comet::object::reply>::convert(*r) : "no answer yet";
}
