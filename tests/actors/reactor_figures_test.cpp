#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "reactor_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("figures count clients, commands, keys and commits") {
  reactor_stage r;
  const auto a = r.connect();
  const auto b = r.connect();
  (void)r.ask(a, "SET k v\r\n");
  CHECK(r.numbers().batches_in_flight == 1);
  CHECK(r.numbers().info.blocked_clients == 1);
  r.acknowledge(r.written());
  (void)r.ask(b, "GET k\r\nGET none\r\nNONSENSE\r\n");

  const auto n = r.numbers();
  CHECK(n.info.connected_clients == 2);
  CHECK(n.info.total_connections == 2);
  CHECK(n.info.blocked_clients == 0);
  CHECK(n.info.total_commands >= 3);
  CHECK(n.info.total_errors == 1);
  CHECK(n.info.keys == 1);
  CHECK(n.info.keyspace_hits == 1);
  CHECK(n.info.keyspace_misses >= 1);
  CHECK(n.info.tcp_port == r.port);
  CHECK(n.store.commits == 1);
  CHECK(n.store.groups == 1);
  CHECK(n.store.unsynced_changes == n.store.changes);
  CHECK(n.batches_in_flight == 0);
  CHECK(n.cached_records >= 1);
}

TEST_CASE("the accounts of executors and store come with their reports") {
  reactor_stage r;
  executor_account account;
  account.hot_objects = 3;
  account.hot_bytes = 30'000;
  account.fuel = 77;
  account.preemptions = 7;
  account.activations = 8;
  account.passivations = 5;
  account.turns = 9;
  account.busy_ns = 6'000;
  account.waiting = 4;
  r.report({}, account);
  sync_report synced_once;
  synced_once.syncs = 1;
  synced_once.disk_bytes = 4'096;
  synced_once.space = {100, 1'000};
  caf::anon_send(r.reactor, synced_once);
  r.stage.run();
  const auto n = r.numbers();
  CHECK(n.info.hot_objects == 3);
  CHECK(n.info.hot_bytes == 30'000);
  CHECK(n.info.fuel == 77);
  CHECK(n.info.preempted_slices == 7);
  CHECK(n.info.activations == 8);
  CHECK(n.info.passivations == 5);
  CHECK(n.info.disk_bytes == 4'096);
  CHECK(n.info.disk_free_bytes == 100);
  CHECK(n.info.disk_total_bytes == 1'000);
  REQUIRE(n.executors.size() == 1);
  CHECK(n.executors[0].fuel == 77);
  CHECK(n.info.waiting_turns == 4);
  const auto executors = std::ranges::find(n.info.actors, "executors", &wire::actor_figures::kind);
  REQUIRE(executors != n.info.actors.end());
  CHECK(executors->count == 1);
  CHECK(executors->work == 9);
  CHECK(executors->busy_us == 6);
  CHECK(executors->waiting == 4);
}

TEST_CASE("a refused write shows until one succeeds") {
  reactor_stage r;
  const auto client = r.connect();
  (void)r.ask(client, "SET k v\r\n");
  r.acknowledge(r.written(), error{errc::storage, "broken"});
  CHECK(!r.numbers().info.last_write_ok);
  CHECK(r.numbers().store.failed_commits == 1);
  (void)r.ask(client, "SET k v\r\n");
  r.load_nothing();  // a failed commit makes the shard forget
  r.acknowledge(r.written());
  CHECK(r.numbers().info.last_write_ok);
}

TEST_CASE("figures can be set back") {
  reactor_stage r;
  const auto client = r.connect();
  (void)r.ask(client, "PING\r\nPING\r\n");
  CHECK(r.ask(client, "CONFIG RESETSTAT\r\n") == "+OK\r\n");
  CHECK(r.numbers().info.total_commands <= 1);
  CHECK(r.numbers().info.total_connections == 0);
}

namespace {

/// A node of several, that keeps nothing.
struct replicated : reactor_stage {
  replicated() : reactor_stage(networked(), {}, kept()) {}
  static stored_replicas kept() {
    stored_replicas nothing;
    nothing.life = 1;
    return nothing;
  }
  static node_options networked() {
    node_options options;
    options.node_id = to_hex(as_bytes(sha256("self")));
    options.links.emplace();
    return options;
  }
  static object::peer_delivery from(const bytes& name, std::vector<object::peer_item> items) {
    return {{sha256(name), 1}, {sha256("self"), 1}, std::move(items)};
  }
};

}  // namespace

TEST_CASE("what another node says and none can mean is counted, and logged once a node and kind") {
  replicated r;
  for (int i = 0; i < 3; ++i) {
    arrivals came;
    const object::replica::leading absurd{object::replica::first_epoch_max + 1, 1U << 8U};
    came.deliveries.push_back(replicated::from(
        "liar", {object::ranged_message{7, absurd},
                 object::ranged_message{7, object::replica::install{{5, {}, 0}}}}));
    r.arrive(std::move(came));
  }
  const auto n = r.numbers();
  CHECK(n.replica_refusals.far_future == 3);
  CHECK(n.replica_refusals.forged == 3);
  CHECK(n.info.replica_refusals == 6);
  const auto liar = to_hex(as_bytes(sha256("liar"))).substr(0, 12);
  CHECK(std::count_if(r.log.begin(), r.log.end(), [&](const bytes& line) {
          return line.find(liar) != bytes::npos && line.find("range 7") != bytes::npos;
        }) == 2);
}

TEST_CASE("leases are answered before anything else that came with them") {
  replicated r;
  arrivals came;
  came.deliveries.push_back(
      replicated::from("peer", {object::ranged_message{7, object::replica::prepare{1, 256, 0}}}));
  came.leases.push_back(
      replicated::from("peer", {object::replica::lease_request{mono_time{1h}, {}}}));
  r.arrive(std::move(came));
  std::vector<object::peer_item> said;
  for (auto& delivery : r.router.deliveries)
    if (delivery.to.node == sha256("peer"))
      std::move(delivery.items.begin(), delivery.items.end(), std::back_inserter(said));
  REQUIRE(said.size() == 2);
  CHECK(std::holds_alternative<object::replica::lease_answer>(said[0]));
  CHECK(std::holds_alternative<object::ranged_message>(said[1]));
}

TEST_CASE(
    "commands are timed by name, whether they are answered at once or when a batch is durable") {
  reactor_stage r;
  const auto client = r.connect();
  (void)r.ask(client, "GET none\r\nSET k v\r\n");
  r.load_nothing();
  r.acknowledge(r.written());
  (void)r.ask(client, "GET k\r\nNONSENSE\r\n");
  const auto n = r.numbers();
  const auto figures = [&](bytes_view name) {
    const auto found = std::ranges::find(n.commands, name, &wire::command_figures::name);
    REQUIRE(found != n.commands.end());
    return *found;
  };
  CHECK(figures("get").took.count() == 2);
  CHECK(figures("set").took.count() == 1);
  CHECK(figures("set").took.sum() > 0ns);
  CHECK(figures("unknown").errors == 1);
  CHECK(n.settled.count() == 1);
  CHECK(n.store.commit_times.count() == 1);
}

TEST_CASE("turns are counted by code, and COMET TOP names their objects") {
  reactor_stage r;
  const auto client = r.connect();
  (void)r.ask(client, "ASO.PUT k code\r\n");
  r.load_nothing();
  const auto batch = r.ordered();
  REQUIRE(batch.items.size() == 1);
  object::finished_turn done;
  done.id = batch.items[0].order.id;
  done.outcome.created = true;
  done.outcome.state = bytes("\x80", 1);
  done.outcome.fuel = 50;
  object::outcome_batch outcomes;
  outcomes.finished.push_back(std::move(done));
  r.report(std::move(outcomes));
  r.acknowledge(r.written());
  const auto n = r.numbers();
  REQUIRE(n.codes.size() == 2);
  CHECK(n.codes[0].name == to_hex(as_bytes(sha256("code"))).substr(0, 12));
  CHECK(n.codes[0].fuel == 50);
  (void)client.received();
  CHECK(r.ask(client, "COMET TOP\r\n") ==
        "*1\r\n*6\r\n$3\r\nkey\r\n$1\r\nk\r\n$5\r\nvalue\r\n:50\r\n$5\r\nerror\r\n:0\r\n");
}

TEST_CASE("reads of the store are timed from the order to their coming") {
  object::stored_facts facts;
  facts.objects = 1;  // so the cache does not know everything
  reactor_stage r{{}, facts};
  const auto client = r.connect();
  const auto reader = [&] {
    const auto all = r.numbers().info.actors;
    return *std::find_if(all.begin(), all.end(),
                         [](const auto& one) { return one.kind == "reader"; });
  };
  (void)r.ask(client, "GET a\r\n");
  CHECK(reader().waiting == 1);
  CHECK(r.numbers().loads.count() == 0);
  r.load_nothing();
  CHECK(reader().waiting == 0);
  CHECK(r.numbers().loads.count() == 1);
}

TEST_CASE("each tick of the I/O thread tells how late it came") {
  reactor_stage r;
  caf::anon_send(r.reactor, clock_tick{1});
  r.stage.run();
  CHECK(r.numbers().thread_late.count() == 1);
  CHECK(r.numbers().machine_memory_bytes > r.numbers().info.used_memory_rss);
}

TEST_CASE("a sync that fails shows until one succeeds") {
  reactor_stage r;
  sync_report report;
  report.failed_syncs = 1;
  caf::anon_send(r.reactor, report);
  r.stage.run();
  CHECK(r.numbers().store.sync_failing);
  CHECK(r.numbers().store.sync_times.count() == 0);
  report.syncs = 1;
  report.took = 4ms;
  caf::anon_send(r.reactor, report);
  r.stage.run();
  CHECK_FALSE(r.numbers().store.sync_failing);
  CHECK(r.numbers().store.sync_times.sum() == 4ms);
}

TEST_CASE("COMET NODES tells where a node's clients and pages are, and what is wrong with it") {
  node_options options;
  options.http = {"127.0.0.1", 7480};
  reactor_stage r{options};
  sync_report report;
  report.failed_syncs = 1;
  caf::anon_send(r.reactor, report);
  r.stage.run();
  const auto said = r.ask(r.connect(), "COMET NODES\r\n");
  CHECK(said.find("$4\r\nresp\r\n$15\r\n127.0.0.1:" + std::to_string(r.port)) != bytes::npos);
  CHECK(said.find("$4\r\nhttp\r\n$14\r\n127.0.0.1:7480\r\n") != bytes::npos);
  CHECK(said.find("$7\r\nconcern\r\n$8\r\nunsynced\r\n$3\r\nwhy\r\n") != bytes::npos);
}

TEST_CASE("commits that took long are counted apart") {
  reactor_stage r;
  const auto client = r.connect();
  for (const auto took : {5ms, 2'000ms}) {
    (void)r.ask(client, "SET k v\r\n");
    r.load_nothing();
    const auto order = r.written();
    commit_ack ack;
    ack.epoch = order.epoch;
    ack.number = order.batch.number;
    ack.batches = 1;
    ack.took = took;
    caf::anon_send(r.reactor, ack);
    r.stage.run();
  }
  CHECK(r.numbers().info.commits == 2);
  CHECK(r.numbers().info.slow_commits == 1);
}
