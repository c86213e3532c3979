#include "actors/resolver.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "actor_stage.hpp"

using namespace comet;
using namespace comet::actors;

TEST_CASE("literals are resolved to themselves") {
  const auto v4 = resolve({"192.0.2.1", 7400});
  CHECK_FALSE(v4.failure);
  CHECK(v4.addresses == std::vector<wire::endpoint>{{"192.0.2.1", 7400}});
  const auto v6 = resolve({"2001:db8::1", 7400});
  CHECK(v6.addresses == std::vector<wire::endpoint>{{"2001:db8::1", 7400}});
}

TEST_CASE("localhost is a loopback address, once each") {
  const auto found = resolve({"localhost", 7400});
  REQUIRE_FALSE(found.failure);
  REQUIRE_FALSE(found.addresses.empty());
  for (const auto& one : found.addresses) {
    CHECK((one.ip == "127.0.0.1" || one.ip == "::1"));
    CHECK(one.port == 7400);
    CHECK(std::ranges::count(found.addresses, one) == 1);
  }
}

TEST_CASE("a name that cannot be says so with its name") {
  const auto found = resolve({"no such name\x01", 1});
  REQUIRE(found.failure);
  CHECK(found.failure->message.find("no such name\\x01") != bytes::npos);
  CHECK(found.addresses.empty());
}

TEST_CASE("the resolver answers all names of an order") {
  actor_stage stage;
  witness<names_resolved> asker{stage};
  const auto resolver = stage.spawn<resolver_actor>();
  caf::send_as(asker.handle, resolver, resolve_order{{{"127.0.0.1", 1}, {"127.0.0.2", 2}}});
  stage.run();
  REQUIRE(asker.seen().size() == 1);
  REQUIRE(asker.seen()[0].names.size() == 2);
  CHECK(asker.seen()[0].names[1].name.host == "127.0.0.2");
  CHECK(asker.seen()[0].names[1].addresses.size() == 1);
}
