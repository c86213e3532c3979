#include "actors/stored_replicas.hpp"

#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "object/layout.hpp"
#include "object/record.hpp"
#include "object/stored_object.hpp"
#include "store/memory_store.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

bytes seven(std::size_t count) {
  return bytes(count, '\7');
}

object::replica::range_id range_of(bytes_view key) {
  return object::replica::range_at(object::layout::position_of(key));
}

bytes object_that_asks(const object::asked_replicas& asked) {
  object::record r;
  r.active = std::make_unique<object::activity>();
  r.active->state = "\x80";
  r.active->replicas = asked;
  return object::encode_stored({}, object::encode(r));
}

void put(store::store& store, const bytes& key, const bytes& value) {
  store::batch change;
  change.put(object::layout::object_key(key), value);
  REQUIRE(store.commit(change));
}

void put_number(store::store& store, bytes_view name, std::uint64_t number) {
  store::batch change;
  change.put(object::layout::meta_key(name), object::layout::encode_number(number));
  REQUIRE(store.commit(change));
}

std::optional<std::uint64_t> stored(store::store& store, bytes_view name) {
  const auto raw = store.load(object::layout::meta_key(name));
  REQUIRE(raw);
  if (!*raw) return {};
  return object::layout::decode_number(**raw).value();
}

}  // namespace

TEST_CASE("the first start decides the life and whether the node founds a network, for good") {
  store::memory_store store;
  const auto first = read_replicas(store, true, seven);
  REQUIRE(first);
  CHECK(first->life != 0);
  CHECK_FALSE(first->founds);
  const auto later = read_replicas(store, false, [](std::size_t n) { return bytes(n, '\1'); });
  REQUIRE(later);
  CHECK(later->life == first->life);
  CHECK_FALSE(later->founds);
}

TEST_CASE("each start makes the disk older, and that is safe on it before the node says anything") {
  store::memory_store store;
  for (std::uint64_t start = 1; start <= 3; ++start) {
    const auto found = read_replicas(store, false, seven);
    REQUIRE(found);
    CHECK(found->age == start);
    CHECK(stored(store, "age") == start);
    CHECK(found->newborn == (start == 1));
  }
}

TEST_CASE("a directory of an earlier build has no age, and gets one") {
  store::memory_store store;
  put_number(store, "life", 9);
  put_number(store, "founded", 1);
  const auto found = read_replicas(store, false, seven);
  REQUIRE(found);
  CHECK(found->life == 9);
  CHECK(found->age == 1);
  CHECK(found->founds);
  CHECK_FALSE(found->newborn);
}

TEST_CASE("a node whose life is over begins another, which founds nothing, and keeps its copies") {
  store::memory_store store;
  put(store, "kept", object::encode_stored({}, object::encode(object::record{})));
  const auto first = read_replicas(store, false, seven);
  REQUIRE(first);
  REQUIRE(first->founds);
  store::batch change;
  change.put(object::layout::register_key(5), object::replica::encode({}));
  REQUIRE(store.commit(change));
  put_number(store, "over", first->life);
  for (const bool joins : {true, false}) {
    const auto next = read_replicas(store, joins, [](std::size_t n) { return bytes(n, '\1'); });
    REQUIRE(next);
    CHECK(next->life != first->life);
    CHECK_FALSE(next->founds);
    CHECK(next->born_again == joins);  // once
    CHECK(next->newborn == joins);
    CHECK(next->age == (joins ? 1 : 2));
    CHECK(next->registers.contains(5));
    CHECK(next->objects_in[range_of("kept")] == 1);
    CHECK_FALSE(stored(store, "over"));
  }
}

TEST_CASE("that another life is over does not end this one") {
  store::memory_store store;
  const auto first = read_replicas(store, false, seven);
  REQUIRE(first);
  put_number(store, "over", first->life + 2);
  const auto next = read_replicas(store, false, seven);
  REQUIRE(next);
  CHECK(next->life == first->life);
  CHECK_FALSE(next->born_again);
}

TEST_CASE("objects are counted by range, and what they ask for is summed up") {
  store::memory_store store;
  put(store, "passive", object::encode_stored({}, object::encode(object::record{})));
  put(store, "modest", object_that_asks({}));
  put(store, "asks", object_that_asks({5, {sha256("a node")}, std::chrono::minutes{2}}));
  put(store, "erased", object::encode_tombstone({1, 1, 1}));
  put(store, "damaged", object_that_asks({6, {}}) + "x");
  const auto found = read_replicas(store, false, seven);
  REQUIRE(found);
  std::uint64_t objects = 0;
  for (const auto count : found->objects_in)
    objects += count;
  CHECK(objects == 4);
  CHECK(found->objects_in[range_of("asks")] == 1);
  CHECK(found->objects_in[range_of("erased")] == 0);
  CHECK(found->asked.asking() == std::vector{range_of("asks")});
  CHECK(found->asked.count(range_of("asks")) == 5);
  CHECK(found->asked.nodes(range_of("asks")) == std::vector{sha256("a node")});
  CHECK(found->asked.interval(range_of("asks")) == std::chrono::minutes{2});
}

TEST_CASE("a directory with objects of its own does not join a network") {
  store::memory_store store;
  put(store, "own", object::encode_stored({}, object::encode(object::record{})));
  const auto refused = read_replicas(store, true, seven);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::config);
}

TEST_CASE("the first start of a node that joins nobody founds a network, with what it has") {
  store::memory_store store;
  put(store, "own", object::encode_stored({}, object::encode(object::record{})));
  const auto first = read_replicas(store, false, seven);
  REQUIRE(first);
  CHECK(first->founds);
  CHECK(first->newborn);
  CHECK(first->registers.empty());
  CHECK(first->objects_in[range_of("own")] == 1);
  const auto later = read_replicas(store, true, seven);
  REQUIRE(later);
  CHECK(later->founds);
  CHECK_FALSE(later->newborn);
}

TEST_CASE("two directories are two lives") {
  store::memory_store one;
  store::memory_store other;
  const auto first = read_replicas(one, true, seven);
  const auto second = read_replicas(other, true, [](std::size_t n) { return bytes(n, '\1'); });
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->life != second->life);
}

TEST_CASE("a later start finds the registers as they were written") {
  store::memory_store store;
  REQUIRE(read_replicas(store, true, seven));
  object::replica::range_register kept;
  kept.current = {3, {{sha256("one"), 1}, {sha256("two"), 2}, {sha256("three"), 3}}};
  kept.votes = true;
  kept.promised = object::replica::make_ballot(4, 2);
  store::batch change;
  for (const std::uint16_t range : {0, 17, 1'023})
    change.put(object::layout::register_key(range), object::replica::encode(kept));
  REQUIRE(store.commit(change));
  const auto found = read_replicas(store, true, seven);
  REQUIRE(found);
  REQUIRE(found->registers.size() == 3);
  CHECK(found->registers.at(17) == kept);
  CHECK(found->registers.at(1'023) == kept);
}

TEST_CASE("a damaged register ends the start: a vote that is forgotten could be given twice") {
  store::memory_store store;
  REQUIRE(read_replicas(store, true, seven));
  store::batch change;
  change.put(object::layout::register_key(17), "damaged");
  REQUIRE(store.commit(change));
  const auto refused = read_replicas(store, true, seven);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::corrupt);
}
