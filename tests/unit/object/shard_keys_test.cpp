#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

namespace {

command about(op what, bytes_view key) {
  command c;
  c.what = what;
  c.key = key;
  return c;
}

command about_all(op what, std::vector<bytes_view> keys, std::vector<bytes_view> values = {}) {
  command c;
  c.what = what;
  if (!keys.empty()) c.key = keys.front();
  c.keys = std::move(keys);
  c.values = std::move(values);
  return c;
}

}  // namespace

TEST_CASE("an expired key is gone for reads, for the count and for the store") {
  shard_world world;
  world.subject->on_tick(world.now);
  world.settle();
  world.set("k", "v");
  auto expire = about(op::expire, "k");
  expire.when = world.now.wall + std::chrono::seconds{10};
  CHECK(world.ask(expire) == reply::number(1));
  CHECK(world.ask(about(op::ttl, "k")) == reply::number(10));
  CHECK(world.subject->objects_with_expiry() == 1);
  world.advance(std::chrono::seconds{11});
  CHECK(world.get("k") == reply::null());
  CHECK(world.ask(about(op::ttl, "k")) == reply::number(-2));
  CHECK(world.subject->objects() == 0);
  CHECK(world.subject->objects_with_expiry() == 0);
  CHECK_FALSE(world.stored.contains(layout::object_key("k")));
}

TEST_CASE("a key that expires while the node is down is gone after the restart") {
  shard_world world;
  auto set = about(op::set, "k");
  set.value = "v";
  set.when = world.now.wall + std::chrono::seconds{5};
  world.ask(set);
  world.restart();
  world.advance(std::chrono::seconds{6});
  world.advance(std::chrono::milliseconds{1});
  CHECK(world.subject->objects() == 0);
  CHECK(world.stored.size() == 1);  // the counts
}

TEST_CASE("SET clears an expiry and PERSIST does") {
  shard_world world;
  auto set = about(op::set, "k");
  set.value = "v";
  set.when = world.now.wall + std::chrono::seconds{5};
  world.ask(set);
  CHECK(world.ask(about(op::persist, "k")) == reply::number(1));
  CHECK(world.ask(about(op::persist, "k")) == reply::number(0));
  world.ask(set);
  world.set("k", "w");
  CHECK(world.ask(about(op::ttl, "k")) == reply::number(-1));
}

TEST_CASE("conditions of EXPIRE are those of Redis") {
  shard_world world;
  world.set("k", "v");
  auto expire = about(op::expire, "k");
  expire.when = world.now.wall + std::chrono::seconds{10};
  expire.expire_if = expire_condition::if_any;
  CHECK(world.ask(expire) == reply::number(0));
  expire.expire_if = expire_condition::if_any_and_less;
  CHECK(world.ask(expire) == reply::number(0));
  expire.expire_if = expire_condition::if_greater;
  CHECK(world.ask(expire) == reply::number(0));
  expire.expire_if = expire_condition::if_none;
  CHECK(world.ask(expire) == reply::number(1));
  CHECK(world.ask(expire) == reply::number(0));
  expire.expire_if = expire_condition::if_less;
  CHECK(world.ask(expire) == reply::number(0));
  expire.when = world.now.wall + std::chrono::seconds{5};
  CHECK(world.ask(expire) == reply::number(1));
}

TEST_CASE("several keys are counted, read, written and deleted together") {
  shard_world world;
  CHECK(world.ask(about_all(op::mset, {"a", "b"}, {"1", "2"})) == reply::ok());
  CHECK(world.ask(about_all(op::mget, {"a", "x", "b"})) ==
        reply::list({reply::bulk("1"), reply::null(), reply::bulk("2")}));
  CHECK(world.ask(about_all(op::exists, {"a", "a", "x"})) == reply::number(2));
  CHECK(world.ask(about_all(op::msetnx, {"c", "a"}, {"3", "9"})) == reply::number(0));
  CHECK(world.get("c") == reply::null());
  CHECK(world.ask(about_all(op::msetnx, {"c", "d"}, {"3", "4"})) == reply::number(1));
  CHECK(world.ask(about_all(op::del, {"a", "b", "x"})) == reply::number(2));
  CHECK(world.subject->objects() == 2);
}

TEST_CASE("several keys that are not in memory are loaded before any is touched") {
  shard_world world;
  world.ask(about_all(op::mset, {"a", "b", "c"}, {"1", "2", "3"}));
  world.restart();
  CHECK(world.ask(about_all(op::mget, {"a", "b", "c", "d"})) ==
        reply::list({reply::bulk("1"), reply::bulk("2"), reply::bulk("3"), reply::null()}));
}

TEST_CASE("MGET runs a turn for each active key among the passive ones") {
  shard_world world;
  world.set("p", "1");
  world.put_object("a", "code");
  CHECK(world.ask(about_all(op::mget, {"p", "a"})) ==
        reply::list({reply::bulk("1"), reply::bulk("ran")}));
}

TEST_CASE("RENAME and COPY carry value, expiry and code") {
  shard_world world;
  world.put_object("a", "code");
  CHECK(world.ask(about_all(op::copy, {"a", "b"})) == reply::number(1));
  CHECK(world.ask(about_all(op::copy, {"a", "b"})) == reply::number(0));
  CHECK(world.get("b") == reply::bulk("ran"));
  CHECK(world.ask(about_all(op::rename, {"a", "c"})) == reply::ok());
  CHECK(world.get("a") == reply::null());
  CHECK(world.get("c") == reply::bulk("ran"));
  CHECK(*layout::decode_number(world.stored.at(layout::code_count_key(sha256("code")))) == 2);
  CHECK(world.ask(about_all(op::rename, {"missing", "x"})).text == "no such key");
  auto exclusive = about_all(op::rename, {"b", "c"});
  exclusive.exclusive = true;
  CHECK(world.ask(exclusive) == reply::number(0));
  CHECK(world.subject->objects() == 2);
}

TEST_CASE("FLUSHALL empties memory and store, and turns under way are void") {
  shard_world world;
  world.put_object("a", "code");
  world.set("p", "1");
  world.hold_turns = true;
  world.submit(about(op::get, "a"), 1);
  world.settle();
  CHECK(world.ask(about(op::flush, "")) == reply::ok());
  CHECK(world.subject->objects() == 0);
  CHECK(world.stored.size() == 1);  // the counts
  world.release_turns();
  REQUIRE(world.answers.size() == 1);
  CHECK(world.answers[0].content.code == errc::conflict);
  world.hold_turns = false;
  CHECK(world.get("a") == reply::null());
  CHECK(world.set("p", "2") == reply::ok());
  world.restart();
  CHECK(world.get("p") == reply::bulk("2"));
}

TEST_CASE("a FLUSHALL that could not be stored is undone") {
  shard_world world;
  world.set("p", "1");
  world.fail_commits = true;
  CHECK(world.ask(about(op::flush, "")).failed());
  world.fail_commits = false;
  CHECK(world.get("p") == reply::bulk("1"));
  CHECK(world.subject->objects() == 1);
}

TEST_CASE("OBJECT tells the encoding and the idle time") {
  shard_world world;
  world.set("n", "12");
  world.set("s", "text");
  world.set("l", bytes(45, 'x'));
  CHECK(world.ask(about(op::object_encoding, "n")) == reply::bulk("int"));
  CHECK(world.ask(about(op::object_encoding, "s")) == reply::bulk("embstr"));
  CHECK(world.ask(about(op::object_encoding, "l")) == reply::bulk("raw"));
  world.now.mono += std::chrono::seconds{7};
  CHECK(world.ask(about(op::object_idletime, "n")) == reply::number(7));
}

TEST_CASE("the place and the lifetime of an object are its owner's to change") {
  shard_world world;
  world.who.user = "anna";
  world.put_object("a", "return {}");
  world.set("p", "v");
  world.who.user = "bert";
  CHECK(world.ask(about_all(op::copy, {"a", "b"})).code == errc::no_permission);
  CHECK(world.ask(about_all(op::rename, {"a", "b"})).code == errc::no_permission);
  CHECK(world.ask(about_all(op::rename, {"p", "a"})).code == errc::no_permission);
  CHECK(world.ask(about(op::persist, "a")).code == errc::no_permission);
  auto expire = about(op::expire, "a");
  expire.when = world.now.wall + std::chrono::seconds{10};
  CHECK(world.ask(expire).code == errc::no_permission);
  world.who.user = "anna";
  CHECK(world.ask(expire) == reply::number(1));
  CHECK(world.ask(about_all(op::rename, {"a", "b"})) == reply::ok());
}

TEST_CASE("passive values are everybody's to move and to expire") {
  shard_world world;
  world.who.user = "anna";
  world.set("p", "v");
  world.who.user = "bert";
  auto expire = about(op::expire, "p");
  expire.when = world.now.wall + std::chrono::seconds{10};
  CHECK(world.ask(expire) == reply::number(1));
  CHECK(world.ask(about_all(op::rename, {"p", "q"})) == reply::ok());
}
