#include "actors/concern.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::actors;

TEST_CASE("a node with nothing wrong has no concerns") {
  CHECK(concerns_of({}, {}, 0, 0).empty());
}

TEST_CASE("each thing that is wrong with a node is one concern with its figures, in their order") {
  store_account store;
  store.last_write_ok = false;
  store.sync_failing = true;
  store.unsynced_changes = 12;
  router_account router;
  router.clocks_apart = 2;
  router.unreachable = "nobody can dial it";
  const auto found = concerns_of(store, router, 5, 34);
  REQUIRE(found.size() == 5);
  CHECK(found[0].what == "read-only");
  CHECK(found[1].what == "unsynced");
  CHECK(found[1].why.starts_with("12 changes"));
  CHECK(found[2].what == "under-replicated");
  CHECK(found[2].why.starts_with("34 keys in 5 ranges"));
  CHECK(found[3].what == "clocks-apart");
  CHECK(found[3].why.starts_with("2 other nodes"));
  CHECK(found[4].what == "unreachable");
  CHECK(found[4].why == "nobody can dial it");
}
