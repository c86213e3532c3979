#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

/// A command of a client waits for a leader no longer than this, and a moment.
constexpr auto patience = 5'200ms;

bool is_served(linked_shards& group, std::size_t by, bytes_view key) {
  const auto slot = group.begin(by, asking(op::get, key));
  return group.answered(slot).has_value() && !group.answered(slot)->failed();
}

}  // namespace

TEST_CASE("with one of three nodes silent writes go on, and it catches up when it is heard again") {
  linked_shards group;
  const auto key = key_of(anna);
  group.silence(2);
  for (int i = 0; i < 50; ++i) {
    const auto slot = group.begin(i % 2 == 0 ? 0 : 1, setting(key, std::to_string(i)));
    group.run_for(100ms);
    CHECK(group.answered(slot) == reply::ok());
  }
  CHECK(group.on_disk(2, key) == "nothing");
  group.mend();
  group.run_for(5s);
  CHECK(group.copies(key, "49") == 3);
}

TEST_CASE("keys of which a new member has no copy yet are behind until it has them") {
  linked_shards group{2, 3};
  CHECK(group.set(0, key_of(bert), "v") == reply::ok());
  const auto behind = [&] {
    return group.subject(0).objects_behind() + group.subject(1).objects_behind() +
           group.subject(2).objects_behind();
  };
  CHECK(behind() == 0);
  group.draw({0, 1, 2});
  CHECK(group.run_until([&] { return behind() == 1; }, 5s).has_value());
  CHECK(group.run_until([&] { return behind() == 0; }, 20s).has_value());
  CHECK(group.copies(key_of(bert), "v") == 3);
}

TEST_CASE("when the leader dies another takes over with all that was acknowledged") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "v") == reply::ok());
  const auto taken_over = [&] {
    return group.subject(0).replicas()->progress().taken_over +
           group.subject(2).replicas()->progress().taken_over;
  };
  const auto before = taken_over();
  group.kill(1);
  const auto slot = group.begin(0, asking(op::get, key));
  const auto took = group.run_until([&] { return group.answered(slot).has_value(); }, patience);
  REQUIRE(took.has_value());
  CHECK(group.answered(slot) == reply::bulk("v"));
  CHECK(taken_over() > before);
  CHECK(group.set(2, key, "w") == reply::ok());
  group.start(1);
  CHECK(group.run_until([&] { return group.leads(1, key); }, 10s).has_value());
  CHECK(group.get(1, key) == reply::bulk("w"));
  CHECK(group.copies(key, "w") == 3);
}

TEST_CASE("a new leader asks the others for the code of an object that it took over") {
  for (const std::size_t unaware : {0U, 2U}) {
    linked_shards group;
    const auto key = key_of(anna);
    group.silence(unaware);
    REQUIRE(group.put_object(1, key, "the code").what == reply::kind::status);
    group.run_for(1s);
    CHECK(group.on_disk(unaware, key) == "nothing");
    group.kill(1);
    group.mend();
    group.run_for(8s);
    CHECK((group.leads(0, key) || group.leads(2, key)));
    CHECK(group.copies(key, group.on_disk(1, key)) == 3);
  }
}

TEST_CASE("a copy of an object is made although nobody used its code since the nodes started") {
  linked_shards group;
  const auto key = key_of(anna);
  group.silence(2);
  REQUIRE(group.put_object(1, key, "the code").what == reply::kind::status);
  group.run_for(1s);
  for (const std::size_t i : {0U, 1U}) {
    group.kill(i);
    group.start(i);
  }
  group.run_for(4s);
  CHECK(group.on_disk(2, key) == "nothing");
  group.mend();
  group.run_for(8s);
  CHECK(group.copies(key, group.on_disk(1, key)) == 3);
}

TEST_CASE("with two of three silent a write is uncertain in bounded time, and nothing hangs") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "old") == reply::ok());
  group.silence(0);
  group.silence(2);
  const auto write = group.begin(1, setting(key, "new"));
  const auto read = group.begin(1, asking(op::get, key));
  const auto waits = group.begin(1, asking(op::get, key_of(anna, 1)));
  const auto passed = group.begin(0, asking(op::get, key));
  const auto took = group.run_until(
      [&] { return group.answered(write).has_value() && group.answered(read).has_value(); },
      patience);
  REQUIRE(took.has_value());
  CHECK(group.answered(write)->code == errc::uncertain);
  CHECK(group.answered(read)->failed());
  CHECK(group.answered(waits).has_value());
  for (std::size_t i = 0; i < 3; ++i) {
    const auto later = group.begin(i, setting(key_of(anna, 2), "newer"));
    REQUIRE(group.answered(later).has_value());
    CHECK(group.answered(later)->code == errc::unavailable);
  }
  group.mend();  // the command that was on its way arrives now
  CHECK(group.run_until([&] { return is_served(group, 1, key); }, 10s).has_value());
  CHECK(group.run_until([&] { return group.answered(passed).has_value(); }, patience).has_value());
  CHECK(group.set(0, key, "newest") == reply::ok());
}

TEST_CASE("an undecided change is decided once a majority is back, the same for everybody") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "old") == reply::ok());
  group.silence(0);
  group.silence(2);
  const auto write = group.begin(1, setting(key, "new"));
  group.run_for(6s);
  CHECK(group.answered(write)->code == errc::uncertain);
  group.mend();
  CHECK(group.run_until([&] { return is_served(group, 0, key); }, 10s).has_value());
  const auto decided = group.get(0, key);
  CHECK(group.get(1, key) == decided);
  CHECK(group.get(2, key) == decided);
  group.run_for(5s);
  CHECK(group.copies(key, decided.text) == 3);
}

TEST_CASE("a leader that others replaced tells no old value, and follows when it hears of that") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(1, key, "old") == reply::ok());
  group.silence(1);
  CHECK(
      group.run_until([&] { return group.leads(0, key) || group.leads(2, key); }, 5s).has_value());
  const auto write = group.begin(0, setting(key, "new"));
  CHECK(group.run_until([&] { return group.answered(write) == reply::ok(); }, 5s).has_value());
  const auto read = group.begin(1, asking(op::get, key));
  group.run_for(patience);
  REQUIRE(group.answered(read).has_value());
  CHECK(group.answered(read)->code == errc::unavailable);
  group.mend();
  CHECK(group.run_until([&] { return is_served(group, 1, key); }, 5s).has_value());
  CHECK(group.get(1, key) == reply::bulk("new"));
  group.run_for(5s);
  CHECK(group.copies(key, "new") == 3);
}

TEST_CASE("a command on its way to a leader that dies is uncertain, and never done twice") {
  linked_shards group;
  const auto key = key_of(anna);
  group[1].hold_commits = true;
  command c = asking(op::incrby, key);
  c.number = 1;
  const auto slot = group.begin(0, c);
  CHECK_FALSE(group.answered(slot).has_value());
  group.kill(1);
  REQUIRE(group.answered(slot).has_value());
  CHECK(group.answered(slot)->code == errc::uncertain);
  group[1].hold_commits = false;
  CHECK(group.run_until([&] { return is_served(group, 0, key); }, patience).has_value());
  const auto count = group.get(2, key);
  CHECK((count == reply::bulk("1") || count == reply::null()));
}

TEST_CASE("nobody is waited for longer than five seconds where all who keep a range are gone") {
  linked_shards group{3, 4};
  const auto key = key_of(anna);
  group.draw({0, 1, 2, 3});
  group.run_for(10s);
  for (std::size_t i = 0; i < 3; ++i)
    group.kill(i);
  for (const auto& near : {here, anna, bert}) {
    const auto slot = group.begin(3, setting(key_of(near), "v"));
    const auto took = group.run_until([&] { return group.answered(slot).has_value(); }, patience);
    REQUIRE(took.has_value());
    CHECK(group.answered(slot)->failed());
  }
}

TEST_CASE("who waits for a leader is answered when one is there, not when the wait is over") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(0, key, "v") == reply::ok());
  group.kill(1);
  std::vector<std::uint64_t> slots;
  for (int i = 0; i < 20; ++i) {
    slots.push_back(group.begin(i % 2 == 0 ? 0 : 2, setting(key, std::to_string(i))));
    group.run_for(10ms);
  }
  const auto took =
      group.run_until([&] { return group.leads(0, key) || group.leads(2, key); }, patience);
  REQUIRE(took.has_value());
  group.run_for(100ms);
  for (const auto slot : slots)
    CHECK(group.answered(slot) == reply::ok());
}

TEST_CASE("commands of one client for one key keep their order through a change of leader") {
  linked_shards group;
  const auto key = key_of(anna);
  group.kill(1);
  std::vector<std::uint64_t> slots;
  for (const char* letter : {"a", "b", "c", "d"}) {
    command c = asking(op::append, key);
    c.value = letter;
    slots.push_back(group.begin(0, c));
    group.run_for(20ms);
  }
  group.run_for(patience);
  for (std::size_t i = 0; i < slots.size(); ++i)
    CHECK(group.answered(slots[i]) == reply::number(static_cast<std::int64_t>(i + 1)));
  CHECK(group.get(2, key) == reply::bulk("abcd"));
}

// ---- commands that are atomic over several keys ----

TEST_CASE("a change of several keys waits for a leader, and is made when one is there") {
  linked_shards group;
  const auto first = key_of(anna, 0);
  const auto second = key_of(anna, 1);
  CHECK(group.set(1, key_of(anna, 2), "v") == reply::ok());
  group.silence(1);
  const auto nobody_leads = [&](bytes_view key) {
    return group.subject(0).replicas()->look(range_of(key))->stands(group.now().mono) ==
           replica::replicas::standing::changes;
  };
  REQUIRE(
      group.run_until([&] { return nobody_leads(first) && nobody_leads(second); }, 5s).has_value());
  const auto made = group.begin(0, asking(op::msetnx, {first, second}, {"1", "2"}));
  const auto moved = group.begin(0, asking(op::rename, {first, key_of(anna, 2)}));
  CHECK_FALSE(group.answered(made).has_value());
  const auto is_led = [&](bytes_view key) { return group.leads(0, key) || group.leads(2, key); };
  REQUIRE(group
              .run_until([&] { return is_led(first) && is_led(second) && is_led(key_of(anna, 2)); },
                         patience)
              .has_value());
  group.run_for(200ms);
  // They are led by one node or by two, but nothing is left waiting or done by half.
  REQUIRE(group.answered(made).has_value());
  REQUIRE(group.answered(moved).has_value());
  const bool is_made = group.answered(made) == reply::number(1);
  CHECK((is_made || group.answered(made)->code == errc::several_nodes));
  CHECK(group.get(0, second) == (is_made ? reply::bulk("2") : reply::null()));
}

TEST_CASE("a change of several keys is refused at once where a majority is out of reach") {
  linked_shards group;
  group.silence(0);
  group.silence(2);
  group.run_for(5s);
  const auto first = key_of(anna, 0);
  const auto second = key_of(anna, 1);
  for (std::size_t i = 0; i < 3; ++i)
    for (const auto& c : {asking(op::msetnx, {first, second}, {"1", "2"}),
                          asking(op::copy, {first, second}), asking(op::rename, {first, second})}) {
      const auto slot = group.begin(i, c);
      REQUIRE(group.answered(slot).has_value());
      CHECK(group.answered(slot)->code == errc::unavailable);
    }
}

// ---- groups that change ----

TEST_CASE("a planned change of group leaves no answer uncertain") {
  linked_shards group{3, 4};
  std::vector<bytes> keys;
  for (const auto& near : {here, anna, bert})
    for (int i = 0; i < linked_shards::keys_kept; ++i)
      keys.push_back(key_of(near, i));
  std::vector<std::uint64_t> slots;
  const auto work = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t k = 0; k < keys.size(); ++k) {
        command c = asking(op::incrby, keys[k]);
        c.number = 1;
        slots.push_back(group.begin((k + static_cast<std::size_t>(round)) % 3, c));
      }
      group.run_for(20ms);
    }
  };
  work(5);
  group.draw({0, 1, 2, 3});
  work(100);
  group.leave(0);
  work(100);
  group.run_for(patience);
  std::size_t failed = 0;
  for (const auto slot : slots) {
    REQUIRE(group.answered(slot).has_value());
    failed += group.answered(slot)->failed() ? 1U : 0U;
  }
  CHECK(failed == 0);
  for (const auto& key : keys) {
    CHECK(group.get(1, key) == reply::bulk("205"));
    CHECK_FALSE(group.knows(1, key).current.contains(group.member(0)));
    CHECK(group.knows(1, key).current.epoch > 1);
  }
  CHECK(group.subject(0).handed_over());
}
