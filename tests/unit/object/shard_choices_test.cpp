// What objects choose of their copies: a shard with its store, and several that keep one range.

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <deque>

#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;
using namespace std::chrono_literals;

namespace {

/// Puts an object; what later turns ask for is `asked`.
struct choosing {
  explicit choosing(shard_world& world) : world_(world) {
    world.put_object("a", "code");
    world.execute = [this](const turn_order& order) {
      group = order.request->group;
      turn_outcome outcome;
      outcome.replicas = asked;
      outcome.replicas_refused = refused;
      outcome.answer = reply::ok();
      if (fails) outcome.failure = error{errc::script, "failed"};
      return outcome;
    };
  }

  reply ask_for(asked_replicas what) {
    asked = std::move(what);
    return world_.get("a");
  }
  [[nodiscard]] asked_replicas stored() const {
    return decode(decode_stored(world_.stored.at(layout::object_key("a")))->encoded)
        ->active->replicas;
  }

  std::optional<asked_replicas> asked;
  std::uint64_t refused = 0;
  bool fails = false;
  std::shared_ptr<const known_group> group;

 private:
  shard_world& world_;
};

digest id_of(std::uint8_t number) {
  return sha256(bytes(1, static_cast<char>(number)));
}

/// Nodes that know each other; the first begins with the range of the key "a", alone. Their turns
/// ask for `asked`.
class neighbours {
 public:
  explicit neighbours(std::uint8_t count) {
    for (std::uint8_t i = 0; i < count; ++i) {
      auto& world = worlds_.emplace_back();
      world.self = id_of(i);
      world.node_id = to_hex(as_bytes(world.self));
      world.life = 1;
      if (i == 0) {
        const auto alone = replica::range_replica::founded_by({world.self, 1});
        world.stored[layout::register_key(range)] = encode(alone);
      }
      world.restart();
      const auto ordinary = world.execute;
      world.execute = [this, ordinary](const turn_order& order) {
        group = order.request->group;
        auto outcome = ordinary(order);
        if (!outcome.created) outcome.replicas = asked;
        return outcome;
      };
    }
    for (std::uint8_t i = 0; i < count; ++i)
      introduce(i);
    run(6s);
    leader().put_object("a", "code");
    run(1s);
  }

  void run(std::chrono::milliseconds time) {
    for (auto gone = 0ms; gone < time; gone += 20ms) {
      for (auto& world : worlds_)
        world.advance(20ms);
      for (auto& world : worlds_) {
        for (auto& said : std::exchange(world.deliveries, {}))
          deliver(std::move(said));
        for (const auto& asked_for : std::exchange(world.forwards, {})) {
          CHECK(asked_for.what->get().what == op::code_text);
          world.subject->on_forwarded({{asked_for.number, reply::bulk("code"), asked_for.to}},
                                      world.now);
        }
      }
    }
  }

  shard_world& leader() {
    const auto found = std::ranges::find_if(
        worlds_, [](auto& world) { return world.subject->replicas()->serves(range); });
    REQUIRE(found != worlds_.end());
    return *found;
  }

  void ask_for(asked_replicas what) {
    asked = std::move(what);
    leader().get("a");
  }

  /// The nodes that keep the range, as its leader knows them.
  std::set<bytes> members() {
    command where;
    where.what = op::where;
    where.key = "a";
    const auto route = leader().ask(where);
    REQUIRE(route.items.size() == 1);
    const auto& hop = route.items[0].items;
    const auto name = std::ranges::find(hop, reply::bulk("replicas"));
    REQUIRE(name != hop.end());
    std::set<bytes> found;
    for (const auto& member : std::next(name)->items)
      found.insert(member.text);
    return found;
  }

  static inline const replica::range_id range = replica::range_at(layout::position_of("a"));
  asked_replicas asked;
  std::shared_ptr<const known_group> group;  ///< as the last turn knew it

 private:
  void introduce(std::uint8_t which) {
    std::vector<peer> others;
    for (std::uint8_t i = 0; i < worlds_.size(); ++i) {
      if (i == which) continue;
      peer other;
      other.id = id_of(i);
      other.address = "node" + std::to_string(i) + ":7400";
      other.life = 1;
      others.push_back(std::move(other));
    }
    worlds_[which].subject->on_network(
        std::make_shared<const key_map>(id_of(which), false, std::move(others)), std::nullopt,
        worlds_[which].now);
  }

  void deliver(peer_delivery said) {
    for (auto& world : worlds_)
      if (world.self == said.to.node) world.subject->on_peer(said, world.now);
  }

  std::deque<shard_world> worlds_;
};

}  // namespace

TEST_CASE("what a turn asks for is in the record with its commit, until another takes its place") {
  shard_world world;
  choosing object(world);
  const asked_replicas five{5, {id_of(1)}};
  CHECK(object.ask_for(five) == reply::ok());
  CHECK(object.stored() == five);
  object.asked.reset();  // a turn that says nothing of it
  CHECK(world.get("a") == reply::ok());
  CHECK(object.stored() == five);
  CHECK(object.ask_for({}) == reply::ok());
  CHECK(object.stored().empty());
}

TEST_CASE("what a turn that fails asked for is not asked for") {
  shard_world world;
  choosing object(world);
  object.fails = true;
  CHECK(object.ask_for({5, {}}).failed());
  CHECK(object.stored().empty());
}

TEST_CASE("an object may ask as soon as it is created") {
  shard_world world;
  const auto ordinary = world.execute;
  world.execute = [&](const turn_order& order) {
    auto outcome = ordinary(order);
    outcome.replicas = asked_replicas{4, {}};
    return outcome;
  };
  world.put_object("a", "code");
  CHECK(decode(decode_stored(world.stored.at(layout::object_key("a")))->encoded)
            ->active->replicas.count == 4);
}

TEST_CASE("each refusal of too many copies is counted, whether the turn fails by it or not") {
  shard_world world;
  choosing object(world);
  object.refused = 2;
  CHECK(world.get("a") == reply::ok());
  object.fails = true;
  CHECK(world.get("a").failed());
  CHECK(world.subject->stats().refusals.replicas == 4);
  CHECK(world.subject->stats().refusals.total() == 4);
}

TEST_CASE("ASO.INFO shows what an object asks for") {
  shard_world world;
  choosing object(world);
  const auto shown = [&] {
    command info;
    info.what = op::aso_info;
    info.key = "a";
    const auto fields = world.ask(info).items;
    const auto name = std::ranges::find(fields, reply::bulk("asked-replicas"));
    REQUIRE(name != fields.end());
    return *std::next(name);
  };
  CHECK(shown() == reply::null());
  object.ask_for({5, {id_of(1)}, 90s});
  CHECK(shown() == reply::map({reply::bulk("count"), reply::number(5), reply::bulk("nodes"),
                               reply::list({reply::bulk(to_hex(as_bytes(id_of(1))))}),
                               reply::bulk("interval-ms"), reply::number(90'000)}));
}

TEST_CASE("a turn on a node that is alone knows this node, and no other") {
  shard_world world;
  choosing object(world);
  CHECK(world.get("a") == reply::ok());
  REQUIRE(object.group);
  REQUIRE(object.group->members.size() == 1);
  CHECK(object.group->members[0].id == "node");
  CHECK(object.group->members[0].address == "node:7400");
  CHECK(object.group->network == nullptr);
}

TEST_CASE("the group of an object's range becomes what the object asks for, and back") {
  neighbours network(5);
  const auto usual = network.members();
  CHECK(usual.size() == 3);
  network.ask_for({5, {}});
  network.run(3s);
  CHECK(network.members().size() == 5);
  network.ask_for({});
  network.run(12s);
  CHECK(network.members() == usual);
}

TEST_CASE("a node that an object names keeps its range, and turns know it and its address") {
  neighbours network(5);
  const auto usual = network.members();
  std::uint8_t other = 0;
  while (usual.contains(to_hex(as_bytes(id_of(other)))))
    ++other;
  network.ask_for({1, {id_of(other)}});
  network.run(3s);
  CHECK(network.members().contains(to_hex(as_bytes(id_of(other)))));
  network.ask_for({1, {id_of(other)}});
  const auto& leader = network.leader();
  REQUIRE(network.group);
  REQUIRE(network.group->members.size() == 3);
  CHECK(network.group->members[0].id == leader.node_id);
  CHECK(network.group->find(to_hex(as_bytes(id_of(other)))) == id_of(other));
  for (std::size_t i = 1; i < 3; ++i)
    CHECK(network.group->members[i].address.starts_with("node"));
}

TEST_CASE("an object that is deleted asks for nothing any more") {
  neighbours network(5);
  network.ask_for({5, {}});
  network.run(3s);
  CHECK(network.members().size() == 5);
  auto& leader = network.leader();
  leader.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fate = disposition::erase;
    outcome.answer = reply::number(1);
    return outcome;
  };
  leader.del("a");
  network.run(12s);
  CHECK(network.members().size() == 3);
}

TEST_CASE("what a batch that no store took asked for is not asked for") {
  neighbours network(5);
  auto& leader = network.leader();
  leader.fail_commits = true;
  network.ask_for({5, {}});
  leader.fail_commits = false;
  leader.deliveries.clear();
  network.run(12s);
  CHECK(network.members().size() == 3);
  network.ask_for({4, {}});
  network.run(12s);
  CHECK(network.members().size() == 4);
}
