#include "actors/store_syncer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "actor_stage.hpp"
#include "store/memory_store.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

struct syncing {
  actor_stage stage;
  std::shared_ptr<store::memory_store> store =
      std::make_shared<store::memory_store>(store::durability::interval);
  witness<sync_report> reactor{stage};
  witness<synced> asker{stage};
  std::vector<bytes> complaints;
  caf::actor syncer = stage.spawn<store_syncer_actor>(
      store, 1'000ms, [this](const log_line& line) { complaints.emplace_back(line.message); });

  syncing() {
    caf::send_as(reactor.handle, syncer, introduction{});
    stage.run();
  }
  void commit(const bytes& key) {
    store::batch changes;
    changes.put(key, "v");
    REQUIRE(store->commit(changes).ok());
    caf::anon_send(syncer, commit_note{1});
    stage.run();
  }
};

}  // namespace

TEST_CASE("one sync follows the commits of an interval, and none when nothing was committed") {
  syncing s;
  REQUIRE(s.reactor.seen().size() == 1);  // the introduction's answer
  CHECK_FALSE(s.reactor.seen().front().took);
  s.stage.pass(5s);
  CHECK(s.reactor.seen().size() == 1);

  s.commit("a");
  s.commit("b");
  s.stage.pass(999ms);
  CHECK(s.reactor.seen().size() == 1);
  s.stage.pass(1ms);
  REQUIRE(s.reactor.seen().size() == 2);
  CHECK(s.reactor.seen().back().syncs == 1);
  CHECK(s.reactor.seen().back().synced_changes == 2);
  CHECK(s.reactor.seen().back().took.has_value());

  s.stage.pass(5s);
  CHECK(s.reactor.seen().size() == 2);
}

TEST_CASE("what was synced survives a power loss") {
  syncing s;
  s.commit("early");
  s.stage.pass(1s);
  s.commit("late");
  s.store->crash();
  CHECK(s.store->load("early").value());
  CHECK(!s.store->load("late").value());
}

TEST_CASE("an order to sync is carried out at once and answered") {
  syncing s;
  s.commit("a");
  caf::send_as(s.asker.handle, s.syncer, sync_order{});
  s.stage.run();
  REQUIRE(s.asker.seen().size() == 1);
  CHECK(!s.asker.seen().front().failure);
  s.store->crash();
  CHECK(s.store->load("a").value());
}

TEST_CASE("a failed sync is reported, logged and tried again") {
  syncing s;
  s.commit("a");
  s.store->fail_syncs(errc::storage, 1);
  s.stage.pass(1s);
  CHECK(s.reactor.seen().back().failed_syncs == 1);
  CHECK(s.complaints.size() == 1);
  s.stage.pass(1s);
  CHECK(s.reactor.seen().back().syncs == 1);
  CHECK(s.reactor.seen().back().synced_changes == 1);
}

TEST_CASE("a failed order to sync answers with the failure") {
  syncing s;
  s.store->fail_syncs(errc::storage, 1);
  caf::send_as(s.asker.handle, s.syncer, sync_order{});
  s.stage.run();
  REQUIRE(s.asker.seen().size() == 1);
  REQUIRE(s.asker.seen().front().failure);
  CHECK(s.asker.seen().front().failure->code == errc::storage);
}
