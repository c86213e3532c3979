#include "object/shard.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

TEST_CASE("a value that was set is read back and lies in the store") {
  shard_world world;
  CHECK(world.set("k", "v") == reply::ok());
  CHECK(world.get("k") == reply::bulk("v"));
  const auto& raw = world.stored.at(layout::object_key("k"));
  CHECK(decode(raw)->value == "v");
}

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

TEST_CASE("after a restart records are loaded on first use") {
  shard_world world;
  world.set("k", "v");
  world.restart();
  CHECK(world.subject->objects() == 1);
  CHECK(world.get("k") == reply::bulk("v"));
  CHECK(world.get("missing") == reply::null());
  CHECK(world.subject->stats().loads == 2);
  CHECK(world.get("missing") == reply::null());
  CHECK(world.subject->stats().loads == 2);
}

TEST_CASE("commands that wait for a load are answered in their order") {
  shard_world world;
  world.set("n", "1");
  world.restart();
  command c;
  c.what = op::incrby;
  c.key = "n";
  c.number = 1;
  CHECK_FALSE(world.submit(c, 1));
  CHECK_FALSE(world.submit(c, 2));
  world.settle();
  REQUIRE(world.answers.size() == 2);
  CHECK(world.answers[0].content == reply::number(2));
  CHECK(world.answers[1].content == reply::number(3));
}

TEST_CASE("a key whose line is full answers busy at once") {
  policy limits;
  limits.mailbox_max = 2;
  shard_world world(limits);
  world.set("k", "v");
  world.restart();
  command c;
  c.key = "k";
  CHECK_FALSE(world.submit(c, 1));
  CHECK_FALSE(world.submit(c, 2));
  const auto refused = world.submit(c, 3);
  REQUIRE(refused);
  CHECK(refused->code == errc::busy);
  CHECK(world.subject->stats().refusals.mailbox == 1);
}

TEST_CASE("a value that would grow over its limit is refused and stays as it was") {
  policy limits;
  limits.value_bytes_max = 5;
  shard_world world(limits);
  world.set("k", "four");
  command c;
  c.what = op::append;
  c.key = "k";
  c.value = "more";
  const auto refused = world.ask(c);
  CHECK(refused.code == errc::too_large);
  CHECK(refused.text == "string exceeds maximum allowed size (proto-max-bulk-len)");
  CHECK(world.get("k") == reply::bulk("four"));
  CHECK(world.subject->stats().refusals.value == 1);
  CHECK(world.subject->stats().refusals.total() == 1);
}

TEST_CASE("records over the cache's size leave it and are found again") {
  policy limits;
  limits.cache_bytes_max = 64'000;
  shard_world world(limits);
  for (int i = 0; i < 1'000; ++i)
    world.set("key" + std::to_string(i), bytes(100, 'x'));
  CHECK(world.subject->cache_bytes() < 100'000);
  CHECK(world.subject->stats().evicted >= 1'000 - world.subject->cached_records());
  for (int i = 0; i < 1'000; ++i) {
    CHECK(world.get("key" + std::to_string(i)) == reply::bulk(bytes(100, 'x')));
  }
  CHECK(world.subject->objects() == 1'000);
}
