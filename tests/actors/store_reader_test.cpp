#include "actors/store_reader.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "actor_stage.hpp"
#include "object/layout.hpp"
#include "object/record.hpp"
#include "store/memory_store.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

/// A store whose reads fail while `broken`.
class fragile_store final : public store::store {
 public:
  result<void> commit(const comet::store::batch& changes) override { return kept.commit(changes); }
  result<void> sync() override { return kept.sync(); }
  result<std::optional<bytes>> load(bytes_view key) override { return kept.load(key); }
  result<std::vector<std::optional<bytes>>> load_all(const std::vector<bytes>& keys) override {
    if (broken) return {errc::storage, "bad sector"};
    return kept.load_all(keys);
  }
  result<std::vector<comet::store::entry>> scan(bytes_view from, bytes_view to,
                                                std::size_t limit) override {
    if (broken) return {errc::storage, "bad sector"};
    return kept.scan(from, to, limit);
  }
  std::uint64_t disk_bytes() override { return 0; }
  comet::store::disk_space space() override { return {}; }

  comet::store::memory_store kept;
  bool broken = false;
};

struct reading {
  actor_stage stage;
  std::shared_ptr<fragile_store> store = std::make_shared<fragile_store>();
  witness<loaded_parcel> loads{stage};
  witness<scanned_parcel> scans{stage};
  std::vector<bytes> complaints;
  caf::actor reader = stage.spawn<store_reader_actor>(
      store, [this](const log_line& line) { complaints.emplace_back(line.message); });

  void put(const bytes& key, const bytes& value) {
    comet::store::batch changes;
    changes.put(key, value);
    REQUIRE(store->commit(changes).ok());
  }
  std::vector<object::loaded> load(std::vector<object::load_order> orders) {
    caf::send_as(loads.handle, reader, load_parcel{std::move(orders)});
    stage.run();
    REQUIRE(loads.seen().size() == 1);
    return loads.seen().front().take();
  }
  object::scanned scan(object::scan_order order) {
    caf::send_as(scans.handle, reader, scan_parcel{std::move(order)});
    stage.run();
    REQUIRE(scans.seen().size() == 1);
    return scans.seen().front().take();
  }
};

}  // namespace

TEST_CASE("loads answer each ticket with its own content, in order") {
  reading r;
  r.put("a", "1");
  r.put("code", "source");
  r.put("count", "7");
  const auto found = r.load({{1, "a", ""}, {2, "code", "count"}, {3, "missing", ""}});
  REQUIRE(found.size() == 3);
  CHECK(found[0].ticket == 1);
  CHECK(found[0].content.value() == "1");
  CHECK(!found[0].second);
  CHECK(found[1].ticket == 2);
  CHECK(found[1].content.value() == "source");
  CHECK(found[1].second == "7");
  CHECK(found[2].ticket == 3);
  CHECK(!found[2].content.value());
}

TEST_CASE("when the store cannot read, every load of the batch fails and none is forgotten") {
  reading r;
  r.store->broken = true;
  const auto found = r.load({{1, "a", ""}, {2, "b", "c"}});
  REQUIRE(found.size() == 2);
  for (const auto& one : found) {
    REQUIRE(!one.content.ok());
    CHECK(one.content.failure().code == errc::storage);
  }
}

TEST_CASE("a scan answers with the page that was asked for") {
  reading r;
  object::record record;
  record.version = 1;
  record.incarnation = 1;
  record.value = "v";
  r.put(object::layout::object_key("k"), object::encode(record));
  object::scan_order order;
  order.ticket = 4;
  order.from = object::layout::object_range_start(0);
  order.to = object::layout::objects_end();
  order.limit = 10;
  const auto page = r.scan(order);
  CHECK(page.ticket == 4);
  CHECK(!page.failure);
  CHECK(page.keys == std::vector<bytes>{"k"});
  CHECK(r.complaints.empty());
}

TEST_CASE("a scan that meets damage says so in the log") {
  reading r;
  r.put(object::layout::object_key("k"), "no record");
  object::scan_order order;
  order.from = object::layout::object_range_start(0);
  order.to = object::layout::objects_end();
  order.limit = 10;
  (void)r.scan(order);
  CHECK(r.complaints.size() == 1);
}

TEST_CASE("a scan that fails answers with the failure") {
  reading r;
  r.store->broken = true;
  object::scan_order order;
  order.ticket = 4;
  const auto page = r.scan(order);
  CHECK(page.ticket == 4);
  REQUIRE(page.failure);
  CHECK(page.failure->code == errc::storage);
}
