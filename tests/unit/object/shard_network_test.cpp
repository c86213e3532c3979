#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

/// A client's command that is not answered at once.
void begin(networked_shard& world, const command& c, std::uint64_t slot = 1) {
  REQUIRE_FALSE(world.submit(c, slot).has_value());
  world.settle();
}

reply field(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return map.items[i + 1];
  return reply::failure(errc::not_found, bytes{name});
}

reply hex(const digest& id) {
  return reply::bulk(to_hex(as_bytes(id)));
}

/// A key that anna has among {here, anna}, and bert as soon as he is there, too.
bytes key_that_changes_hands() {
  const drawn_key_map before(here, false, {staying(anna)});
  const drawn_key_map after(here, false, {staying(anna), staying(bert)});
  for (int i = 0;; ++i) {
    bytes key = "key-" + std::to_string(i);
    const auto id = sha256(key);
    if (before.holder_of(id) == anna && after.holder_of(id) == bert) return key;
  }
}

/// An object here whose method has been called and waits for what it asked.
class suspended_call {
 public:
  explicit suspended_call(networked_shard& world) : world_(world), key(world.key_of(here)) {
    CHECK(world.put_object(key, "code") == reply::ok());
    world.hold_turns = true;
    begin(world, networked_shard::of(op::aso_call, key), 77);
    REQUIRE(world.held_orders.size() == 1);
  }
  void ask(outcall::kind what, bytes_view of, bytes_view value = {}) {
    outcome_batch batch;
    outcall asked;
    asked.what = what;
    asked.key = bytes{of};
    asked.value = bytes{value};
    asked.method = "method";
    asked.token = 5;
    batch.outcalls.push_back({world_.held_orders.front().id, std::move(asked)});
    world_.subject->on_outcomes(std::move(batch), world_.now);
    world_.settle();
  }
  /// What it was told; it must have been told.
  [[nodiscard]] reply told() const {
    REQUIRE(world_.resumed.size() == 1);
    CHECK(world_.resumed.front().token == 5);
    return world_.resumed.front().answer;
  }

 private:
  networked_shard& world_;

 public:
  bytes key;
};

}  // namespace

TEST_CASE("a command for another's key is passed on, and its answer is the client's") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(anna);
  world.who.user = "alice";
  begin(world, world.setting(key, "v"));
  const auto passed = world.sent(op::set);
  CHECK(passed.to == anna);
  CHECK(passed.what->get().value == "v");
  CHECK(passed.from.user == "alice");
  CHECK(passed.name.origin == here);
  CHECK(passed.name.number > 0);
  CHECK(passed.hops_left == hops_max - 1);
  CHECK_FALSE(world.subject->idle());
  world.outcome(passed, reply::ok(), anna);
  CHECK(world.answered(1) == reply::ok());
  CHECK(world.subject->idle());
  CHECK(world.subject->objects() == 0);
  CHECK(world.subject->cached_records() == 0);
}

TEST_CASE("an own key is served here, to clients and to other nodes") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  CHECK(world.set(key, "v") == reply::ok());
  CHECK(world.get(key) == reply::bulk("v"));
  const auto number = world.arrive(world.of(op::get, key));
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content == reply::bulk("v"));
  CHECK(world.answer_to(number)->holder == here);
  CHECK(world.forwards.empty());
}

TEST_CASE("what another node sent for a third keeps its name, and the answer says whose it is") {
  networked_shard world;
  world.agree({staying(anna), staying(bert)});
  const auto key = world.key_of(bert);
  const auto number = world.arrive(world.of(op::get, key), {"waits"}, 13);
  const auto passed = world.sent(op::get);
  CHECK(passed.to == bert);
  CHECK(passed.name == command_name{anna, number});
  CHECK(passed.chain == std::vector<bytes>{"waits"});
  CHECK(passed.hops_left == 12);
  world.outcome(passed, reply::bulk("v"), bert);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content == reply::bulk("v"));
  CHECK(world.answer_to(number)->holder == bert);
}

TEST_CASE("a write that another node sent is answered when it is durable") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.hold_commits = true;
  const auto number = world.arrive(world.setting(key, "v"));
  CHECK_FALSE(world.answer_to(number).has_value());
  world.hold_commits = false;
  world.commit_all();
  world.settle();
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content == reply::ok());
}

// ---- several keys ----

TEST_CASE("MGET gathers its values from all nodes in the order of the keys") {
  networked_shard world;
  world.agree({staying(anna), staying(bert)});
  const auto mine = world.key_of(here);
  const auto hers = world.key_of(anna);
  const auto his = world.key_of(bert);
  world.set(mine, "m");
  begin(world, world.of(op::mget, {hers, mine, his}));
  const auto first = world.sent(op::get);
  const auto second = world.sent(op::get);
  CHECK(first.to == anna);
  CHECK(second.to == bert);
  world.outcome(second, reply::bulk("b"), bert);
  CHECK_FALSE(world.answered(1).has_value());
  world.outcome(first, reply::bulk("a"), anna);
  CHECK(world.answered(1) == reply::list({reply::bulk("a"), reply::bulk("m"), reply::bulk("b")}));
}

TEST_CASE("DEL and EXISTS add up what the nodes say, and a failure is the whole answer") {
  networked_shard world;
  world.agree({staying(anna), staying(bert)});
  const auto mine = world.key_of(here);
  const auto hers = world.key_of(anna);
  const auto his = world.key_of(bert);
  world.set(mine, "m");
  begin(world, world.of(op::exists, {mine, hers}), 1);
  world.outcome(world.sent(op::exists), reply::number(1), anna);
  CHECK(world.answered(1) == reply::number(2));
  begin(world, world.of(op::del, {mine, hers, his}), 2);
  world.outcome(world.sent(op::del), reply::number(1), anna);
  world.outcome(world.sent(op::del), reply::number(0), bert);
  CHECK(world.answered(2) == reply::number(2));
  begin(world, world.of(op::del, {hers, his}), 3);
  world.outcome(world.sent(op::del), reply::number(1), anna);
  world.outcome(world.sent(op::del), reply::failure(errc::uncertain, "gone"), bert);
  CHECK(world.answered(3) == reply::failure(errc::uncertain, "gone"));
}

TEST_CASE("MSET sets each key where it belongs") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto mine = world.key_of(here);
  const auto hers = world.key_of(anna);
  begin(world, world.of(op::mset, {mine, hers}, {"m", "a"}));
  const auto passed = world.sent(op::set);
  CHECK(passed.what->get().key == hers);
  CHECK(passed.what->get().value == "a");
  world.outcome(passed, reply::ok(), anna);
  CHECK(world.answered(1) == reply::ok());
  CHECK(world.get(mine) == reply::bulk("m"));
}

TEST_CASE("a command that is atomic over its keys is refused when they are on several nodes") {
  networked_shard world;
  world.agree({staying(anna), staying(bert)});
  const auto mine = world.key_of(here);
  const auto hers = world.key_of(anna);
  const auto his = world.key_of(bert);
  world.set(mine, "m");
  for (const auto& c : {world.of(op::msetnx, {mine, hers}, {"1", "2"}),
                        world.of(op::copy, {mine, hers}), world.of(op::rename, {hers, his})}) {
    const auto answer = world.ask(c);
    CHECK(answer.failed());
    CHECK(answer.code == errc::several_nodes);
  }
  CHECK(world.forwards.empty());
  CHECK(world.get(mine) == reply::bulk("m"));
}

TEST_CASE("a command that is atomic over its keys goes as a whole to the node that has them all") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto first = world.key_of(anna, 0);
  const auto second = world.key_of(anna, 1);
  begin(world, world.of(op::msetnx, {first, second}, {"1", "2"}), 1);
  const auto msetnx = world.sent(op::msetnx);
  CHECK(msetnx.to == anna);
  CHECK(msetnx.what->get().values == std::vector<bytes_view>{"1", "2"});
  world.outcome(msetnx, reply::number(1), anna);
  CHECK(world.answered(1) == reply::number(1));
  begin(world, world.of(op::rename, {first, second}), 2);
  const auto rename = world.sent(op::rename);
  CHECK(rename.what->get().keys == std::vector<bytes_view>{first, second});
  world.outcome(rename, reply::ok(), anna);
  CHECK(world.answered(2) == reply::ok());
}

TEST_CASE("a command that is atomic over its keys is carried out here when all are this node's") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto first = world.key_of(here, 0);
  const auto second = world.key_of(here, 1);
  CHECK(world.ask(world.of(op::msetnx, {first, second}, {"1", "2"})) == reply::number(1));
  CHECK(world.ask(world.of(op::rename, {first, second})) == reply::ok());
  CHECK(world.get(second) == reply::bulk("1"));
  CHECK(world.forwards.empty());
}

TEST_CASE("a command that is atomic over its keys claims each that may still be elsewhere") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto first = world.key_of(here, 0);
  const auto second = world.key_of(here, 1);
  begin(world, world.of(op::msetnx, {first, second}, {"1", "2"}));
  auto claim = world.sent(op::claim);
  CHECK(claim.what->get().key == first);
  world.outcome(claim, reply::number(0), anna);
  claim = world.sent(op::claim);
  CHECK(claim.what->get().key == second);
  world.outcome(claim, reply::number(0), anna);
  CHECK(world.answered(1) == reply::number(1));
}

// ---- claims ----

TEST_CASE("a key that may still be elsewhere is asked for before anybody hears that it is absent") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = world.key_of(here);
  begin(world, world.of(op::get, key), 1);
  const auto claim = world.sent(op::claim);
  CHECK(claim.to == anna);
  CHECK(claim.what->get().key == key);
  CHECK(claim.what->get().method == as_bytes(here));
  CHECK_FALSE(world.answered(1).has_value());
  world.outcome(claim, reply::number(0), anna);
  CHECK(world.answered(1) == reply::null());
}

TEST_CASE("the answer to a claim holds until the network is another one") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = world.key_of(here);
  begin(world, world.of(op::get, key));
  world.outcome(world.sent(op::claim), reply::number(0), anna);
  CHECK(world.get(key) == reply::null());
  CHECK_FALSE(world.find_forward(op::claim).has_value());
  world.draw({staying(anna)});
  begin(world, world.of(op::get, key), 2);
  CHECK(world.find_forward(op::claim).has_value());
}

TEST_CASE("what waits for a claim is carried out in its order, and writes then need no other") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = world.key_of(here);
  begin(world, world.of(op::get, key), 1);
  begin(world, world.setting(key, "v"), 2);
  begin(world, world.of(op::get, key), 3);
  world.outcome(world.sent(op::claim), reply::number(0), anna);
  CHECK(world.answered(1) == reply::null());
  CHECK(world.answered(2) == reply::ok());
  CHECK(world.answered(3) == reply::bulk("v"));
  CHECK(world.get(key) == reply::bulk("v"));
  CHECK_FALSE(world.find_forward(op::claim).has_value());
}

TEST_CASE("a node that answers a claim with 'nothing at all' is asked no more") {
  networked_shard world;
  world.draw({staying(anna)});
  begin(world, world.of(op::get, world.key_of(here, 0)), 1);
  world.outcome(world.sent(op::claim), reply::number(1), anna);
  CHECK(world.get(world.key_of(here, 1)) == reply::null());
  CHECK_FALSE(world.find_forward(op::claim).has_value());
}

TEST_CASE("a node that says that it owes nothing is not asked") {
  networked_shard world;
  world.draw({staying(anna)});
  CHECK(world.asked_by_node(world.saying_settled(anna)) == reply::ok());
  CHECK(world.get(world.key_of(here)) == reply::null());
  CHECK_FALSE(world.find_forward(op::claim).has_value());
}

TEST_CASE("all nodes that may have a key are asked, and the last answer decides") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  begin(world, world.of(op::get, world.key_of(here)));
  const auto first = world.sent(op::claim);
  const auto second = world.sent(op::claim);
  CHECK(first.to != second.to);
  world.outcome(first, reply::number(0), first.to);
  CHECK_FALSE(world.answered(1).has_value());
  world.outcome(second, reply::number(0), second.to);
  CHECK(world.answered(1) == reply::null());
}

TEST_CASE("a claim that was refused is repeated a little later") {
  networked_shard world;
  world.draw({staying(anna)});
  begin(world, world.of(op::get, world.key_of(here)));
  world.outcome(world.sent(op::claim), reply::failure(errc::busy, "not now"), anna);
  world.advance(49ms);
  CHECK_FALSE(world.find_forward(op::claim).has_value());
  world.advance(1ms);
  world.outcome(world.sent(op::claim), reply::number(0), anna);
  CHECK(world.answered(1) == reply::null());
}

TEST_CASE("those who wait for a claim are told when it was refused very often, and it goes on") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = world.key_of(here);
  begin(world, world.of(op::get, key), 1);
  int refusals = 0;
  for (; !world.answered(1) && refusals < 1'000; ++refusals) {
    world.outcome(world.sent(op::claim), reply::failure(errc::busy, "not now"), anna);
    world.advance(50ms);
  }
  CHECK(refusals == 100);
  REQUIRE(world.answered(1).has_value());
  CHECK(world.answered(1)->code == errc::unavailable);
  CHECK(world.answered(1)->text.find(to_hex(as_bytes(anna))) != bytes::npos);
  CHECK(world.answered(1)->text.find("not now") != bytes::npos);
  begin(world, world.of(op::get, key), 2);
  world.outcome(world.sent(op::claim), reply::number(0), anna);
  CHECK(world.answered(2) == reply::null());
}

TEST_CASE("a refused claim ends when its node owes nothing any more or is gone") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  begin(world, world.of(op::get, world.key_of(here)));
  for (int i = 0; i < 2; ++i) {
    const auto claim = world.sent(op::claim);
    world.outcome(claim, reply::failure(errc::busy, "not now"), claim.to);
  }
  world.arrive(world.saying_settled(anna));
  world.draw({staying(anna)});
  world.advance(50ms);
  CHECK_FALSE(world.find_forward(op::claim).has_value());
  CHECK(world.answered(1) == reply::null());
}

TEST_CASE("a claim whose key has become another's lets what waits follow there") {
  networked_shard world;
  world.draw({staying(anna)});
  const drawn_key_map later(here, false, {staying(anna), staying(bert)});
  bytes key;
  for (int i = 0; later.holder_of(sha256(key = world.key_of(here, i))) != bert; ++i) {
  }
  begin(world, world.of(op::get, key));
  const auto claim = world.sent(op::claim);
  world.draw({staying(anna), staying(bert)});
  world.outcome(claim, reply::failure(errc::busy, "not now"), anna);
  const auto passed = world.sent(op::get);
  CHECK(passed.to == bert);
  world.outcome(passed, reply::bulk("v"), bert);
  CHECK(world.answered(1) == reply::bulk("v"));
}

// ---- the way there ----

TEST_CASE("commands for one key follow each other without waiting for answers") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(anna);
  begin(world, world.setting(key, "1"), 1);
  begin(world, world.setting(key, "2"), 2);
  CHECK(world.sent(op::set).what->get().value == "1");
  CHECK(world.sent(op::set).what->get().value == "2");
}

TEST_CASE("commands that never left are decided anew in their order, and what came later waits") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(anna);
  begin(world, world.setting(key, "1"), 1);
  begin(world, world.setting(key, "2"), 2);
  const auto first = world.sent(op::set);
  const auto second = world.sent(op::set);
  world.never_left(first);
  begin(world, world.setting(key, "3"), 3);
  world.never_left(second);
  CHECK(world.forwards.empty());
  world.advance(50ms);
  for (const bytes_view value : {"1", "2", "3"})
    CHECK(world.sent(op::set).what->get().value == value);
  CHECK(world.forwards.empty());
}

TEST_CASE("a command that never left keeps its name, so that no node takes it for two") {
  networked_shard world;
  world.agree({staying(anna)});
  begin(world, world.of(op::get, world.key_of(anna)));
  const auto first = world.sent(op::get);
  world.never_left(first);
  world.advance(50ms);
  const auto again = world.sent(op::get);
  CHECK(again.name == first.name);
  CHECK(again.number != first.number);
}

TEST_CASE("a command that never leaves is told so in the end") {
  networked_shard world;
  world.agree({staying(anna)});
  begin(world, world.of(op::get, world.key_of(anna)));
  int tries = 0;
  for (; !world.answered(1) && tries < 100; ++tries) {
    world.never_left(world.sent(op::get));
    world.advance(50ms);
  }
  CHECK(tries == hops_max);
  REQUIRE(world.answered(1).has_value());
  CHECK(world.answered(1)->code == errc::unavailable);
  CHECK(world.subject->idle());
}

TEST_CASE("an uncertain outcome is the client's to judge: nothing is sent twice") {
  networked_shard world;
  world.agree({staying(anna)});
  begin(world, world.setting(world.key_of(anna), "v"));
  world.outcome(world.sent(op::set), reply::failure(errc::uncertain, "the link broke"), {});
  REQUIRE(world.answered(1).has_value());
  CHECK(world.answered(1)->code == errc::uncertain);
  world.advance(1s);
  CHECK(world.forwards.empty());
}

TEST_CASE("a command that has seen many nodes waits for news before it goes on") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(anna);
  world.arrive(world.of(op::get, key), {}, 10);
  CHECK(world.forwards.empty());
  world.advance(49ms);
  CHECK(world.forwards.empty());
  world.advance(1ms);
  CHECK(world.sent(op::get).hops_left == 9);
}

TEST_CASE("a new picture of the network ends the wait of a command that wanders") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = key_that_changes_hands();
  world.arrive(world.of(op::get, key), {}, 10);
  world.draw({staying(anna), staying(bert)});
  CHECK(world.sent(op::get).to == bert);
}

TEST_CASE("a command that has used up its hops ends, and says that the nodes disagree") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto number = world.arrive(world.of(op::get, world.key_of(anna)), {}, 0);
  world.advance(50ms);
  CHECK(world.forwards.empty());
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content.code == errc::unavailable);
  CHECK(world.answer_to(number)->content.text.find("do not agree") != bytes::npos);
}

TEST_CASE("a command that would go another way waits for those that were passed on before") {
  networked_shard world;
  const auto key = key_that_changes_hands();
  world.agree({staying(anna)});
  begin(world, world.setting(key, "1"), 1);
  const auto first = world.sent(op::set);
  CHECK(first.to == anna);
  world.draw({staying(anna), staying(bert)});
  begin(world, world.setting(key, "2"), 2);
  begin(world, world.setting(key, "3"), 3);
  CHECK_FALSE(world.find_forward(op::set).has_value());
  world.outcome(first, reply::ok(), bert);
  for (const bytes_view value : {"2", "3"}) {
    const auto passed = world.sent(op::set);
    CHECK(passed.to == bert);
    CHECK(passed.what->get().value == value);
  }
}

TEST_CASE("what waits behind a command that is not answered waits for a second at most") {
  networked_shard world;
  const auto key = key_that_changes_hands();
  world.agree({staying(anna)});
  begin(world, world.setting(key, "1"), 1);
  world.draw({staying(anna), staying(bert)});
  begin(world, world.setting(key, "2"), 2);
  world.sent(op::set);
  world.advance(999ms);
  CHECK_FALSE(world.find_forward(op::set).has_value());
  world.advance(1ms);
  CHECK(world.sent(op::set).what->get().value == "2");
}

TEST_CASE("a command that comes back on its way round does not wait for itself") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(anna);
  command_name name;
  begin(world, world.of(op::get, key), 1);
  name = world.sent(op::get).name;
  world.subject->on_arrived({1,
                             name,
                             std::make_shared<const owned_command>(world.of(op::get, key)),
                             world.who,
                             {},
                             hops_max - 2},
                            world.now);
  world.settle();
  CHECK(world.sent(op::get).name == name);
}

TEST_CASE("no more commands wait for one key than a mailbox holds") {
  policy limits;
  limits.mailbox_max = 2;
  networked_shard world{limits};
  world.draw({staying(anna)});
  const auto key = world.key_of(here);
  begin(world, world.of(op::get, key), 1);
  begin(world, world.of(op::get, key), 2);
  const auto refused = world.submit(world.of(op::get, key), 3);
  REQUIRE(refused.has_value());
  CHECK(refused->code == errc::busy);
}

// ---- about nodes ----

TEST_CASE("WHERE of an own key tells of this node, and whether the object is there") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  auto route = world.ask(world.of(op::where, key));
  REQUIRE(route.items.size() == 1);
  CHECK(field(route.items[0], "id") == hex(here));
  CHECK(field(route.items[0], "address") == reply::bulk(world.node_id + ":7400"));
  CHECK(field(route.items[0], "role") == reply::bulk("holder"));
  CHECK(field(route.items[0], "present") == reply::truth(false));
  world.set(key, "v");
  route = world.ask(world.of(op::where, key));
  CHECK(field(route.items[0], "present") == reply::truth(true));
}

TEST_CASE("WHERE of another's key tells the way there, each node before the rest") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(anna);
  const auto rest = reply::list({reply::map({reply::bulk("role"), reply::bulk("holder")})});
  begin(world, world.of(op::where, key));
  world.now.mono += 3ms;
  world.outcome(world.sent(op::where), rest, anna);
  REQUIRE(world.answered(1).has_value());
  auto route = *world.answered(1);
  REQUIRE(route.items.size() == 2);
  CHECK(field(route.items[0], "id") == hex(here));
  CHECK(field(route.items[0], "role") == reply::bulk("asked"));
  CHECK(field(route.items[0], "us") == reply::number(3'000));
  CHECK(route.items[1] == rest.items[0]);

  const auto number = world.arrive(world.of(op::where, key));
  world.outcome(world.sent(op::where), rest, anna);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(field(world.answer_to(number)->content.items[0], "role") == reply::bulk("passed"));
}

TEST_CASE("NODES of a lone node lists itself") {
  networked_shard world;
  const auto list = world.ask(world.of(op::nodes, bytes_view{}));
  REQUIRE(list.items.size() == 1);
  CHECK(field(list.items[0], "id") == hex(here));
  CHECK(field(list.items[0], "state") == reply::bulk("here"));
}

TEST_CASE("NODES asks every other node, and lists those, too, that do not answer") {
  networked_shard world;
  auto far = staying(anna);
  far.round_trip = std::chrono::microseconds{1'500};
  world.agree({far, leaving(bert), staying(node(0x99))});
  world.arrive(world.saying_settled(bert));
  world.set(world.key_of(here), "v");
  begin(world, world.of(op::nodes, bytes_view{}));
  const auto part = [](const digest& id) {
    return reply::map({reply::bulk("id"), hex(id), reply::bulk("state"), reply::bulk("alive")});
  };
  const auto of_anna = world.sent(op::node_info);
  CHECK(of_anna.to == anna);
  world.outcome(of_anna, part(anna), anna);
  world.outcome(world.sent(op::node_info), part(bert), bert);
  world.outcome(world.sent(op::node_info), reply::failure(errc::unavailable, "no link"), {});
  REQUIRE(world.answered(1).has_value());
  const auto list = *world.answered(1);
  REQUIRE(list.items.size() == 4);
  CHECK(field(list.items[0], "state") == reply::bulk("here"));
  CHECK(field(list.items[0], "keys") == reply::number(1));
  CHECK(field(list.items[1], "state") == reply::bulk("alive"));
  CHECK(field(list.items[1], "round-trip-us") == reply::number(1'500));
  CHECK(field(list.items[2], "state") == reply::bulk("leaving"));
  CHECK(field(list.items[3], "id") == hex(node(0x99)));
  CHECK(field(list.items[3], "state") == reply::bulk("no answer"));
  CHECK(field(list.items[3], "why") == reply::bulk("no link"));
}

TEST_CASE("a node tells another of itself") {
  networked_shard world;
  world.agree({staying(anna)});
  world.set(world.key_of(here), "v");
  const auto told = world.asked_by_node(world.of(op::node_info, bytes_view{}));
  CHECK(field(told, "id") == hex(here));
  CHECK(field(told, "state") == reply::bulk("alive"));
  CHECK(field(told, "keys") == reply::number(1));
}

TEST_CASE("a node that has not found its network says so to clients and nodes") {
  networked_shard world;
  world.map = std::make_shared<drawn_key_map>(here, false, std::vector<peer>{staying(anna)});
  world.subject->on_network(world.map, "looking for 192.0.2.1", world.now);
  const auto key = world.key_of(here);
  CHECK(world.get(key) == reply::failure(errc::joining, "looking for 192.0.2.1"));
  CHECK(world.asked_by_node(world.of(op::get, key)).code == errc::joining);
  CHECK(world.asked_by_node(world.saying_settled(anna)) == reply::ok());
  begin(world, world.of(op::nodes, bytes_view{}));
  CHECK(world.find_forward(op::node_info).has_value());
  world.subject->on_network(world.map, std::nullopt, world.now);
  CHECK(world.get(key) == reply::null());
}

TEST_CASE("a node that finds no network yet tells nobody that it owes nothing") {
  networked_shard world;
  world.map = std::make_shared<drawn_key_map>(here, false, std::vector<peer>{staying(anna)});
  world.subject->on_network(world.map, "looking", world.now);
  world.advance(1s);
  CHECK_FALSE(world.find_forward(op::settled).has_value());
  world.subject->on_network(world.map, std::nullopt, world.now);
  world.settle();
  const auto told = world.sent(op::settled);
  CHECK(told.to == anna);
  CHECK(told.what->get().method == as_bytes(here));
}

TEST_CASE("a node that could not be told that it is owed nothing is told again, a little later") {
  networked_shard world;
  world.draw({staying(anna)});
  world.outcome(world.sent(op::settled), reply::failure(errc::busy, "not now"), {});
  CHECK_FALSE(world.find_forward(op::settled).has_value());
  world.advance(50ms);
  world.outcome(world.sent(op::settled), reply::ok(), anna);
  world.advance(1s);
  CHECK_FALSE(world.find_forward(op::settled).has_value());
}

// ---- what handlers ask ----

TEST_CASE("a handler's get of another's key brings the value and the id of its holder") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::get, world.key_of(anna));
  const auto passed = world.sent(op::aso_get);
  CHECK(passed.to == anna);
  CHECK(passed.from.node == world.node_id);
  CHECK(passed.chain == std::vector{call.key});
  world.outcome(passed, reply::bulk("v"), anna);
  CHECK(call.told() == reply::list({reply::bulk("v"), reply::list({hex(anna)})}));
}

TEST_CASE("a handler's get of what nobody has brings no holder") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::get, world.key_of(anna));
  world.outcome(world.sent(op::aso_get), reply::null(), anna);
  CHECK(call.told() == reply::list({reply::null(), reply::list({})}));
}

TEST_CASE("a handler's get of a key of this node names this node") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  const auto key = world.key_of(here, 1);
  world.set(key, "v");
  call.ask(outcall::kind::get, key);
  CHECK(call.told() == reply::list({reply::bulk("v"), reply::list({hex(here)})}));
}

TEST_CASE("a handler's put on another's key brings the number of copies") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::put, world.key_of(anna), "v");
  const auto passed = world.sent(op::set);
  CHECK(passed.what->get().value == "v");
  world.outcome(passed, reply::ok(), anna);
  CHECK(call.told() == reply::number(1));
}

TEST_CASE("a handler's call of another's object brings what the method gave, or its failure") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::call, world.key_of(anna));
  const auto passed = world.sent(op::aso_call);
  CHECK(passed.what->get().method == "method");
  SECTION("it gave something") {
    world.outcome(passed, reply::bulk("result"), anna);
    CHECK(call.told() == reply::bulk("result"));
  }
  SECTION("it failed") {
    world.outcome(passed, reply::failure(errc::script, "boom"), anna);
    CHECK(call.told() == reply::failure(errc::script, "boom"));
  }
}

TEST_CASE("a handler's lookup is the router's to answer") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::lookup, "any key");
  const auto asked = world.sent(op::lookup);
  CHECK(asked.to == here);
  CHECK(asked.what->get().key == "any key");
  const auto nodes = reply::list({reply::bulk("some node")});
  world.outcome(asked, nodes, here);
  CHECK(call.told() == nodes);
}

TEST_CASE("a call that comes back over another node to the object that waits for it is a cycle") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::call, world.key_of(anna));
  const auto passed = world.sent(op::aso_call);
  const auto number = world.arrive(world.of(op::aso_call, call.key), passed.chain);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content.code == errc::cycle);
}

TEST_CASE("a cycle ends, too, when its object is about to leave") {
  networked_shard world;
  world.agree({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::call, world.key_of(anna));
  const auto passed = world.sent(op::aso_call);
  world.draw({staying(anna)}, true);
  CHECK(world.subject->moves_under_way() == 1);
  const auto number = world.arrive(world.of(op::aso_call, call.key), passed.chain);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content.code == errc::cycle);
}
