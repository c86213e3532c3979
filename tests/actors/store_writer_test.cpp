#include "actors/store_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "actor_stage.hpp"
#include "object/layout.hpp"
#include "store/memory_store.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

struct writing {
  actor_stage stage;
  std::shared_ptr<store::memory_store> store = std::make_shared<store::memory_store>();
  witness<commit_ack> reactor{stage};
  witness<commit_note> syncer{stage};
  caf::actor writer = stage.spawn<store_writer_actor>(store, syncer.handle);

  void send(std::uint64_t epoch, std::uint64_t number, const bytes& key, const bytes& value) {
    write_order order;
    order.epoch = epoch;
    order.batch.number = number;
    order.batch.changes.put(key, value);
    caf::send_as(reactor.handle, writer, write_parcel{std::move(order)});
  }
  bytes stored(const bytes& key) { return store->load(key).value().value_or("-"); }
};

}  // namespace

TEST_CASE("all batches that wait become one commit with one acknowledgement") {
  writing w;
  for (std::uint64_t i = 1; i <= 5; ++i)
    w.send(1, i, "k" + std::to_string(i), "v");
  w.stage.run();
  REQUIRE(w.reactor.seen().size() == 1);
  const auto& ack = w.reactor.seen().front();
  CHECK(ack.number == 5);
  CHECK(ack.batches == 5);
  CHECK(ack.changes == 5);
  CHECK(!ack.failure);
  for (int i = 1; i <= 5; ++i)
    CHECK(w.stored("k" + std::to_string(i)) == "v");
}

TEST_CASE("a batch that comes after a commit is a commit of its own") {
  writing w;
  w.send(1, 1, "a", "1");
  w.stage.run();
  w.send(1, 2, "a", "2");
  w.stage.run();
  REQUIRE(w.reactor.seen().size() == 2);
  CHECK(w.reactor.seen()[0].number == 1);
  CHECK(w.reactor.seen()[1].number == 2);
  CHECK(w.stored("a") == "2");
}

TEST_CASE("within a group the later change of a key wins") {
  writing w;
  w.send(1, 1, "a", "1");
  w.send(1, 2, "a", "2");
  w.stage.run();
  CHECK(w.stored("a") == "2");
}

TEST_CASE("the syncer learns how much was committed and nothing of what failed") {
  writing w;
  w.send(1, 1, "a", "1");
  w.send(1, 2, "b", "1");
  w.stage.run();
  w.store->fail_commits(errc::disk_full, 1);
  w.send(1, 3, "c", "1");
  w.stage.run();
  REQUIRE(w.syncer.seen().size() == 1);
  CHECK(w.syncer.seen().front().changes == 2);
}

TEST_CASE("a failed commit names the first lost batch and stores nothing of the group") {
  writing w;
  w.store->fail_commits(errc::disk_full, 1);
  w.send(1, 1, "a", "1");
  w.send(1, 2, "b", "1");
  w.stage.run();
  REQUIRE(w.reactor.seen().size() == 1);
  const auto& ack = w.reactor.seen().front();
  CHECK(ack.epoch == 1);
  CHECK(ack.number == 1);
  REQUIRE(ack.failure);
  CHECK(ack.failure->code == errc::disk_full);
  CHECK(w.stored("a") == "-");
  CHECK(w.stored("b") == "-");
}

TEST_CASE("after a failure batches of its epoch are discarded, those of the next are committed") {
  writing w;
  w.store->fail_commits(errc::storage, 1);
  w.send(1, 1, "a", "lost");
  w.stage.run();
  w.send(1, 2, "b", "built on what was lost");
  w.stage.run();
  CHECK(w.reactor.seen().size() == 1);
  CHECK(w.stored("b") == "-");

  w.send(2, 3, "c", "decided anew");
  w.stage.run();
  REQUIRE(w.reactor.seen().size() == 2);
  CHECK(w.reactor.seen().back().epoch == 2);
  CHECK(w.reactor.seen().back().number == 3);
  CHECK(!w.reactor.seen().back().failure);
  CHECK(w.stored("c") == "decided anew");
}

TEST_CASE("a group that holds the old epoch and the new one commits the new one only") {
  writing w;
  w.store->fail_commits(errc::storage, 1);
  w.send(1, 1, "a", "lost");
  w.stage.run();
  w.send(1, 2, "b", "discarded");
  w.send(2, 3, "c", "kept");
  w.stage.run();
  REQUIRE(w.reactor.seen().size() == 2);
  CHECK(w.reactor.seen().back().batches == 1);
  CHECK(w.stored("b") == "-");
  CHECK(w.stored("c") == "kept");
}

TEST_CASE("what is to be remembered is kept apart from batches, and its failure is told") {
  writing w;
  witness<remembered> router{w.stage};
  caf::send_as(router.handle, w.writer, remember{"contacts", "text"});
  w.stage.run();
  REQUIRE(router.seen().size() == 1);
  CHECK_FALSE(router.seen()[0].failure);
  CHECK(router.seen()[0].name == "contacts");
  CHECK(w.stored(object::layout::meta_key("contacts")) == "text");
  REQUIRE(w.syncer.seen().size() == 1);
  CHECK(w.syncer.seen()[0].changes == 1);
  CHECK(w.reactor.seen().empty());
  w.store->fail_commits(errc::disk_full, 1);
  caf::send_as(router.handle, w.writer, remember{"contacts", "other"});
  w.stage.run();
  REQUIRE(router.seen().size() == 2);
  REQUIRE(router.seen()[1].failure);
  CHECK(router.seen()[1].failure->code == errc::disk_full);
  // The batches of the shard go on as if nothing had been.
  w.send(1, 1, "a", "1");
  w.stage.run();
  CHECK(w.stored("a") == "1");
}
