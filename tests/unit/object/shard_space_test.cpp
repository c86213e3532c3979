#include <catch2/catch_test_macros.hpp>
#include <set>

#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

namespace {

std::vector<bytes> names_of(const reply& list) {
  std::vector<bytes> names;
  for (const auto& item : list.items)
    names.push_back(item.text);
  return names;
}

}  // namespace

TEST_CASE("SCAN goes over every key once and its cursors fit a double") {
  shard_world world;
  std::set<bytes> expected;
  for (int i = 0; i < 500; ++i) {
    world.set("key" + std::to_string(i), "v");
    expected.insert("key" + std::to_string(i));
  }
  command c;
  c.what = op::scan;
  c.number2 = 20;
  std::multiset<bytes> seen;
  for (int page = 0; page < 200; ++page) {
    const auto answer = world.ask(c);
    REQUIRE(answer.items.size() == 2);
    for (auto& name : names_of(answer.items[1]))
      seen.insert(name);
    c.number = std::stoll(answer.items[0].text);
    CHECK(c.number < (std::int64_t{1} << 53U));
    if (c.number == 0) break;
  }
  CHECK(c.number == 0);
  CHECK(std::multiset<bytes>(expected.begin(), expected.end()) == seen);
}

TEST_CASE("KEYS finds what its pattern names, values just set included") {
  shard_world world;
  world.hold_commits = true;
  command set;
  set.what = op::set;
  set.value = "v";
  for (const bytes_view key : {"user:1", "user:2", "other"}) {
    set.key = key;
    world.submit(set);
  }
  command keys;
  keys.what = op::keys;
  keys.value = "user:*";
  CHECK_FALSE(world.submit(keys, 9));
  world.hold_commits = false;
  world.settle();
  REQUIRE(world.answers.size() == 4);
  CHECK(world.answers.back().slot == 9);
  CHECK(world.answers.back().content.items.size() == 2);
}

TEST_CASE("RANDOMKEY gives a key that exists, or null when there is none") {
  shard_world world;
  command c;
  c.what = op::randomkey;
  CHECK(world.ask(c) == reply::null());
  world.set("only", "v");
  for (int i = 0; i < 10; ++i)
    CHECK(world.ask(c) == reply::bulk("only"));
}

TEST_CASE("DBSIZE counts what exists, also after a restart") {
  shard_world world;
  command c;
  c.what = op::dbsize;
  CHECK(world.ask(c) == reply::number(0));
  for (int i = 0; i < 10; ++i)
    world.set(std::to_string(i), "v");
  world.del("3");
  CHECK(world.ask(c) == reply::number(9));
  world.restart();
  CHECK(world.ask(c) == reply::number(9));
}
