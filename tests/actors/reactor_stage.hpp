#pragma once
// A reactor on a multiplexer driven by hand. Its writer, executors and readers are witnesses: what
// it sends is seen, and nothing is answered but by the test.

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "actor_stage.hpp"
#include "actors/reactor.hpp"
#include "loop_client.hpp"
#include "object/layout.hpp"

namespace comet::actors {

/// Options of a node among others.
inline node_options networked(node_options options = {}) {
  options.node_id = bytes(64, '1');
  options.links.emplace();
  return options;
}

/// Another node, which stays.
inline object::peer another_node() {
  object::peer made;
  made.id.fill(0xee);
  made.address = "192.0.2.1:7400";
  return made;
}

/// One parameter, "maxclients"; anything else is refused.
class one_setting final : public live_settings {
 public:
  std::vector<std::pair<bytes, bytes>> get(bytes_view) override {
    return {{"maxclients", std::to_string(values.clients_max)}};
  }
  result<tunables> set(std::span<const std::pair<bytes_view, bytes_view>> changes) override {
    for (const auto& [name, value] : changes) {
      if (name != "maxclients") return {errc::config, "no such parameter"};
      values.clients_max = static_cast<std::size_t>(std::stoul(bytes{value}));
    }
    return values;
  }
  result<tunables> reload_users() override { return values; }

  tunables values;
};

/// An executor that keeps what it gets.
class executor_witness {
 public:
  explicit executor_witness(actor_stage& stage)
      : handle(stage.keep(stage.system.spawn([this]() -> caf::behavior {
          return {[this](work_parcel& one) { seen_.push_back(std::move(one)); },
                  [this](const limits_changed& one) {
                    limits.push_back(one);
                    work_before_limits = seen_.size();
                  }};
        }))) {}
  executor_witness(const executor_witness&) = delete;
  executor_witness& operator=(const executor_witness&) = delete;

  [[nodiscard]] std::vector<work_parcel>& seen() { return seen_; }

  std::vector<limits_changed> limits;
  std::size_t work_before_limits = 0;  ///< parcels that came before the last of `limits`

 private:
  std::vector<work_parcel> seen_;

 public:
  caf::actor handle;
};

/// A router that keeps what it gets, and ends when it is told to.
class router_witness {
 public:
  explicit router_witness(actor_stage& stage)
      : handle(stage.keep(stage.system.spawn([this]() -> caf::behavior {
          return {[](introduction) {},
                  [this](departures_parcel& one) {
                    auto batch = one.take();
                    for (auto& order : batch.orders)
                      orders.push_back(std::move(order));
                    for (auto& answer : batch.answers)
                      answers.push_back(std::move(answer));
                    for (auto& said : batch.deliveries)
                      deliveries.push_back(std::move(said));
                    for (auto& said : batch.listening)
                      listening.push_back(std::move(said));
                    for (auto& one : batch.publications)
                      publications.push_back(std::move(one));
                  },
                  [this](leave_order) { asked_to_leave = true; },
                  [this](links_end) {
                    asked_to_end = true;
                    return links_ended{};
                  }};
        }))) {}
  router_witness(const router_witness&) = delete;
  router_witness& operator=(const router_witness&) = delete;

  std::vector<object::forward_order> orders;
  std::vector<object::node_answer> answers;
  std::vector<object::peer_delivery> deliveries;
  std::vector<wire::listening_order> listening;
  std::vector<publication_order> publications;
  bool asked_to_leave = false;
  bool asked_to_end = false;
  caf::actor handle;
};

class reactor_stage {
 public:
  explicit reactor_stage(node_options options = {}, object::stored_facts facts = {},
                         std::optional<stored_replicas> replicas = {}) {
    if (options.links) self = digest_from(*from_hex(options.node_id));
    auto setup = std::make_shared<reactor_setup>();
    options.configuration = settings;
    if (!options.log)
      options.log = [this](const log_line& line) { log.emplace_back(line.message); };
    setup->options = std::move(options);
    setup->facts = facts;
    setup->replicas = std::move(replicas);
    auto socket = listening_socket::open({"127.0.0.1", 0});
    REQUIRE(socket.ok());
    port = socket->local().port;
    setup->sockets.push_back(std::move(*socket));
    setup->links = {{executor.handle}, writer.handle, syncer.handle, loader.handle, scanner.handle};
    if (setup->options.links) setup->links.router = router.handle;
    reactor = stage.spawn_on_loop<reactor_actor>(setup);
    stage.run();
  }

  loop_client connect() {
    auto client = loop_client::to_port(port);
    stage.run();
    return client;
  }
  /// Sends, lets everybody work, and gives what came back.
  bytes ask(const loop_client& client, bytes_view request) {
    client.send(request);
    stage.run();
    return client.received();
  }

  /// The next batch for the writer.
  write_order written() {
    REQUIRE(!writer.seen().empty());
    auto order = writer.seen().front().take();
    writer.seen().erase(writer.seen().begin());
    return order;
  }
  void acknowledge(const write_order& order, std::optional<error> failure = {}) {
    commit_ack ack;
    ack.epoch = order.epoch;
    ack.number = order.batch.number;
    ack.batches = 1;
    ack.changes = order.batch.changes.changes.size();
    ack.failure = std::move(failure);
    caf::anon_send(reactor, std::move(ack));
    stage.run();
  }
  /// Answers every load that was asked for: there is nothing.
  void load_nothing() {
    for (auto& one : std::exchange(loader.seen(), {})) {
      std::vector<object::loaded> found;
      for (const auto& order : one.take())
        found.emplace_back().ticket = order.ticket;
      caf::anon_send(reactor, loaded_parcel{std::move(found)});
    }
    stage.run();
  }
  /// The next work of the executor.
  object::work_batch ordered() {
    REQUIRE(!executor.seen().empty());
    auto batch = executor.seen().front().take();
    executor.seen().erase(executor.seen().begin());
    return batch;
  }
  void report(object::outcome_batch outcomes, executor_account account = {}) {
    outcomes.serial = ++serial_;
    executor_report done;
    done.outcomes = std::move(outcomes);
    done.account = account;
    caf::anon_send(reactor, report_parcel{std::move(done)});
    stage.run();
  }
  /// The router tells of the network as it is now.
  void hear_of(std::vector<object::peer> others, bool leaves = false) {
    caf::anon_send(reactor, network_changed{std::make_shared<const object::key_map>(
                                                self, leaves, std::move(others)),
                                            std::nullopt});
    stage.run();
  }
  /// The router brings these, in one batch.
  void arrive(arrivals batch) {
    caf::anon_send(reactor, arrivals_parcel{std::move(batch)});
    stage.run();
  }
  /// Answers every look at the store, and those that follow: there is nothing.
  void scan_nothing() {
    while (!scanner.seen().empty()) {
      for (auto& one : std::exchange(scanner.seen(), {})) {
        object::scanned page;
        page.ticket = one.take().ticket;
        caf::anon_send(reactor, scanned_parcel{std::move(page)});
      }
      stage.run();
    }
  }
  node_numbers numbers() {
    caf::send_as(reader.handle, reactor, numbers_request{});
    stage.run();
    REQUIRE(reader.seen().size() == 1);
    auto taken = reader.seen().front().take();
    reader.seen().clear();
    return taken;
  }

  actor_stage stage;
  std::vector<bytes> log;
  std::shared_ptr<one_setting> settings = std::make_shared<one_setting>();
  executor_witness executor{stage};
  witness<write_parcel> writer{stage};
  witness<sync_order> syncer{stage};
  witness<load_parcel> loader{stage};
  witness<scan_parcel> scanner{stage};
  witness<numbers_parcel> reader{stage};
  router_witness router{stage};
  digest self{};
  std::uint16_t port = 0;
  caf::actor reactor;

 private:
  std::uint64_t serial_ = 0;
};

}  // namespace comet::actors
