#include <catch2/catch_test_macros.hpp>

#include "reactor_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

struct ending : reactor_stage {
  using reactor_stage::reactor_stage;

  witness<stopped> asker{stage};

  void stop(std::chrono::milliseconds patience) {
    caf::send_as(asker.handle, reactor, stop_order{patience});
    stage.run();
  }
  void sync_done(std::optional<error> failure = {}) {
    REQUIRE(syncer.seen().size() == 1);
    caf::anon_send(reactor, synced{std::move(failure)});
    stage.run();
  }
  [[nodiscard]] bool ended() const {
    return caf::actor_cast<caf::abstract_actor*>(reactor)->getf(
        caf::abstract_actor::is_terminated_flag);
  }
};

}  // namespace

TEST_CASE("an idle node syncs its store, closes its clients and ends") {
  ending r;
  const auto client = r.connect();
  r.stop(1h);
  CHECK(!r.ended());
  CHECK(!client.at_end());
  r.sync_done();
  REQUIRE(r.asker.seen().size() == 1);
  const auto& report = r.asker.seen()[0].report;
  CHECK(report.complete);
  CHECK(report.turns_cut == 0);
  CHECK(report.batches_cut == 0);
  CHECK(report.clients_cut == 0);
  CHECK(!report.sync_failure);
  CHECK(client.at_end());
  CHECK(r.ended());
}

TEST_CASE("a write under way is made durable and answered before the end") {
  ending r;
  const auto client = r.connect();
  (void)r.ask(client, "SET a 1\r\n");
  const auto order = r.written();
  r.stop(1h);
  CHECK(r.syncer.seen().empty());
  r.acknowledge(order);
  CHECK(client.received() == "+OK\r\n");
  r.sync_done();
  CHECK(r.asker.seen().at(0).report.complete);
  CHECK(client.at_end());
}

TEST_CASE("a turn under way is finished, committed and answered before the end") {
  ending r;
  const auto client = r.connect();
  (void)r.ask(client, "ASO.PUT k \"return {}\"\r\n");
  const auto batch = r.ordered();
  r.stop(1h);
  CHECK(r.syncer.seen().empty());

  object::outcome_batch done;
  auto& turn = done.finished.emplace_back();
  turn.id = batch.items.at(0).order.id;
  turn.outcome.answer = object::reply::ok();
  turn.outcome.created = true;
  turn.outcome.state = "\x80";
  r.report(std::move(done));
  r.acknowledge(r.written());
  CHECK(client.received() == "+OK\r\n");
  r.sync_done();
  CHECK(r.asker.seen().at(0).report.complete);
}

TEST_CASE("from the stop on nobody is accepted and nothing new is run") {
  ending r;
  const auto client = r.connect();
  (void)r.ask(client, "SET a 1\r\n");
  const auto order = r.written();
  r.stop(1h);
  client.send("SET b 1\r\n");
  const auto late = loop_client::to_port(r.port);
  late.send("PING\r\n");
  r.stage.run();
  CHECK(r.writer.seen().empty());
  CHECK(late.received().empty());
  r.acknowledge(order);
  CHECK(client.received() == "+OK\r\n");
  r.sync_done();
  CHECK(r.ended());
}

TEST_CASE("at the deadline what is under way is cut off and reported") {
  ending r;
  const auto client = r.connect();
  (void)r.ask(client, "SET a 1\r\nASO.PUT k \"return {}\"\r\n");
  r.stop(0ms);
  r.sync_done();
  REQUIRE(r.asker.seen().size() == 1);
  const auto& report = r.asker.seen()[0].report;
  CHECK(!report.complete);
  CHECK(report.batches_cut == 1);
  CHECK(report.turns_cut == 1);
  CHECK(report.clients_cut == 1);
  CHECK(client.at_end());
  CHECK(r.ended());
}

TEST_CASE("a sync that fails at the end is part of the report") {
  ending r;
  r.stop(1h);
  r.sync_done(error{errc::storage, "bad disk"});
  REQUIRE(r.asker.seen().size() == 1);
  CHECK(r.asker.seen()[0].report.complete);
  REQUIRE(r.asker.seen()[0].report.sync_failure);
  CHECK(r.asker.seen()[0].report.sync_failure->message == "bad disk");
}

TEST_CASE("a node among others leaves before it stops, and serves meanwhile") {
  stored_replicas founder;
  founder.life = 1;
  founder.newborn = founder.founds = true;
  founder.objects_in.resize(object::replica::ranges);
  ending r{networked(), {.objects = 1}, std::move(founder)};
  auto other = another_node();
  other.life = 2;
  r.hear_of({other});
  r.stop(1h);
  CHECK(r.router.asked_to_leave);
  r.hear_of({other}, true);
  const auto client = r.connect();
  CHECK(r.ask(client, "PING\r\n") == "+PONG\r\n");
  CHECK_FALSE(r.router.asked_to_end);
  CHECK(r.syncer.seen().empty());  // all ranges count on it
  r.hear_of({}, true);             // nobody is left to take them over
  r.scan_nothing();
  while (!r.writer.seen().empty())
    r.acknowledge(r.written());
  r.sync_done();
  CHECK(r.router.asked_to_end);
  REQUIRE(r.asker.seen().size() == 1);
  CHECK(r.asker.seen()[0].report.complete);
  CHECK(client.at_end());
  CHECK(r.ended());
}

TEST_CASE("a node that cannot hand over what it has stops at the leave deadline, and says so") {
  auto options = networked();
  options.links->leave_deadline = 0ms;
  ending r{std::move(options), {.objects = 1}};
  r.hear_of({another_node()});
  r.stop(1h);
  CHECK(r.router.asked_to_leave);
  const auto told = std::any_of(r.log.begin(), r.log.end(), [](const bytes& line) {
    return line.find("1 objects stay in the data directory") != bytes::npos;
  });
  CHECK(told);
}

TEST_CASE("a node without others, or without patience, does not wait to leave") {
  SECTION("alone") {
    ending r{networked()};
    r.hear_of({});
    r.stop(1h);
    r.sync_done();
    CHECK(r.ended());
  }
  SECTION("at once") {
    ending r{networked(), {.objects = 1}};
    r.hear_of({another_node()});
    r.stop(0ms);
    CHECK_FALSE(r.router.asked_to_leave);
    r.sync_done();
    CHECK(r.ended());
  }
}
