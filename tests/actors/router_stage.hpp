#pragma once
// Routers of several nodes on one multiplexer driven by hand, over loopback. Their reactors are
// witnesses, and their clock is the test's.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actor_stage.hpp"
#include "actors/router.hpp"

namespace comet::actors {

/// What a node of the stage is made of; the rest has defaults.
struct router_plan {
  std::vector<listen_address> join{};
  std::vector<known_contact> remembered{};
  bytes secret = "s";
  std::optional<bytes> key{};  ///< PEM; nothing: a new one
  std::optional<std::uint16_t> port{};
  std::vector<wire::endpoint> advertised{};
  forwarding_limits forwarding{};
  link_table_limits links{};
  std::chrono::milliseconds clock_error{0};
  caf::actor resolver{};
  std::uint64_t life = 0;
  std::uint64_t age = 0;
  heard_lives heard{};
};

/// One node: its router, and what its reactor saw.
class routed_node {
 public:
  routed_node(actor_stage& stage, const std::shared_ptr<instant>& clock, const router_plan& plan,
              std::uint64_t run)
      : key(plan.key ? std::move(*signing_key::from_pem(*plan.key)) : signing_key::generate()),
        identity(std::make_shared<tls_identity>(key, plan.secret)) {
    auto setup = std::make_shared<router_setup>();
    auto socket = listening_socket::open({"127.0.0.1", plan.port.value_or(0)});
    REQUIRE(socket.ok());
    address = socket->local();
    setup->identity = identity;
    setup->sockets.push_back(std::move(*socket));
    setup->advertised = plan.advertised;
    setup->join = plan.join;
    setup->remembered = plan.remembered;
    setup->limits = plan.links;
    setup->forwarding = plan.forwarding;
    setup->build = "test";
    setup->run = run;
    setup->seed = run;
    setup->log = [this](const log_line& line) {
      if (line.level != severity::debug) log.emplace_back(line.message);
    };
    setup->writer = writer.emplace(stage).handle;
    setup->resolver = plan.resolver;
    setup->life = plan.life;
    setup->age = plan.age;
    setup->heard = plan.heard;
    setup->syncer = stage.keep(stage.system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](sync_order) { return synced{sync_failure}; }};
    }));
    setup->fatal = [this](const error& why) { fatal = why; };
    setup->clock = [clock, error = plan.clock_error] {
      return instant{clock->wall + error, clock->mono};
    };
    reactor = stage.keep(stage.system.spawn([this]() -> caf::behavior {
      return {
          [this](arrivals_parcel& one) {
            auto batch = one.take();
            for (auto& command : batch.commands)
              commands.push_back(std::move(command));
            for (auto& outcome : batch.outcomes)
              outcomes.push_back(std::move(outcome));
            if (leases.empty()) before_leases = deliveries.size();
            for (auto& said : batch.leases)
              leases.push_back(std::move(said));
            for (auto& said : batch.deliveries)
              deliveries.push_back(std::move(said));
            for (auto& news : batch.channels)
              channels.push_back(std::move(news));
            for (auto& one : batch.publications)
              publications.push_back(std::move(one));
          },
          [this](const network_changed& news) {
            network = news;
            heard.push_back(news);
          },
          [this](const router_account& figures) { account = figures; },
          [this](links_ended) { ended = true; },
      };
    }));
    router = stage.spawn_on_loop<router_actor>(setup);
    caf::send_as(reactor, router, introduction{});
  }
  routed_node(const routed_node&) = delete;
  routed_node& operator=(const routed_node&) = delete;

  [[nodiscard]] const digest& id() const { return identity->id(); }
  [[nodiscard]] listen_address place() const { return {address.ip, address.port}; }
  [[nodiscard]] bool has_joined() const { return network.map && !network.joining; }
  [[nodiscard]] std::size_t known() const { return network.map ? network.map->others().size() : 0; }
  [[nodiscard]] bool logged(bytes_view part) const { return count_logged(part) > 0; }
  [[nodiscard]] std::size_t count_logged(bytes_view part) const {
    return static_cast<std::size_t>(std::count_if(
        log.begin(), log.end(), [&](const bytes& line) { return line.find(part) != bytes::npos; }));
  }

  /// Sends without letting anybody work.
  void order(const digest& to, const object::command& c, std::uint64_t number) {
    departures out;
    auto& one = out.orders.emplace_back();
    one.number = number;
    one.to = to;
    one.what = std::make_shared<const object::owned_command>(c);
    one.from = {"192.0.2.7", 50'000, "alice", to_hex(as_bytes(id())), true};
    one.chain = {"waits"};
    one.hops_left = 5;
    caf::anon_send(router, departures_parcel{std::move(out)});
  }
  void get(const routed_node& from, bytes_view key, std::uint64_t number) {
    object::command c;
    c.key = key;
    order(from.id(), c, number);
  }
  /// What it had remembered last under a name.
  [[nodiscard]] std::optional<bytes> kept(bytes_view name) {
    std::optional<bytes> last;
    for (const auto& one : writer->seen())
      if (one.name == name) last = one.value;
    return last;
  }
  /// Answers all commands that came with their keys.
  void answer_all() {
    departures out;
    for (const auto& one : std::exchange(commands, {}))
      out.answers.push_back({one.number, object::reply::bulk(bytes{one.what->get().key}), id()});
    caf::anon_send(router, departures_parcel{std::move(out)});
  }

  signing_key key;
  std::shared_ptr<tls_identity> identity;
  wire::endpoint address;
  std::vector<bytes> log;
  std::vector<object::arrived_command> commands;
  std::vector<object::forward_outcome> outcomes;
  std::vector<object::peer_delivery> leases;
  std::vector<object::peer_delivery> deliveries;
  std::vector<channel_news> channels;
  std::vector<std::pair<bytes, bytes>> publications;
  std::size_t before_leases = 0;  ///< deliveries that came in parcels before the first lease
  network_changed network;
  std::vector<network_changed> heard;  ///< all of them, in order
  router_account account;
  std::optional<error> sync_failure;  ///< what its disk answers
  std::optional<error> fatal;
  bool asked_to_end = false;
  bool ended = false;
  std::optional<witness<remember>> writer;
  caf::actor reactor;
  caf::actor router;
};

/// A port on which nobody listens.
inline std::uint16_t free_port() {
  auto unused = listening_socket::open({"127.0.0.1", 0});
  REQUIRE(unused.ok());
  return unused->local().port;
}

class router_stage {
 public:
  ~router_stage() {
    for (auto& one : nodes)
      end(*one);
    pass(std::chrono::seconds{5});
    for (auto& one : nodes)
      CHECK(one->ended);
  }

  routed_node& add(const router_plan& plan = {}) {
    auto& made =
        *nodes.emplace_back(std::make_unique<routed_node>(stage, clock, plan, nodes.size() + 1));
    stage.run();
    return made;
  }
  /// Joins through `through`, and is known to all within a second or two.
  routed_node& add_to(const routed_node& through, router_plan plan = {}) {
    plan.join = {through.place()};
    auto& made = add(plan);
    pass(std::chrono::seconds{2});
    return made;
  }
  void run() { stage.run(); }
  void pass(std::chrono::milliseconds time) {
    for (; time.count() > 0; time -= router::tick_pause) {
      clock->wall += router::tick_pause;
      clock->mono += router::tick_pause;
      stage.pass(router::tick_pause);
    }
  }
  /// All its links end in order.
  void end(routed_node& one) {
    if (std::exchange(one.asked_to_end, true)) return;
    caf::send_as(one.reactor, one.router, links_end{});
    stage.run();
  }

  actor_stage stage;
  std::shared_ptr<instant> clock = std::make_shared<instant>(
      instant{from_unix_ms(1'700'000'000'000), mono_time{std::chrono::hours{1}}});
  std::vector<std::unique_ptr<routed_node>> nodes;
};

}  // namespace comet::actors
