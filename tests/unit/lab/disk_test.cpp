#include "lab/disk.hpp"

#include <catch2/catch_test_macros.hpp>

#include "lab/world_options.hpp"
#include "object/record.hpp"
#include "object/stored_object.hpp"

using namespace comet;
using namespace comet::lab;
using object::replica::stamp;

TEST_CASE("a disk keeps its life from one start to the next, and loses it when it is emptied") {
  disk storage{sha256("one")};
  const auto first = storage.open(7, false);
  REQUIRE(first.ok());
  CHECK(first->newborn);
  CHECK(first->founds);
  CHECK(first->life == 7);
  const auto second = storage.open(8, true);
  REQUIRE(second.ok());
  CHECK_FALSE(second->newborn);
  CHECK(second->founds);
  CHECK(second->life == 7);
  storage.erase(sha256("two"));
  CHECK(storage.id() == sha256("two"));
  const auto third = storage.open(9, true);
  REQUIRE(third.ok());
  CHECK(third->newborn);
  CHECK_FALSE(third->founds);
  CHECK(third->life == 9);
}

TEST_CASE("groups that were agreed on are there when the node starts") {
  disk storage{sha256("one")};
  object::replica::range_register kept;
  kept.current = {1, {{sha256("one"), 7}}};
  kept.votes = true;
  storage.found(7, {{5, kept}});
  const auto found = storage.open(8, false);
  REQUIRE(found.ok());
  CHECK(found->life == 7);
  CHECK_FALSE(found->founds);
  CHECK(found->registers.at(5) == kept);
}

TEST_CASE("copies and due times are found, and a load tells what is there") {
  disk storage{sha256("one")};
  object::record kept;
  kept.value = "hello";
  change_batch changes;
  changes.put(object::layout::object_key("key"),
              object::encode_stored(stamp{1, 1, 1}, encode(kept)));
  changes.put(object::layout::due_key(epoch, "key"), "");
  REQUIRE(storage.commit(changes).ok());
  const auto copy = storage.copy_of("key");
  REQUIRE(copy.ok());
  REQUIRE(copy->has_value());
  CHECK_FALSE((*copy)->erased);
  CHECK(object::decode((*copy)->encoded)->value == "hello");
  CHECK_FALSE(storage.copy_of("other")->has_value());
  CHECK(storage.next_due(epoch - std::chrono::milliseconds{1}) == epoch);
  CHECK_FALSE(storage.next_due(epoch).has_value());
  CHECK(storage.keys_due(epoch - std::chrono::seconds{1}, epoch, 9) == std::vector<bytes>{"key"});
  CHECK(storage.keys_due(epoch, epoch + std::chrono::seconds{1}, 9).empty());
  const auto loaded = storage.load({1, object::layout::object_key("key"), ""});
  CHECK(loaded.ticket == 1);
  CHECK(loaded.content->has_value());
  const auto found = storage.open(1, false);
  REQUIRE(found.ok());
  const auto range = object::replica::range_at(object::layout::position_of("key"));
  CHECK(found->objects_in[range] == 1);
}

TEST_CASE("a scan gives the keys of a page that are asked for") {
  disk storage{sha256("one")};
  change_batch changes;
  for (const bytes key : {"apple", "banana"})
    changes.put(object::layout::object_key(key),
                object::encode_stored({1, 1, 1}, encode(object::record{})));
  REQUIRE(storage.commit(changes).ok());
  object::scan_order order;
  order.from = object::layout::object_range_start(0);
  order.to = object::layout::objects_end();
  order.limit = 10;
  order.pattern = "a*";
  const auto page = storage.scan(order);
  CHECK(page.looked_at == 2);
  CHECK(page.keys == std::vector<bytes>{"apple"});
}
