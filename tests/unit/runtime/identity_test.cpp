#include "runtime/identity.hpp"

#include <catch2/catch_test_macros.hpp>

#include "object/layout.hpp"
#include "store/memory_store.hpp"

namespace comet::runtime {
namespace {

TEST_CASE("a store keeps the identity it was given first, through power loss") {
  store::memory_store store(store::durability::interval);
  const auto first = node_identity(store);
  REQUIRE(first.ok());
  store.crash();
  CHECK(node_identity(store).value() == *first);
}

TEST_CASE("two stores have two identities") {
  store::memory_store one;
  store::memory_store other;
  CHECK(node_identity(one).value() != node_identity(other).value());
}

TEST_CASE("an identity that cannot be kept is an error") {
  store::memory_store store;
  store.fail_commits(errc::disk_full, 1);
  CHECK(node_identity(store).failure().code == errc::disk_full);
}

TEST_CASE("a damaged identity is found") {
  store::memory_store store;
  store::batch batch;
  batch.put(object::layout::meta_key("node_id"), "short");
  REQUIRE(store.commit(batch).ok());
  const auto id = node_identity(store);
  REQUIRE_FALSE(id.ok());
  CHECK(id.failure().code == errc::corrupt);
}

TEST_CASE("random bytes are as many as asked for, and differ") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(1'000).size() == 1'000);
  CHECK(random_bytes(16) != random_bytes(16));
}

}  // namespace
}  // namespace comet::runtime
