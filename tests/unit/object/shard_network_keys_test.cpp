#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

// ---- several keys ----

TEST_CASE("MGET gathers its values from all nodes in the order of the keys") {
  networked_shard world;
  world.agree({staying(anna), staying(bert)});
  const auto mine = world.key_of(here);
  const auto hers = world.key_of(anna);
  const auto his = world.key_of(bert);
  world.set(mine, "m");
  world.begin(world.of(op::mget, {hers, mine, his}));
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
  world.begin(world.of(op::exists, {mine, hers}), 1);
  world.outcome(world.sent(op::exists), reply::number(1), anna);
  CHECK(world.answered(1) == reply::number(2));
  world.begin(world.of(op::del, {mine, hers, his}), 2);
  world.outcome(world.sent(op::del), reply::number(1), anna);
  world.outcome(world.sent(op::del), reply::number(0), bert);
  CHECK(world.answered(2) == reply::number(2));
  world.begin(world.of(op::del, {hers, his}), 3);
  world.outcome(world.sent(op::del), reply::number(1), anna);
  world.outcome(world.sent(op::del), reply::failure(errc::uncertain, "gone"), bert);
  CHECK(world.answered(3) == reply::failure(errc::uncertain, "gone"));
}

TEST_CASE("MSET sets each key where it belongs") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto mine = world.key_of(here);
  const auto hers = world.key_of(anna);
  world.begin(world.of(op::mset, {mine, hers}, {"m", "a"}));
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
  world.begin(world.of(op::msetnx, {first, second}, {"1", "2"}), 1);
  const auto msetnx = world.sent(op::msetnx);
  CHECK(msetnx.to == anna);
  CHECK(msetnx.what->get().values == std::vector<bytes_view>{"1", "2"});
  world.outcome(msetnx, reply::number(1), anna);
  CHECK(world.answered(1) == reply::number(1));
  world.begin(world.of(op::rename, {first, second}), 2);
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
  world.begin(world.of(op::msetnx, {first, second}, {"1", "2"}));
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
  world.begin(world.of(op::get, key), 1);
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
  world.begin(world.of(op::get, key));
  world.outcome(world.sent(op::claim), reply::number(0), anna);
  CHECK(world.get(key) == reply::null());
  CHECK_FALSE(world.find_forward(op::claim).has_value());
  world.draw({staying(anna)});
  world.begin(world.of(op::get, key), 2);
  CHECK(world.find_forward(op::claim).has_value());
}

TEST_CASE("what waits for a claim is carried out in its order, and writes then need no other") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = world.key_of(here);
  world.begin(world.of(op::get, key), 1);
  world.begin(world.setting(key, "v"), 2);
  world.begin(world.of(op::get, key), 3);
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
  world.begin(world.of(op::get, world.key_of(here, 0)), 1);
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
  world.begin(world.of(op::get, world.key_of(here)));
  const auto first = world.sent(op::claim);
  const auto second = world.sent(op::claim);
  CHECK(first.to != second.to);
  world.outcome(first, reply::number(0), first.to);
  CHECK_FALSE(world.answered(1).has_value());
  world.outcome(second, reply::number(0), second.to);
  CHECK(world.answered(1) == reply::null());
}

TEST_CASE("the answer to a claim says nothing of nodes that have come meanwhile") {
  networked_shard world;
  const key_map later(here, false, {staying(anna), staying(bert)});
  world.draw({staying(anna)});
  bytes key;
  for (int i = 0; later.holder_of(sha256(key = world.key_of(here, i))) != here; ++i) {
  }
  world.begin(world.of(op::get, key));
  const auto first = world.sent(op::claim);
  world.draw({staying(anna), staying(bert)});
  world.outcome(first, reply::number(0), anna);
  CHECK_FALSE(world.answered(1).has_value());
  auto claim = world.find_forward(op::claim);
  REQUIRE(claim.has_value());
  bool bert_was_asked = false;
  for (; claim; claim = world.find_forward(op::claim)) {
    bert_was_asked = bert_was_asked || claim->to == bert;
    world.outcome(*claim, reply::number(0), claim->to);
  }
  CHECK(bert_was_asked);
  CHECK(world.answered(1) == reply::null());
}

TEST_CASE("a claim that was refused is repeated a little later") {
  networked_shard world;
  world.draw({staying(anna)});
  world.begin(world.of(op::get, world.key_of(here)));
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
  world.begin(world.of(op::get, key), 1);
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
  world.begin(world.of(op::get, key), 2);
  world.outcome(world.sent(op::claim), reply::number(0), anna);
  CHECK(world.answered(2) == reply::null());
}

TEST_CASE("a refused claim ends when its node owes nothing any more or is gone") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  world.begin(world.of(op::get, world.key_of(here)));
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
  const key_map later(here, false, {staying(anna), staying(bert)});
  bytes key;
  for (int i = 0; later.holder_of(sha256(key = world.key_of(here, i))) != bert; ++i) {
  }
  world.begin(world.of(op::get, key));
  const auto claim = world.sent(op::claim);
  world.draw({staying(anna), staying(bert)});
  world.outcome(claim, reply::failure(errc::busy, "not now"), anna);
  const auto passed = world.sent(op::get);
  CHECK(passed.to == bert);
  world.outcome(passed, reply::bulk("v"), bert);
  CHECK(world.answered(1) == reply::bulk("v"));
}
