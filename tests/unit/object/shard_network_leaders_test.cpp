#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

TEST_CASE(
    "a command goes to the node that says it leads, and to the nearest where nobody said so") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  const auto key = key_of(anna);
  world.begin(asking(op::get, key), 1);
  const auto nearest = world.sent(op::get);
  CHECK(nearest.to == anna);
  world.outcome(nearest, reply::null(), bert);
  world.hear_that_leads(bert, key, 3);
  world.begin(asking(op::get, key), 2);
  CHECK(world.sent(op::get).to == bert);
}

TEST_CASE("an announcement of an epoch that has passed changes no way") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  const auto key = key_of(anna);
  world.hear_that_leads(bert, key, 3);
  world.hear_that_leads(anna, key, 2);
  world.begin(asking(op::get, key));
  CHECK(world.sent(op::get).to == bert);
}

TEST_CASE("an announcement wakes what waits because its command never left") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  const auto key = key_of(anna);
  world.begin(asking(op::get, key));
  world.never_left(world.sent(op::get));
  CHECK(world.forwards.empty());
  world.hear_that_leads(bert, key_of(bert), 2);  // says nothing of this key
  CHECK(world.forwards.empty());
  world.hear_that_leads(bert, key, 2);
  CHECK(world.sent(op::get).to == bert);
}

TEST_CASE("who has heard of no leader and no other node waits, for 5 seconds and no longer") {
  networked_shard world;
  world.draw({});
  const auto key = key_of(anna);
  world.begin(setting(key, "v"));
  world.advance(4'950ms);
  CHECK_FALSE(world.answered(1).has_value());
  world.advance(50ms);
  REQUIRE(world.answered(1).has_value());
  CHECK(world.answered(1)->code == errc::unavailable);
  CHECK(world.answered(1)->text.find(key) != bytes::npos);
  CHECK(world.subject->idle());
}

TEST_CASE("a command that waits for a leader leaves when somebody says that it leads") {
  networked_shard world;
  world.draw({});
  const auto key = key_of(anna);
  world.begin(setting(key, "v"));
  world.hear_that_leads(anna, key, 2);
  const auto passed = world.sent(op::set);
  CHECK(passed.to == anna);
  world.outcome(passed, reply::ok(), anna);
  CHECK(world.answered(1) == reply::ok());
}

TEST_CASE(
    "the source of a code is told to who asks for it, and nothing of codes that are unknown") {
  networked_shard world;
  world.draw({staying(anna)});
  CHECK(world.put_object(key_of(here), "code") == reply::ok());
  const auto known = sha256("code");
  const auto unknown = sha256("other code");
  command question;
  question.what = op::code_text;
  question.method = as_bytes(known);
  CHECK(world.asked_by_node(question) == reply::bulk("code"));
  question.method = as_bytes(unknown);
  CHECK(world.asked_by_node(question) == reply::null());
  question.method = "no hash";
  CHECK(world.asked_by_node(question) == reply::null());
}
