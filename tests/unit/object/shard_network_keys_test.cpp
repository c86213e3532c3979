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
  world.draw({staying(anna), staying(bert)});
  const auto mine = key_of(here);
  const auto hers = key_of(anna);
  const auto his = key_of(bert);
  world.set(mine, "m");
  world.begin(asking(op::mget, {hers, mine, his}));
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
  world.draw({staying(anna), staying(bert)});
  const auto mine = key_of(here);
  const auto hers = key_of(anna);
  const auto his = key_of(bert);
  world.set(mine, "m");
  world.begin(asking(op::exists, {mine, hers}), 1);
  world.outcome(world.sent(op::exists), reply::number(1), anna);
  CHECK(world.answered(1) == reply::number(2));
  world.begin(asking(op::del, {mine, hers, his}), 2);
  world.outcome(world.sent(op::del), reply::number(1), anna);
  world.outcome(world.sent(op::del), reply::number(0), bert);
  CHECK(world.answered(2) == reply::number(2));
  world.begin(asking(op::del, {hers, his}), 3);
  world.outcome(world.sent(op::del), reply::number(1), anna);
  world.outcome(world.sent(op::del), reply::failure(errc::uncertain, "gone"), bert);
  CHECK(world.answered(3) == reply::failure(errc::uncertain, "gone"));
}

TEST_CASE("MSET sets each key where it belongs") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto mine = key_of(here);
  const auto hers = key_of(anna);
  world.begin(asking(op::mset, {mine, hers}, {"m", "a"}));
  const auto passed = world.sent(op::set);
  CHECK(passed.what->get().key == hers);
  CHECK(passed.what->get().value == "a");
  world.outcome(passed, reply::ok(), anna);
  CHECK(world.answered(1) == reply::ok());
  CHECK(world.get(mine) == reply::bulk("m"));
}

TEST_CASE("a command that is atomic over its keys is refused when they are on several nodes") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  world.hear_that_others_lead();
  const auto mine = key_of(here);
  const auto hers = key_of(anna);
  const auto his = key_of(bert);
  world.set(mine, "m");
  for (const auto& c : {asking(op::msetnx, {mine, hers}, {"1", "2"}),
                        asking(op::copy, {mine, hers}), asking(op::rename, {hers, his})}) {
    const auto answer = world.ask(c);
    CHECK(answer.failed());
    CHECK(answer.code == errc::several_nodes);
  }
  CHECK(world.forwards.empty());
  CHECK(world.get(mine) == reply::bulk("m"));
}

TEST_CASE("a command that is atomic over its keys goes as a whole to the node that has them all") {
  networked_shard world;
  world.draw({staying(anna)});
  world.hear_that_others_lead();
  const auto first = key_of(anna, 0);
  const auto second = key_of(anna, 1);
  world.begin(asking(op::msetnx, {first, second}, {"1", "2"}), 1);
  const auto msetnx = world.sent(op::msetnx);
  CHECK(msetnx.to == anna);
  CHECK(msetnx.what->get().values == std::vector<bytes_view>{"1", "2"});
  world.outcome(msetnx, reply::number(1), anna);
  CHECK(world.answered(1) == reply::number(1));
  world.begin(asking(op::rename, {first, second}), 2);
  const auto rename = world.sent(op::rename);
  CHECK(rename.what->get().keys == std::vector<bytes_view>{first, second});
  world.outcome(rename, reply::ok(), anna);
  CHECK(world.answered(2) == reply::ok());
}

TEST_CASE("a command that is atomic over its keys is carried out here when all are this node's") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto first = key_of(here, 0);
  const auto second = key_of(here, 1);
  CHECK(world.ask(asking(op::msetnx, {first, second}, {"1", "2"})) == reply::number(1));
  CHECK(world.ask(asking(op::rename, {first, second})) == reply::ok());
  CHECK(world.get(second) == reply::bulk("1"));
  CHECK(world.forwards.empty());
}

TEST_CASE("a command that is atomic over its keys waits until each of them has a leader") {
  networked_shard world;
  world.draw({});
  const auto first = key_of(anna, 0);
  const auto second = key_of(anna, 1);
  world.begin(asking(op::msetnx, {first, second}, {"1", "2"}));
  world.hear_that_leads(anna, first, 2);
  CHECK(world.forwards.empty());
  world.hear_that_leads(anna, second, 2);
  CHECK(world.sent(op::msetnx).to == anna);
}

// ---- the whole space ----

TEST_CASE("DBSIZE adds up what all nodes lead, and one that does not answer is told of") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  world.set(key_of(here, 0), "v");
  world.set(key_of(here, 1), "v");
  world.begin(asking(op::dbsize, bytes_view{}), 1);
  world.outcome(world.sent(op::dbsize), reply::number(5), anna);
  world.outcome(world.sent(op::dbsize), reply::number(10), bert);
  CHECK(world.answered(1) == reply::number(17));
  world.begin(asking(op::dbsize, bytes_view{}), 2);
  world.outcome(world.sent(op::dbsize), reply::number(5), anna);
  world.outcome(world.sent(op::dbsize), reply::failure(errc::unavailable, "gone"), {});
  CHECK(world.answered(2) == reply::failure(errc::unavailable, "gone"));
  CHECK(world.asked_by_node(asking(op::dbsize, bytes_view{})) == reply::number(2));
}

TEST_CASE("KEYS has the names that all nodes found") {
  networked_shard world;
  world.draw({staying(anna)});
  world.set(key_of(here), "v");
  command keys = asking(op::keys, bytes_view{});
  keys.value = "*";
  world.begin(keys);
  const auto passed = world.sent(op::keys);
  CHECK(passed.what->get().value == "*");
  world.outcome(passed, reply::list({reply::bulk("hers")}), anna);
  CHECK(world.answered(1) == reply::list({reply::bulk("hers"), reply::bulk(key_of(here))}));
}

TEST_CASE("a page of SCAN ends where the nearest of the nodes' pages ends") {
  networked_shard world;
  world.draw({staying(anna)});
  world.set(key_of(here), "v");
  const auto group = layout::position_of(key_of(here)) >> 11U;
  const auto page = [](std::uint64_t cursor, std::vector<reply> names) {
    return reply::list({reply::bulk(std::to_string(cursor)), reply::list(std::move(names))});
  };
  world.begin(asking(op::scan, bytes_view{}), 1);
  world.outcome(world.sent(op::scan), page(group, {}), anna);
  CHECK(world.answered(1) == page(group, {}));
  world.begin(asking(op::scan, bytes_view{}), 2);
  world.outcome(world.sent(op::scan), page(group + 1, {}), anna);
  CHECK(world.answered(2) == page(group + 1, {reply::bulk(key_of(here))}));
  world.begin(asking(op::scan, bytes_view{}), 3);
  world.outcome(world.sent(op::scan), page(0, {}), anna);
  CHECK(world.answered(3) == page(0, {reply::bulk(key_of(here))}));
}

TEST_CASE("FLUSHALL is done when it is done at all nodes") {
  networked_shard world;
  world.draw({staying(anna)});
  world.set(key_of(here), "v");
  world.begin(asking(op::flush, bytes_view{}), 1);
  CHECK_FALSE(world.answered(1).has_value());
  world.outcome(world.sent(op::flush), reply::ok(), anna);
  CHECK(world.answered(1) == reply::ok());
  CHECK(world.get(key_of(here)) == reply::null());
  world.begin(asking(op::flush, bytes_view{}), 2);
  world.outcome(world.sent(op::flush), reply::failure(errc::uncertain, "gone"), anna);
  CHECK(world.answered(2) == reply::failure(errc::uncertain, "gone"));
}

TEST_CASE("RANDOMKEY is a key of some node, and null where no node has any") {
  networked_shard world;
  world.draw({staying(anna)});
  world.begin(asking(op::randomkey, bytes_view{}), 1);
  world.outcome(world.sent(op::randomkey), reply::null(), anna);
  CHECK(world.answered(1) == reply::null());
  world.begin(asking(op::randomkey, bytes_view{}), 2);
  world.outcome(world.sent(op::randomkey), reply::bulk("hers"), anna);
  CHECK(world.answered(2) == reply::bulk("hers"));
}
