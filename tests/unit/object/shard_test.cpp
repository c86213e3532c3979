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
