#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

TEST_CASE("a listing that cannot be read is read again, and the repair goes on") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(0, key, "old") == reply::ok());
  group.run_for(100ms);
  group.kill(2);
  CHECK(group.set(0, key, "new") == reply::ok());
  group[1].fail_scans_of = scan_order::kind::listing;
  group.start(2);
  group.run_for(2s);
  CHECK(group[1].scans_failed > 0);
  CHECK(group[1].scans_failed <= 3 * 200);  // one a tick and range, not as fast as they fail
  CHECK(group.on_disk(2, key) == "old");
  group[1].fail_scans_of.reset();
  group.run_for(5s);
  CHECK(group.copies(key, "new") == 3);
}

TEST_CASE("a value that cannot be read for another member is read again, not taken for absent") {
  linked_shards group;
  const auto key = key_of(anna);
  CHECK(group.set(0, key, "v") == reply::ok());
  group.run_for(100ms);
  group.kill(1);
  group.kill(2);
  group[2].stored.erase(layout::object_key(key));  // as if it had never been there
  group[0].fail_loads_of = layout::object_key(key);
  group.start(2);
  group.run_for(4s);
  group[0].fail_loads_of.reset();
  group.run_for(5s);
  CHECK(group.get(2, key) == reply::bulk("v"));
  CHECK(group.on_disk(2, key) == "v");
}

TEST_CASE("a value that the disk damaged is told to nobody, neither as a value nor as absent") {
  linked_shards group;
  const auto key = key_of(anna);
  const auto place = layout::object_key(key);
  CHECK(group.set(0, key, "v") == reply::ok());
  group.run_for(100ms);
  group.kill(1);
  group.kill(2);
  group[2].stored.erase(place);
  const auto sound = group[0].stored.at(place);
  group[0].stored.at(place).back() ^= 1;
  group.start(2);
  group.run_for(4s);
  CHECK_FALSE(group[2].stored.contains(place));
  group[0].stored.at(place) = sound;
  group.run_for(5s);
  CHECK(group.get(2, key) == reply::bulk("v"));
  CHECK(group.on_disk(2, key) == "v");
}

TEST_CASE("a page of a range that leaves or is flushed is read again when it could not be read") {
  linked_shards group{1, 1};
  const auto key = key_of(here);
  CHECK(group.set(0, key, "v") == reply::ok());
  group[0].fail_scans_of = scan_order::kind::listing;
  const auto flush = group.begin(0, asking(op::flush, bytes_view{}));
  group.run_for(1s);
  CHECK_FALSE(group.answered(flush).has_value());
  group[0].fail_scans_of.reset();
  group.run_for(20ms);
  CHECK(group.answered(flush) == reply::ok());
  CHECK(group.get(0, key) == reply::null());
}
