#include "store/memory_store.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/store/engines.hpp"

namespace comet::store {

using namespace testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("a planned fault refuses the chosen commits and changes nothing", "[store]") {
  memory_store store;
  store.fail_commits(errc::disk_full, 2, 1);
  CHECK(store.commit(putting("a", "1")).ok());
  CHECK(refusal(store.commit(putting("b", "2"))).code == errc::disk_full);
  CHECK(refusal(store.commit(putting("a", "3"))).code == errc::disk_full);
  CHECK(store.commit(putting("c", "4")).ok());
  CHECK(all_of(store) == std::vector<entry>{{"a", "1"}, {"c", "4"}});
}

TEST_CASE("a crash takes back everything since the last sync", "[store]") {
  memory_store store(durability::interval);
  REQUIRE(store.commit(putting("a", "kept")).ok());
  REQUIRE(store.commit(putting("b", "kept")).ok());
  REQUIRE(store.sync().ok());

  batch changes;
  changes.put("a", "lost");
  changes.put("a", "lost too");
  changes.put("c", "lost");
  changes.erase_range("b", "d");
  changes.put("b", "lost");
  REQUIRE(store.commit(changes).ok());
  store.crash();
  CHECK(all_of(store) == std::vector<entry>{{"a", "kept"}, {"b", "kept"}});
  CHECK(store.size() == 2);
}

TEST_CASE("a crash takes nothing back when every commit is safe", "[store]") {
  memory_store store;
  REQUIRE(store.commit(putting("a", "1")).ok());
  store.crash();
  CHECK(store.size() == 1);
}

TEST_CASE("a refused sync makes nothing safe", "[store]") {
  memory_store store(durability::interval);
  REQUIRE(store.commit(putting("a", "1")).ok());
  store.fail_syncs(errc::storage, 1);
  CHECK(refusal(store.sync()).code == errc::storage);
  store.crash();
  CHECK(store.size() == 0);
}

TEST_CASE("a crash ends planned faults", "[store]") {
  memory_store store;
  store.fail_commits(errc::storage, 5);
  store.fail_syncs(errc::storage, 5);
  store.crash();
  CHECK(store.commit(putting("a", "1")).ok());
  CHECK(store.sync().ok());
}

}  // namespace comet::store
