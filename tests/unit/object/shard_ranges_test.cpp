#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

std::size_t entries(const shard_world& world, bytes_view from, bytes_view to) {
  std::size_t count = 0;
  for (const auto& [key, value] : world.stored)
    if (key >= from && key < to) ++count;
  return count;
}
std::size_t due_entries(const shard_world& world) {
  return entries(world, "d", "e");
}
std::size_t code_entries(const shard_world& world) {
  return entries(world, "c", "d");
}
std::uint64_t code_count(const shard_world& world, bytes_view source) {
  const auto found = world.stored.find(layout::code_count_key(sha256(source)));
  return found == world.stored.end() ? 0 : *layout::decode_number(found->second);
}

command expiring(const linked_shards& group, bytes_view key, std::chrono::milliseconds in) {
  command c = setting(key, "v");
  c.when = group.now().wall + in;
  return c;
}

}  // namespace

TEST_CASE("what followers write down has counts and due times as where it was decided") {
  linked_shards group;
  const auto key = key_of(anna);
  const auto lasting = key_of(anna, 1);
  CHECK(group.ask(0, expiring(group, key, 1h)) == reply::ok());
  CHECK(group.set(0, lasting, "v") == reply::ok());
  group.run_for(100ms);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.subject(i).objects() == 2);
    CHECK(group.subject(i).objects_with_expiry() == 1);
    CHECK(due_entries(group[i]) == 1);
    const auto facts = shard::decode_facts(group[i].stored.at(layout::meta_key("counts")));
    CHECK(facts->objects == 2);
    CHECK(facts->with_expiry == 1);
  }
  CHECK(group.ask(0, expiring(group, key, 2h)) == reply::ok());
  group.run_for(100ms);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(due_entries(group[i]) == 1);
  CHECK(group.del(2, key) == reply::number(1));
  group.run_for(100ms);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.subject(i).objects() == 1);
    CHECK(group.subject(i).objects_with_expiry() == 0);
    CHECK(due_entries(group[i]) == 0);
  }
}

TEST_CASE("followers obtain codes that they lack, count them, and drop those that nobody names") {
  linked_shards group;
  CHECK(group.put_object(0, key_of(anna, 0), "code") == reply::ok());
  CHECK(group.put_object(0, key_of(anna, 1), "code") == reply::ok());
  group.run_for(1s);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group[i].stored.at(layout::code_key(sha256("code"))) == "code");
    CHECK(code_count(group[i], "code") == 2);
  }
  CHECK(group.set(0, key_of(anna, 2), "passive") == reply::ok());
  group[1].execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fate = disposition::erase;
    outcome.answer = reply::number(1);
    return outcome;
  };
  CHECK(group.del(0, key_of(anna, 0)) == reply::number(1));
  group.run_for(1s);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(code_count(group[i], "code") == 1);
  CHECK(group.del(0, key_of(anna, 1)) == reply::number(1));
  group.run_for(1s);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(code_entries(group[i]) == 0);
    CHECK(code_count(group[i], "code") == 0);
    CHECK(group.subject(i).objects() == 1);
  }
}

TEST_CASE("a code that could not be had is asked for again, and what names it waits in order") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "before") == reply::ok());
  group.run_for(100ms);
  group.cut(0, 2);  // the leader alone can be asked
  const auto put = group.begin(1, [&] {
    command c = asking(op::aso_put, key);
    c.source = "code";
    return c;
  }());
  group.run_for(2s);
  CHECK(group.answered(put) == reply::ok());
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(group[i].stored.contains(layout::code_key(sha256("code"))));
}

TEST_CASE("after a change of leader turns run with the code that came with their object") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.put_object(0, key, "code") == reply::ok());
  group.run_for(1s);
  group.kill(1);
  bytes source;
  for (std::size_t i = 0; i < 3; ++i)
    group[i].execute = [&](const turn_order& order) {
      source = order.code ? order.code->source : bytes{};
      turn_outcome outcome;
      outcome.answer = reply::bulk("ran");
      return outcome;
    };
  CHECK(group.get(0, key) == reply::bulk("ran"));
  CHECK(source == "code");
}

// ---- erasing ----

TEST_CASE("a tombstone stays while a member may have the old value, and goes when all have it") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(0, key, "v") == reply::ok());
  group.run_for(100ms);
  group.silence(2);
  CHECK(group.del(0, key) == reply::number(1));
  group.run_for(5s);
  CHECK(group.on_disk(0, key) == "tombstone");
  CHECK(group.on_disk(1, key) == "tombstone");
  CHECK(group.on_disk(2, key) == "v");
  CHECK(group.get(0, key) == reply::null());
  group.mend();
  group.run_for(5s);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.on_disk(i, key) == "nothing");
    CHECK(group.subject(i).objects() == 0);
  }
}

TEST_CASE("a key that is erased and set again is no tombstone for anybody") {
  linked_shards group;
  const auto key = key_of(anna);
  for (int i = 0; i < 5; ++i) {
    CHECK(group.set(0, key, std::to_string(i)) == reply::ok());
    CHECK(group.del(2, key) == reply::number(1));
  }
  CHECK(group.set(1, key, "last") == reply::ok());
  group.run_for(5s);
  CHECK(group.copies(key, "last") == 3);
}

TEST_CASE("FLUSHALL erases everything everywhere, and leaves no tombstones in the end") {
  linked_shards group;
  for (const auto& near : {here, anna, bert})
    for (int i = 0; i < linked_shards::keys_kept; ++i)
      CHECK(group.set(0, key_of(near, i), "v") == reply::ok());
  CHECK(group.ask(0, expiring(group, key_of(anna), 1h)) == reply::ok());
  CHECK(group.put_object(0, key_of(bert), "code") == reply::ok());
  group.run_for(1s);
  CHECK(group.ask(0, asking(op::flush, bytes_view{})) == reply::ok());
  CHECK(group.ask(1, asking(op::dbsize, bytes_view{})) == reply::number(0));
  CHECK(group.get(2, key_of(bert)) == reply::null());
  group.run_for(5s);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.subject(i).objects() == 0);
    CHECK(group.subject(i).objects_with_expiry() == 0);
    CHECK(entries(group[i], "o", "p") == 0);
    CHECK(due_entries(group[i]) == 0);
    CHECK(code_entries(group[i]) == 0);
  }
  CHECK(group.set(0, key_of(anna), "again") == reply::ok());
}

TEST_CASE("FLUSHALL of more objects than a page holds erases all of them") {
  linked_shards group{1, 1};
  std::vector<bytes> keys;
  const auto range = range_of(key_of(here));
  for (int i = 0; keys.size() < 300; ++i)
    if (bytes key = "many-" + std::to_string(i); range_of(key) == range) keys.push_back(key);
  for (const auto& key : keys)
    group.begin(0, setting(key, "v"));
  CHECK(group.subject(0).objects() == 300);
  CHECK(group.ask(0, asking(op::flush, bytes_view{})) == reply::ok());
  CHECK(group.subject(0).objects() == 0);
  CHECK(group.get(0, keys.back()) == reply::null());
}

// ---- coming and going ----

TEST_CASE("who is new in a group has everything, with counts, due times and codes") {
  linked_shards group{3, 4};
  const auto key = key_of(bert);
  CHECK(group.ask(0, expiring(group, key, 1h)) == reply::ok());
  CHECK(group.put_object(0, key_of(bert, 1), "code") == reply::ok());
  group.draw({0, 1, 2, 3});
  CHECK(group
            .run_until(
                [&] {
                  return group.on_disk(3, key) == "v" &&
                         group.on_disk(3, key_of(bert, 1)) != "nothing";
                },
                20s)
            .has_value());
  group.run_for(2s);
  CHECK(group.subject(3).objects() == 2);
  CHECK(group.subject(3).objects_with_expiry() == 1);
  CHECK(due_entries(group[3]) == 1);
  CHECK(code_count(group[3], "code") == 1);
  CHECK(group.knows(3, key).votes);
}

TEST_CASE("a range that left is gone with its counts, due times and codes") {
  linked_shards group{3, 4};
  const auto key = key_of(bert);
  CHECK(group.ask(0, expiring(group, key, 1h)) == reply::ok());
  CHECK(group.put_object(0, key_of(bert, 1), "code") == reply::ok());
  CHECK(group.set(0, key_of(here), "stays") == reply::ok());
  group.draw({0, 1, 2, 3});
  group.run_for(10s);
  std::size_t without = 4;
  for (std::size_t i = 0; i < 4; ++i)
    if (group.on_disk(i, key) == "nothing") without = i;
  REQUIRE(without < 3);
  CHECK(group.copies(key, "v") == 3);
  CHECK(due_entries(group[without]) == 0);
  CHECK(group.subject(without).objects_with_expiry() == 0);
  CHECK(group.get(without, key) == reply::bulk("v"));
  group.leave(2);
  group.run_for(10s);
  CHECK(group.subject(2).handed_over());
  CHECK(group.subject(2).objects() == 0);
  CHECK(entries(group[2], "o", "p") == 0);
  CHECK(due_entries(group[2]) == 0);
  CHECK(code_entries(group[2]) == 0);
  CHECK(group.ask(0, asking(op::dbsize, bytes_view{})) == reply::number(3));
}

TEST_CASE("a member that was away is brought up to date: what is new, changed and erased") {
  linked_shards group;
  const auto changed = key_of(anna, 0);
  const auto erased = key_of(anna, 1);
  const auto fresh = key_of(anna, 2);
  CHECK(group.set(0, changed, "old") == reply::ok());
  CHECK(group.set(0, erased, "v") == reply::ok());
  group.run_for(100ms);
  group.kill(2);
  CHECK(group.set(0, changed, "new") == reply::ok());
  CHECK(group.del(0, erased) == reply::number(1));
  CHECK(group.set(0, fresh, "v") == reply::ok());
  group.start(2);
  group.run_for(5s);
  CHECK(group.on_disk(2, changed) == "new");
  CHECK(group.on_disk(2, erased) == "nothing");
  CHECK(group.on_disk(2, fresh) == "v");
  CHECK(group.subject(2).objects() == 2);
}
