#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

constexpr replica::backlog_terms small{1'000, 4'000};

/// Node 1 leads, and the disks of the others stand still: nothing is chosen.
struct slow_followers {
  slow_followers() {
    REQUIRE(group.set(1, key, "old") == reply::ok());
    REQUIRE(group.set(1, other, "old") == reply::ok());
    for (const std::size_t i : {0, 2})
      group[i].hold_commits = true;
  }

  std::uint64_t write(char letter, std::size_t by = 1) {
    values.push_back(bytes(400, letter));
    return group.begin(by, setting(key, values.back()));
  }
  /// As many as a range takes.
  std::vector<std::uint64_t> fill() { return {write('a'), write('b'), write('c')}; }
  void go_on() {
    for (const std::size_t i : {0, 1, 2}) {
      group[i].hold_commits = false;
      group[i].commit_all();
    }
    group.run_for(500ms);
  }

  linked_shards group{3, 3, {}, small};
  const bytes key = key_of(anna, 0);
  const bytes other = key_of(anna, 1);
  std::deque<bytes> values;
};

}  // namespace

TEST_CASE("where too much is proposed and not chosen the next changes wait until it is") {
  slow_followers world;
  auto& group = world.group;
  const auto taken = world.fill();
  CHECK(group.on_disk(1, world.key) == bytes(400, 'c'));
  const auto waits = world.write('d');
  const auto passed = world.write('e', 0);
  CHECK(group.on_disk(1, world.key) == bytes(400, 'c'));
  REQUIRE(range_of(world.other) != range_of(world.key));
  group.begin(1, setting(world.other, "new"));
  CHECK(group.on_disk(1, world.other) == "new");
  world.go_on();
  for (const auto slot : taken)
    CHECK(group.answered(slot) == reply::ok());
  CHECK(group.answered(waits) == reply::ok());
  CHECK(group.answered(passed) == reply::ok());
  CHECK(group.get(2, world.key) == reply::bulk(bytes(400, 'e')));
  for (const std::size_t i : {0, 1, 2})
    CHECK(group.subject(i).idle());
}

TEST_CASE("what reads is not held up by what is proposed for other keys") {
  slow_followers world;
  world.fill();
  CHECK(world.group.get(1, world.other) == reply::bulk("old"));
}

TEST_CASE("when too much waits for its range further changes are refused, and not done") {
  slow_followers world;
  world.fill();
  std::vector<std::uint64_t> slots;
  for (int i = 0; i < 10; ++i)
    slots.push_back(world.write('w'));
  const auto refused = world.group.answered(world.write('x'));
  REQUIRE(refused.has_value());
  CHECK(refused->code == errc::busy);
  CHECK(refused->text.find("nothing was done") != bytes::npos);
  CHECK(world.group.subject(1).stats().refusals.backlog > 0);
  world.go_on();
  std::size_t done = 0;
  for (const auto slot : slots) {
    REQUIRE(world.group.answered(slot).has_value());
    done += world.group.answered(slot) == reply::ok() ? 1U : 0U;
  }
  CHECK(done > 0);
  CHECK(done < slots.size());
  CHECK(world.group.get(1, world.key) == reply::bulk(bytes(400, 'w')));
  CHECK(world.group.set(1, world.key, "y") == reply::ok());
}

TEST_CASE("a disk that stands still lets changes wait no longer than five seconds") {
  slow_followers world;
  world.go_on();
  world.group[1].hold_commits = true;
  world.fill();
  const auto waits = world.write('d');
  world.group.run_for(4s);
  CHECK_FALSE(world.group.answered(waits).has_value());
  world.group.run_for(1'200ms);
  REQUIRE(world.group.answered(waits).has_value());
  CHECK(world.group.answered(waits)->code == errc::busy);
  world.go_on();
  CHECK(world.group.get(1, world.key) == reply::bulk(bytes(400, 'c')));
  CHECK(world.group.subject(1).idle());
}

TEST_CASE("changes that wait for room go on with the node that leads next") {
  slow_followers world;
  world.fill();
  const auto waits = world.write('d');
  world.group.silence(1);
  for (const std::size_t i : {0, 2}) {
    world.group[i].hold_commits = false;
    world.group[i].commit_all();
  }
  world.group.run_for(4s);
  world.group.mend();
  REQUIRE(world.group.run_until([&] { return world.group.answered(waits).has_value(); }, 10s)
              .has_value());
  world.group.run_for(5s);
  CHECK(world.group.set(1, world.key, "z") == reply::ok());
  CHECK(world.group.get(0, world.key) == reply::bulk("z"));
  world.group.run_for(1s);
  CHECK(world.group.subject(1).idle());
}

TEST_CASE("changes that wait for room go on when the disk lost what was before them") {
  slow_followers world;
  world.group[1].hold_commits = true;
  world.fill();
  const auto waits = world.write('d');
  world.group[1].fail_commits = true;
  world.group[1].hold_commits = false;
  world.group[1].commit_all();
  world.group[1].fail_commits = false;
  world.go_on();
  REQUIRE(world.group.run_until([&] { return world.group.answered(waits).has_value(); }, 10s)
              .has_value());
  world.group.run_for(5s);
  CHECK(world.group.set(1, world.key, "z") == reply::ok());
}

TEST_CASE("a change of several keys waits for the range of each of them") {
  slow_followers world;
  world.fill();
  const auto moved = world.group.begin(1, asking(op::rename, {world.other, world.key}));
  CHECK(world.group.on_disk(1, world.other) == "old");
  world.go_on();
  CHECK(world.group.answered(moved) == reply::ok());
  CHECK(world.group.get(1, world.key) == reply::bulk("old"));
}
