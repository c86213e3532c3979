#include "runtime/identity.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/fingerprint.hpp"
#include "object/layout.hpp"
#include "store/memory_store.hpp"

namespace comet::runtime {
namespace {

TEST_CASE("a store keeps the identity it was given first, through power loss") {
  store::memory_store store(store::durability::interval);
  const auto first = node_identity(store);
  REQUIRE(first.ok());
  store.crash();
  const auto again = node_identity(store);
  REQUIRE(again.ok());
  CHECK(again->id == first->id);
  CHECK(again->key.public_part() == first->key.public_part());
}

TEST_CASE("a node's id is the fingerprint of its key") {
  store::memory_store store;
  const auto who = node_identity(store);
  REQUIRE(who.ok());
  CHECK(who->id == fingerprint_of(who->key.public_part()));
}

TEST_CASE("a directory that knows an id and no key gets a key, and the old id goes") {
  store::memory_store store;
  store::batch batch;
  batch.put(object::layout::meta_key("node_id"), bytes(sizeof(digest), 'x'));
  REQUIRE(store.commit(batch).ok());
  const auto first = node_identity(store);
  REQUIRE(first.ok());
  CHECK(first->id == fingerprint_of(first->key.public_part()));
  CHECK(node_identity(store)->id == first->id);
  CHECK_FALSE(store.load(object::layout::meta_key("node_id")).value().has_value());
}

TEST_CASE("two stores have two identities") {
  store::memory_store one;
  store::memory_store other;
  CHECK(node_identity(one)->id != node_identity(other)->id);
}

TEST_CASE("an identity that cannot be kept is an error") {
  store::memory_store store;
  store.fail_commits(errc::disk_full, 1);
  CHECK(node_identity(store).failure().code == errc::disk_full);
}

TEST_CASE("a damaged identity is found") {
  store::memory_store store;
  store::batch batch;
  batch.put(object::layout::meta_key("node_key"), "no key");
  REQUIRE(store.commit(batch).ok());
  const auto id = node_identity(store);
  REQUIRE_FALSE(id.ok());
  CHECK(id.failure().code == errc::corrupt);
  CHECK(id.failure().message.find("restore") != bytes::npos);
}

TEST_CASE("random bytes are as many as asked for, and differ") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(1'000).size() == 1'000);
  CHECK(random_bytes(16) != random_bytes(16));
}

}  // namespace
}  // namespace comet::runtime
