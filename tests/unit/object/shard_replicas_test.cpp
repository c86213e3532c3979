#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

// Nodes 0, 1 and 2 are here, anna and bert; the nearest to a key leads its range.

TEST_CASE("the nearest of a group leads, and each member sends it the commands of its clients") {
  linked_shards group;
  const std::vector<digest> nearest{here, anna, bert};
  for (std::size_t leader = 0; leader < 3; ++leader) {
    const auto key = key_of(nearest[leader]);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(group.leads(i, key) == (i == leader));
      CHECK(group.set(i, key, std::to_string(i)) == reply::ok());
      CHECK(group.get((i + 1) % 3, key) == reply::bulk(std::to_string(i)));
    }
    group.run_for(100ms);
    CHECK(group.copies(key, "2") == 3);
  }
}

TEST_CASE("an answer to a write leaves once two of three nodes have it on disk") {
  linked_shards group;
  const auto key = key_of(anna);
  group[0].hold_commits = group[2].hold_commits = true;
  const auto slot = group.begin(1, setting(key, "v"));
  group.run_for(500ms);
  CHECK(group.copies(key, "v") == 1);
  CHECK_FALSE(group.answered(slot).has_value());
  group[2].hold_commits = false;
  group.settle();
  CHECK(group.copies(key, "v") == 2);
  CHECK(group.answered(slot) == reply::ok());
}

TEST_CASE("an answer waits for the leader's own disk, too") {
  linked_shards group;
  const auto key = key_of(anna);
  group[1].hold_commits = true;
  const auto slot = group.begin(1, setting(key, "v"));
  group.run_for(100ms);
  CHECK(group.copies(key, "v") == 2);
  CHECK_FALSE(group.answered(slot).has_value());
  group[1].hold_commits = false;
  group.settle();
  CHECK(group.answered(slot) == reply::ok());
}

TEST_CASE("a read of what a majority does not have yet waits for it") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "old") == reply::ok());
  group[0].hold_commits = group[2].hold_commits = true;
  const auto write = group.begin(1, setting(key, "new"));
  const auto read = group.begin(1, asking(op::get, key));
  const auto passed = group.begin(0, asking(op::get, key));
  group.run_for(100ms);
  for (const auto slot : {write, read, passed})
    CHECK_FALSE(group.answered(slot).has_value());
  group[0].hold_commits = group[2].hold_commits = false;
  group.settle();
  CHECK(group.answered(write) == reply::ok());
  CHECK(group.answered(read) == reply::bulk("new"));
  CHECK(group.answered(passed) == reply::bulk("new"));
}

TEST_CASE("what nobody waits for is read at once while another key's change is not chosen") {
  linked_shards group;
  CHECK(group.set(1, key_of(anna, 1), "v") == reply::ok());
  group[0].hold_commits = group[2].hold_commits = true;
  group.begin(1, setting(key_of(anna), "w"));
  const auto read = group.begin(1, asking(op::get, key_of(anna, 1)));
  CHECK(group.answered(read) == reply::bulk("v"));
}

TEST_CASE("several keys of one client are changed at their leaders, and told of as one") {
  linked_shards group;
  const auto a = key_of(here);
  const auto b = key_of(anna);
  const auto c = key_of(bert);
  CHECK(group.ask(0, asking(op::mset, {a, b, c}, {"1", "2", "3"})) == reply::ok());
  CHECK(group.ask(1, asking(op::mget, {c, a, b})) ==
        reply::list({reply::bulk("3"), reply::bulk("1"), reply::bulk("2")}));
  CHECK(group.ask(2, asking(op::exists, {a, b, c})) == reply::number(3));
  CHECK(group.ask(2, asking(op::del, {a, b, c})) == reply::number(3));
  CHECK(group.ask(0, asking(op::mget, {a, b})) == reply::list({reply::null(), reply::null()}));
}

TEST_CASE("DBSIZE and KEYS count each object once, though three nodes have it") {
  linked_shards group;
  for (const auto& near : {here, anna, bert})
    for (int i = 0; i < linked_shards::keys_kept; ++i)
      CHECK(group.set(0, key_of(near, i), "v") == reply::ok());
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.ask(i, asking(op::dbsize, bytes_view{})) == reply::number(9));
    command keys = asking(op::keys, bytes_view{});
    keys.value = "*";
    CHECK(group.ask(i, keys).items.size() == 9);
    command scan = asking(op::scan, bytes_view{});
    scan.number2 = 100;
    CHECK(group.ask(i, scan).items.at(1).items.size() == 9);
  }
}

TEST_CASE("WHERE names the leader at the end of the way, with the group and its epoch") {
  linked_shards group;
  const auto key = key_of(anna);
  group.set(0, key, "v");
  const auto route = group.ask(0, asking(op::where, key));
  REQUIRE(route.items.size() == 2);
  CHECK(field(route.items[0], "id") == hex(here));
  CHECK(field(route.items[1], "id") == hex(anna));
  CHECK(field(route.items[1], "present") == reply::truth(true));
  CHECK(field(route.items[1], "epoch") == reply::number(1));
  CHECK(field(route.items[1], "replicas") == reply::list({hex(anna), hex(here), hex(bert)}));
}

TEST_CASE("what is said to another life of a node is not heard") {
  linked_shards group;
  replica::member earlier = group.member(0);
  earlier.life += 100;
  const auto now = group.now();
  const replica::lease_request request{now.mono, {}};
  group.subject(0).on_peer({group.member(1), earlier, {request}}, now);
  CHECK(group.subject(0).effects().deliveries.empty());
  group.subject(0).on_peer({group.member(1), group.member(0), {request}}, now);
  CHECK(group.subject(0).effects().deliveries.size() == 1);
}

TEST_CASE("a group of two writes while both are there, and refuses when one is not") {
  linked_shards group{2, 2};
  const auto key = key_of(anna);
  CHECK(group.set(0, key, "v") == reply::ok());
  CHECK(group.copies(key, "v") == 2);
  group.kill(0);
  group.run_for(4s);
  CHECK(group.get(1, key).code == errc::unavailable);
  group.start(0);
  CHECK(group.run_until([&] { return group.get(1, key) == reply::bulk("v"); }, 5s).has_value());
}

// ---- disks ----

TEST_CASE("a follower whose disk fails does not hold the others up, and catches up later") {
  linked_shards group;
  const auto key = key_of(anna);
  group[0].fail_commits = true;
  CHECK(group.set(1, key, "v") == reply::ok());
  CHECK(group.on_disk(0, key) == "nothing");
  group[0].fail_commits = false;
  group.run_for(5s);
  CHECK(group.copies(key, "v") == 3);
  CHECK(group.subject(0).objects() == 1);
}

TEST_CASE("a leader whose disk fails says so, and what it proposed counts once if it counts") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "old") == reply::ok());
  group[1].fail_commits = true;
  const auto answer = group.set(1, key, "new");
  CHECK(answer.failed());
  group[1].fail_commits = false;
  group.run_for(5s);
  const auto now = group.get(0, key);
  CHECK((now == reply::bulk("old") || now == reply::bulk("new")));
  CHECK(group.copies(key, now.text) == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.get(i, key) == now);
    CHECK(group.subject(i).objects() == 1);
  }
  CHECK(group.set(0, key, "newer") == reply::ok());
}

TEST_CASE("a change that only a failed disk had heard of is undone") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "old") == reply::ok());
  group.silence(1);
  group[1].fail_commits = true;
  const auto slot = group.begin(1, setting(key, "new"));
  REQUIRE(group.answered(slot).has_value());
  CHECK(group.answered(slot)->failed());
  group[1].fail_commits = false;
  group.run_for(5s);
  group.mend();
  group.run_for(5s);
  CHECK(group.copies(key, "old") == 3);
  CHECK(group.get(1, key) == reply::bulk("old"));
}

TEST_CASE("all nodes start again with the groups, values and leaders that they had") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(0, key, "v") == reply::ok());
  group.run_for(100ms);
  const auto before = group.knows(0, key).current;
  for (std::size_t i = 0; i < 3; ++i)
    group.kill(i);
  for (std::size_t i = 0; i < 3; ++i)
    group.start(i);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.knows(i, key).current == before);
    CHECK(group.get(i, key) == reply::bulk("v"));
    CHECK(group.subject(i).objects() == 1);
  }
  CHECK(group.run_until([&] { return group.leads(1, key); }, 5s).has_value());
}
