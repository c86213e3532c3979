#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/shard_group.hpp"

namespace comet::object::test {
namespace {

using std::chrono::milliseconds;

command of(op what, bytes_view key, bytes_view value = {}) {
  command c;
  c.what = what;
  c.key = key;
  c.value = value;
  if (what == op::del || what == op::exists) c.keys = {key};
  if (what == op::incrby) c.number = 1;
  return c;
}

command with_id(command c, bytes_view id) {
  c.asked.emplace().request_id = id;
  return c;
}

command with_quorum(command c, std::uint8_t quorum) {
  c.asked.emplace().quorum = quorum;
  return c;
}

command with_age(command c, milliseconds age) {
  c.asked.emplace().stale_max = age;
  return c;
}

/// Turns that count how often they ran, and answer with that.
struct counting {
  explicit counting(shard_world& world) {
    world.execute = [this](const turn_order&) {
      turn_outcome outcome;
      outcome.answer = reply::number(++runs);
      return outcome;
    };
  }
  int runs = 0;
};

}  // namespace

// ---- request ids ----

TEST_CASE("the node that leads next knows the requests that the one before carried out") {
  shard_group three{3};
  const std::size_t first = three.leader_of("n");
  REQUIRE(first < 3);
  const std::size_t other = (first + 1) % 3;
  CHECK(three.ask(other, with_id(of(op::incrby, "n"), "a")) == reply::number(1));
  three.cut.insert(first);
  three.run(milliseconds{8'000});
  REQUIRE(three.leader_of("n") < 3);
  CHECK(three.ask(other, with_id(of(op::incrby, "n"), "a")) == reply::number(1));
  CHECK(three.ask(other, of(op::get, "n")) == reply::bulk("1"));
}

// ---- quorum ----

TEST_CASE("an answer that asks for all replicas waits for the last of them") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t away = (leader + 1) % 3;
  const auto all = with_quorum(of(op::set, "k", "v"), asks::all_members);
  CHECK(three.ask(leader, all) == reply::ok());
  three.cut.insert(away);
  const auto slot = three.begin(leader, all);
  three.deliver();
  CHECK_FALSE(three.taken(leader, slot));
  CHECK(three.ask(leader, with_quorum(of(op::set, "k", "w"), 2)) == reply::ok());
  three.cut.clear();
  three.run(milliseconds{2'000});
  CHECK(three.taken(leader, slot) == reply::ok());
}

TEST_CASE("a replica that stays away makes the answer uncertain, and says how many have it") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  three.cut.insert((leader + 1) % 3);
  const auto slot = three.begin(leader, with_quorum(of(op::set, "k", "v"), 3));
  three.run(milliseconds{4'500});
  CHECK_FALSE(three.taken(leader, slot));
  three.run(milliseconds{1'000});
  const auto told = three.taken(leader, slot);
  REQUIRE(told);
  CHECK(told->code == errc::uncertain);
  CHECK(told->text.starts_with("on 2 of the 3 replicas asked for; it is chosen"));
  CHECK(three.ask(leader, of(op::get, "k")) == reply::bulk("v"));
}

TEST_CASE("more replicas than there are cannot be asked for, and nothing is done") {
  shard_group three{3};
  const auto told = three.ask(0, with_quorum(of(op::set, "k", "v"), 4));
  REQUIRE(told);
  CHECK(told->code == errc::unavailable);
  CHECK(told->text.find("has 3 replicas: nothing was done") != bytes::npos);
  CHECK(three.ask(0, of(op::get, "k")) == reply::null());

  shard_world alone;
  CHECK(alone.ask(with_quorum(of(op::set, "k", "v"), 2)).code == errc::unavailable);
  CHECK(alone.ask(with_quorum(of(op::set, "k", "v"), asks::all_members)) == reply::ok());
  CHECK(alone.ask(with_quorum(of(op::set, "k", "v"), 1)) == reply::ok());
}

TEST_CASE("a read may ask that all replicas have what it tells") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  three.ask(leader, of(op::set, "k", "v"));
  CHECK(three.ask(leader, with_quorum(of(op::get, "k"), asks::all_members)) == reply::bulk("v"));
  three.cut.insert((leader + 1) % 3);
  three.ask(leader, of(op::set, "k", "w"));
  const auto slot = three.begin(leader, with_quorum(of(op::get, "k"), asks::all_members));
  three.deliver();
  CHECK_FALSE(three.taken(leader, slot));
  three.cut.clear();
  three.run(milliseconds{2'000});
  CHECK(three.taken(leader, slot) == reply::bulk("w"));
}

TEST_CASE("a leader that is replaced tells those who asked for more that it lost sight of it") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t away = (leader + 1) % 3;
  three.cut.insert(away);
  const auto slot = three.begin(leader, with_quorum(of(op::set, "k", "v"), 3));
  three.deliver();
  three.cut = {leader};
  three.run(milliseconds{3'000});
  three.cut.clear();
  three.run(milliseconds{1'000});
  const auto told = three.taken(leader, slot);
  REQUIRE(told);
  CHECK(told->code == errc::uncertain);
}

TEST_CASE("several keys that are written one by one each wait for their replicas") {
  shard_group three{3};
  command set;
  set.what = op::mset;
  set.keys = {"a", "b", "c"};
  set.values = {"1", "2", "3"};
  CHECK(three.ask(1, with_quorum(set, asks::all_members)) == reply::ok());
  for (std::size_t i = 0; i < 3; ++i) {
    const auto kept = decode_stored(three[i].stored.at(layout::object_key("b")));
    CHECK(decode(kept->encoded)->value == "2");
  }
}

// ---- WAIT ----

TEST_CASE("WAIT counts the replicas besides the leader, and waits for more until its time is up") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t asked = (leader + 1) % 3;
  const std::size_t away = (leader + 2) % 3;
  three.ask(asked, of(op::set, "k", "v"));
  auto wait = of(op::count_copies, "k");
  wait.number = 2;
  wait.number2 = 300;
  CHECK(three.ask(asked, wait) == reply::number(2));
  three.cut.insert(away);
  three.ask(asked, of(op::set, "k", "w"));
  wait.number = 1;
  CHECK(three.ask(asked, wait) == reply::number(1));
  wait.number = 2;
  const auto in_vain = three.begin(asked, wait);
  three.deliver();
  CHECK_FALSE(three.taken(asked, in_vain));
  three.run(milliseconds{400});
  CHECK(three.taken(asked, in_vain) == reply::number(1));
  wait.number2 = 0;
  const auto patient = three.begin(asked, wait);
  three.run(milliseconds{400});
  CHECK_FALSE(three.taken(asked, patient));
  three.cut.clear();
  three.run(milliseconds{2'000});
  CHECK(three.taken(asked, patient) == reply::number(2));
}

TEST_CASE("WAIT at a node without replicas has nobody to wait for") {
  shard_world world;
  auto wait = of(op::count_copies, "k");
  wait.number = 2;
  CHECK(world.ask(wait) == reply::number(0));
}

// ---- copies ----

TEST_CASE("a member that does not lead answers from its copy when that is young enough") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  three.ask(leader, of(op::set, "k", "v"));
  three.run(milliseconds{3'000});
  const auto read = with_age(of(op::get, "k"), milliseconds{5'000});
  CHECK(three[other].submit(read) == reply::bulk("v"));
  CHECK(three[other].subject->stats().copies_read == 1);
  CHECK_FALSE(three[other].submit(with_age(of(op::get, "k"), milliseconds{0})));
  CHECK(three.ask(other, with_age(of(op::get, "k"), milliseconds{0})) == reply::bulk("v"));
}

TEST_CASE("all that reads passive values may be answered from a copy") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  three.ask(leader, of(op::set, "k", "value"));
  three.run(milliseconds{3'000});
  const milliseconds age{5'000};
  CHECK(three[other].submit(with_age(of(op::strlen, "k"), age)) == reply::number(5));
  CHECK(three[other].submit(with_age(of(op::type, "k"), age)) == reply::status("string"));
  CHECK(three[other].submit(with_age(of(op::ttl, "k"), age)) == reply::number(-1));
  CHECK(three[other].submit(with_age(of(op::exists, "k"), age)) == reply::number(1));
  command mget;
  mget.what = op::mget;
  mget.keys = {"k", "k"};
  CHECK(three[other].submit(with_age(mget, age)) ==
        reply::list({reply::bulk("value"), reply::bulk("value")}));
}

TEST_CASE("a copy is as old as the last that was heard of its leader, and goes on being read") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  three.ask(leader, of(op::set, "k", "old"));
  three.run(milliseconds{3'000});
  three.cut.insert(other);
  three.ask(leader, of(op::set, "k", "new"));
  three.run(milliseconds{4'000});
  const auto young = with_age(of(op::get, "k"), milliseconds{3'900});
  const auto told = three[other].submit(young);  // it may be too old, and nobody else is heard
  REQUIRE(told);
  CHECK(told->code == errc::unavailable);
  CHECK(three[other].submit(with_age(of(op::get, "k"), milliseconds{6'000})) == reply::bulk("old"));
}

TEST_CASE("what is not chosen is not read from a copy") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  three.ask(leader, of(op::set, "k", "v"));
  three.run(milliseconds{3'000});
  three.ask(leader, of(op::set, "k", "w"));  // the copy has it, and was not told that it is chosen
  const auto read = with_age(of(op::get, "k"), milliseconds{60'000});
  CHECK_FALSE(three[other].submit(read));
  three.deliver();
  three.run(milliseconds{2'000});
  CHECK(three[other].submit(read) == reply::bulk("w"));
}

TEST_CASE("a copy of a key that has expired or is not there answers so") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  auto set = of(op::set, "k", "v");
  set.when = three[leader].now.wall + std::chrono::hours{1};
  three.ask(leader, set);
  three.run(milliseconds{3'000});
  const auto read = with_age(of(op::get, "k"), milliseconds{60'000});
  CHECK(three[other].submit(read) == reply::bulk("v"));
  three[other].now.wall += std::chrono::hours{2};
  CHECK(three[other].submit(read) == reply::null());
  CHECK(three[other].submit(with_age(of(op::exists, "k"), milliseconds{60'000})) ==
        reply::number(0));
}

TEST_CASE("an active object is read at its leader, however old an answer may be") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("o");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  auto put = of(op::aso_put, "o");
  put.source = "code";
  three.ask(leader, put);
  three.run(milliseconds{3'000});
  counting turns{three[leader]};
  counting none{three[other]};
  const auto read = with_age(of(op::get, "o"), milliseconds{60'000});
  CHECK(three.ask(other, read) == reply::number(1));
  CHECK(three.ask(other, with_age(of(op::type, "o"), milliseconds{60'000})) ==
        reply::status("string"));
  CHECK(none.runs == 0);
  CHECK(three[other].subject->stats().copies_read == 0);
}

TEST_CASE("a copy that has to be loaded from the disk is loaded") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  three.ask(leader, of(op::set, "k", "v"));
  three.run(milliseconds{1'000});
  three[other].restart();
  std::vector<peer> others;
  for (std::size_t i = 0; i < 3; ++i) {
    if (i == other) continue;
    peer one;
    one.id = three[i].self;
    one.life = 1;
    others.push_back(one);
  }
  three[other].subject->on_network(
      std::make_shared<const key_map>(three[other].self, false, std::move(others)), std::nullopt,
      three[other].now);
  three.run(milliseconds{10'000});
  REQUIRE(three.leader_of("k") != other);
  const auto slot = three.begin(other, with_age(of(op::get, "k"), milliseconds{5'000}));
  three[other].settle();
  CHECK(three.taken(other, slot) == reply::bulk("v"));
  CHECK(three[other].subject->stats().copies_read == 1);
}

TEST_CASE("an answer that is described tells its age and who gave it") {
  shard_group three{3};
  const std::size_t leader = three.leader_of("k");
  REQUIRE(leader < 3);
  const std::size_t other = (leader + 1) % 3;
  three.ask(leader, of(op::set, "k", "v"));
  three.run(milliseconds{3'000});
  auto read = of(op::get, "k");
  read.asked.emplace().described = true;
  const auto told_by = [](const shard_world& world, std::int64_t age, bool leads) {
    return reply::map({reply::bulk("value"), reply::bulk("v"), reply::bulk("age-ms"),
                       reply::number(age), reply::bulk("node"), reply::bulk(world.node_id),
                       reply::bulk("leader"), reply::truth(leads)});
  };
  CHECK(three.ask(leader, read) == told_by(three[leader], 0, true));
  CHECK(three.ask(other, read) == told_by(three[leader], 0, true));
  read.asked->stale_max = milliseconds{5'000};
  const auto told = three.ask(other, read);
  REQUIRE(told);
  const auto age = told->items.at(3).integer;
  CHECK(age > 0);
  CHECK(age <= 2'000);
  CHECK(told == told_by(three[other], age, false));
}

TEST_CASE("each second a leader tells each member of each range that its copy is whole") {
  shard_group three{3};
  three.items_said.clear();
  three.run(milliseconds{10'000});
  constexpr std::size_t whole_copy_place = 14;
  static_assert(std::is_same_v<std::variant_alternative_t<whole_copy_place, replica::message>,
                               replica::whole_copy>);
  const std::size_t told = three.items_said[whole_copy_place];
  CHECK(told >= 9 * 2 * three.kept.size());
  CHECK(told <= 11 * 2 * three.kept.size());
}

}  // namespace comet::object::test
