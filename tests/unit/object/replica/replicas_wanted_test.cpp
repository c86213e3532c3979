// Which group a range shall have: what its objects ask for, and the nodes that are there.

#include <catch2/catch_test_macros.hpp>

#include "object/replica/replicas.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::replica;
using namespace std::chrono_literals;

namespace {

constexpr range_id range = 0;  // begins at an id of zeros: the lower an id, the nearer

digest node(std::uint8_t first) {
  digest id{};
  id[0] = first;
  return id;
}

/// The node nearest to the range; it has the range alone, and leads it.
struct leader {
  explicit leader(replicas_options options = {}) {
    options.self = {node(1), 1};
    options.registers.emplace(range, range_replica::founded_by(options.self));
    subject.emplace(std::move(options), now);
    CHECK(subject->stands(range, now) != replicas::standing::outside);
    spend(3s);
  }

  /// Nodes 2 to `last` are there, and stay but for those that leave.
  void meet(std::uint8_t last, const std::set<std::uint8_t>& leaving = {}) {
    std::vector<peer> others;
    for (std::uint8_t i = 2; i <= last; ++i) {
      peer other;
      other.id = node(i);
      other.life = 1;
      other.leaves = leaving.contains(i);
      others.push_back(std::move(other));
    }
    subject->on_network(key_map{node(1), false, std::move(others)}, now);
  }

  void spend(std::chrono::milliseconds time) {
    for (const auto end = now + time; now < end;) {
      now += 10ms;
      subject->on_tick(now);
      take();
    }
  }

  /// The other nodes that are brought up to date, to become members. Nobody answers.
  std::set<std::uint8_t> learners() {
    spend(100ms);  // who was to be one before is told no more
    told.clear();
    spend(2s);
    return told;
  }

  void take() {
    for (auto& [at, what] : subject->take(now)) {
      if (what.number != 0) subject->on_durable(at, what.number, now);
      for (const auto& order : what.lists)
        subject->on_listed(at, order.ticket, listing{}, now);
      for (const auto& order : what.reads)
        subject->on_read(at, order.ticket, {}, now);
      for (const auto& [to, message] : what.sends)
        if (std::holds_alternative<stream>(message)) told.insert(to.node[0]);
    }
  }

  mono_time now{1h};
  std::optional<replicas> subject;
  std::set<std::uint8_t> told;
};

using nodes = std::set<std::uint8_t>;

}  // namespace

TEST_CASE("a range of which nothing is asked is kept by the three nearest nodes") {
  leader one;
  one.meet(9);
  CHECK(one.learners() == nodes{2, 3});
}

TEST_CASE("a range is kept by as many of the nearest nodes as one of its objects asks for") {
  leader one;
  one.meet(9);
  one.subject->on_asked(range, {}, {5, {}});
  CHECK(one.learners() == nodes{2, 3, 4, 5});
}

TEST_CASE("an object that asks for fewer copies than all get changes nothing") {
  leader one;
  one.meet(9);
  one.subject->on_asked(range, {}, {2, {}});
  CHECK(one.learners() == nodes{2, 3});
}

TEST_CASE("nodes that objects name keep the range before the nearest do") {
  leader one;
  one.meet(9);
  one.subject->on_asked(range, {}, {2, {node(8), node(9)}});
  CHECK(one.learners() == nodes{8, 9});
}

TEST_CASE("objects of a range that name different nodes get all of them") {
  leader one;
  one.meet(9);
  one.subject->on_asked(range, {}, {3, {node(5), node(6), node(7)}});
  one.subject->on_asked(range, {}, {2, {node(8), node(9)}});
  CHECK(one.learners() == nodes{5, 6, 7, 8, 9});
}

TEST_CASE("of more nodes than a range may have, those that most objects name keep it") {
  replicas_options options;
  options.copies_max = 3;
  leader one{std::move(options)};
  one.meet(9);
  one.subject->on_asked(range, {}, {3, {node(4), node(5), node(6)}});
  one.subject->on_asked(range, {}, {3, {node(7), node(8), node(9)}});
  one.subject->on_asked(range, {}, {3, {node(7), node(8), node(9)}});
  CHECK(one.learners() == nodes{7, 8, 9});
}

TEST_CASE("a node that is named and leaves, or is not there, is replaced by the nearest") {
  leader one;
  one.meet(9, {8});
  one.subject->on_asked(range, {}, {4, {node(8), node(9), node(20)}});
  CHECK(one.learners() == nodes{2, 3, 9});
}

TEST_CASE("more copies than the limit allows are cut to it, also when it is lowered later") {
  leader one;
  one.meet(9);
  one.subject->on_asked(range, {}, {9, {}});
  CHECK(one.learners() == nodes{2, 3, 4, 5, 6, 7});
  one.subject->set_bounds(4, 60s);
  one.spend(10s);
  CHECK(one.learners() == nodes{2, 3, 4});
}

TEST_CASE("what objects of the store ask for holds from the start") {
  replicas_options options;
  options.asked.add(range, {4, {node(9)}});
  leader one{std::move(options)};
  one.meet(9);
  CHECK(one.learners() == nodes{2, 3, 9});
}

TEST_CASE(
    "an object that asks for something else again and again moves copies after a pause only") {
  leader one;
  one.meet(9);
  one.subject->on_asked(range, {}, {4, {}});
  CHECK(one.learners() == nodes{2, 3, 4});
  one.subject->on_asked(range, {4, {}}, {6, {}});
  CHECK(one.learners() == nodes{2, 3, 4});
  one.subject->on_asked(range, {6, {}}, {5, {}});
  one.spend(10s);
  CHECK(one.learners() == nodes{2, 3, 4, 5});
}

TEST_CASE("copies that nobody asks for any more are given up") {
  leader one;
  one.meet(9);
  one.subject->on_asked(range, {}, {5, {}});
  CHECK(one.learners() == nodes{2, 3, 4, 5});
  one.subject->on_asked(range, {5, {}}, {});
  one.spend(10s);
  CHECK(one.learners() == nodes{2, 3});
}
