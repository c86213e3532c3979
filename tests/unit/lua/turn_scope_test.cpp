#include "lua/turn_scope.hpp"

#include <catch2/catch_test_macros.hpp>

#include "lua/activation.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

struct fixture {
  object::policy limits;
  environment world;
  turn_scope scope{"own", limits, world, 9};

  void begin(bytes_view callback_key = {}) {
    object::command c;
    c.callback_key = callback_key;
    request.kind = turn_kind::fetch;
    request.what = std::make_shared<const object::owned_command>(c);
    scope.begin(request, nullptr);
  }
  bool put(bytes_view key, std::uint64_t token = 1) {
    return scope.ask(nullptr, {object::outcall::kind::put, key, true, "v"}, token);
  }
  object::turn_request request;
};

}  // namespace

TEST_CASE("tokens of two activations differ") {
  object::policy limits;
  environment world;
  turn_scope one("k", limits, world, 1);
  turn_scope two("k", limits, world, 2);
  CHECK(one.draw_token() != two.draw_token());
  CHECK(one.draw_token() != one.draw_token());
}

TEST_CASE("a right is used up by a put and not by what is refused") {
  fixture f;
  f.begin("back");
  CHECK_FALSE(f.put("other"));
  CHECK(f.scope.refusal().code == errc::refused);
  CHECK(f.put("back"));
  CHECK_FALSE(f.put("back"));
  CHECK(f.scope.recorded.messages.size() == 1);
}

TEST_CASE("rights are bounded: the oldest go first") {
  fixture f;
  f.limits.messages_per_turn = 1'000'000;
  for (int i = 0; i < 5'000; ++i)
    f.begin("callback-" + std::to_string(i) + bytes(100, 'x'));
  CHECK_FALSE(f.put("callback-0" + bytes(100, 'x')));
  CHECK(f.put("callback-4999" + bytes(100, 'x')));
}

TEST_CASE("a value over the limit is refused") {
  fixture f;
  f.limits.value_bytes_max = 4;
  f.begin();
  const bytes large(5, 'x');
  CHECK_FALSE(f.scope.ask(nullptr, {object::outcall::kind::put, "own", true, large}, 1));
  CHECK(f.scope.refusal().code == errc::too_large);
}

TEST_CASE("a continuation is taken once") {
  fixture f;
  f.begin();
  CHECK(f.put("own", 77));
  CHECK(f.scope.has_continuations());
  CHECK(f.scope.take_continuation(77) == object::outcall::kind::put);
  CHECK_FALSE(f.scope.take_continuation(77));
  CHECK_FALSE(f.scope.has_continuations());
}

TEST_CASE("a new turn begins with nothing recorded") {
  fixture f;
  f.begin();
  f.scope.log("line");
  f.scope.delete_self();
  f.scope.publish("c", "m");
  f.begin();
  CHECK(f.scope.recorded.log.empty());
  CHECK(f.scope.recorded.publications.empty());
  CHECK(f.scope.recorded.fate == object::disposition::keep);
}

namespace {

/// Any key may be reached; "bob" owns what the scope runs, and may write "b:*" and speak on "ch".
struct shared_node : fixture {
  shared_node() {
    auto bob = std::make_shared<object::user_rights>();
    bob->keys = {{"b:*", object::key_access::write}, {"r:*", object::key_access::read}};
    bob->channels = {"ch"};
    auto users = std::make_shared<object::user_directory>();
    users->add("bob", bob);
    limits.users = users;
    limits.handlers_reach = object::reach::any;
    request.successor_owner = "bob";
  }
  bool ask(object::outcall::kind what, bytes_view key) {
    return scope.ask(nullptr, {what, key, true, "v"}, 1);
  }
};

}  // namespace

TEST_CASE("a handler reaches no key that its object's owner may not") {
  using kind = object::outcall::kind;
  shared_node n;
  n.begin();
  CHECK(n.ask(kind::put, "b:1"));
  CHECK_FALSE(n.ask(kind::get, "b:1"));
  CHECK(n.ask(kind::get, "r:1"));
  CHECK_FALSE(n.ask(kind::put, "r:1"));
  CHECK_FALSE(n.ask(kind::put, "z"));
  CHECK(n.scope.refusal().code == errc::refused);
  CHECK(n.scope.publish("ch", "m"));
  CHECK_FALSE(n.scope.publish("other", "m"));
  CHECK(n.scope.refusal().message ==
        "comet.publish: the object's owner may not use the channel 'other'");
}

TEST_CASE("objects of a user who is gone reach nothing, signed code reaches all") {
  shared_node n;
  n.request.successor_owner = "gone";
  n.begin();
  CHECK_FALSE(n.put("b:1"));
  CHECK_FALSE(n.scope.publish("ch", "m"));
  n.scope.set_trusted(true);
  CHECK(n.put("b:1"));
  CHECK(n.put("z"));
  CHECK(n.scope.publish("other", "m"));
}
