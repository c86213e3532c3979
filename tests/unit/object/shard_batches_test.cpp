#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

TEST_CASE("the answer to a write waits until its batch is durable") {
  shard_world world;
  world.hold_commits = true;
  command c;
  c.what = op::set;
  c.key = "k";
  c.value = "v";
  CHECK_FALSE(world.submit(c, 7));
  world.settle();
  CHECK(world.answers.empty());
  world.commit_all();
  world.settle();
  REQUIRE(world.answers.size() == 1);
  CHECK(world.answers[0].slot == 7);
  CHECK(world.answers[0].content == reply::ok());
}

TEST_CASE("a read of a value that is not yet durable waits as its write does") {
  shard_world world;
  world.hold_commits = true;
  command c;
  c.what = op::set;
  c.key = "k";
  c.value = "v";
  world.submit(c, 1);
  command read;
  read.key = "k";
  CHECK_FALSE(world.submit(read, 2));
  world.round();
  CHECK_FALSE(world.submit(read, 3));
  world.hold_commits = false;
  world.settle();
  REQUIRE(world.answers.size() == 3);
  CHECK(world.answers[2].content == reply::bulk("v"));
}

TEST_CASE("without a gate an answer does not wait for its batch") {
  shard_world world({}, false);
  world.hold_commits = true;
  command c;
  c.what = op::set;
  c.key = "k";
  c.value = "v";
  CHECK(world.submit(c) == reply::ok());
}

TEST_CASE("a failed batch turns its answers into errors and undoes what was decided") {
  shard_world world;
  world.set("k", "old");
  world.fail_commits = true;
  const auto refused = world.set("k", "new");
  CHECK(refused.failed());
  CHECK(refused.code == errc::disk_full);
  CHECK(world.get("k") == reply::bulk("old"));
  CHECK(world.set("fresh", "x").failed());
  CHECK(world.get("fresh") == reply::null());
  CHECK(world.subject->objects() == 1);
  world.fail_commits = false;
  CHECK(world.set("k", "newer") == reply::ok());
  CHECK(world.get("k") == reply::bulk("newer"));
}

TEST_CASE("everything decided after a failed batch fails with it") {
  shard_world world;
  world.set("a", "1");
  world.hold_commits = true;
  command c;
  c.what = op::set;
  c.value = "2";
  c.key = "a";
  world.submit(c, 1);
  world.round();
  c.key = "b";
  world.submit(c, 2);
  world.round();
  c.key = "c";
  world.submit(c, 3);
  world.fail_commits = true;
  world.commit_all();
  world.fail_commits = false;
  world.hold_commits = false;
  world.settle();
  REQUIRE(world.answers.size() == 3);
  for (const auto& a : world.answers)
    CHECK(a.content.failed());
  CHECK(world.get("a") == reply::bulk("1"));
  CHECK(world.get("b") == reply::null());
  CHECK(world.get("c") == reply::null());
}
