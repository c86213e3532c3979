#include "actors/system.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <caf/send.hpp>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "actors/executor.hpp"
#include "actors/message_types.hpp"
#include "actors/node.hpp"
#include "actors/reactor.hpp"
#include "actors/resolver.hpp"
#include "actors/router.hpp"
#include "actors/store_reader.hpp"
#include "actors/store_syncer.hpp"
#include "actors/store_writer.hpp"
#include "actors/stored_replicas.hpp"
#include "base/random.hpp"
#include "lua/machine.hpp"
#include "object/layout.hpp"

namespace comet::actors {

namespace {

/// Work sharing, because CAF's work stealing does not scale with long queues; no log, no console,
/// no threads for what is not used. No heartbeat of CAF's own links, which are never opened: one
/// that comes due while the middleman stops would be sent again, to a broker that is already over,
/// and both would never be released.
class caf_config final : public caf::actor_system_config {
 public:
  explicit caf_config(int workers) {
    register_message_types();
    load<caf::io::middleman>();
    set("caf.scheduler.policy", "sharing");
    set("caf.scheduler.max-threads", workers);
    set("caf.scheduler.max-throughput", 300);
    set("caf.middleman.workers", 0);
    set("caf.middleman.attach-utility-actors", true);
    set("caf.middleman.heartbeat-interval", caf::timespan{0});
    set("caf.logger.file.verbosity", "quiet");
    set("caf.logger.console.verbosity", "quiet");
  }
};

int workers_of(const node_options& options) {
  if (options.workers > 0) return options.workers;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

result<object::stored_facts> read_facts(store::store& store) {
  auto raw = store.load(object::layout::meta_key(object::shard::counts_name));
  if (!raw) return std::move(raw.failure());
  if (!*raw) return object::stored_facts{};
  return object::shard::decode_facts(**raw);
}

}  // namespace

struct node_system::parts {
  std::shared_ptr<store::store> store;
  std::vector<wire::endpoint> addresses;
  std::optional<wire::endpoint> link_address;
  caf_config config;
  caf::actor_system system;
  caf::actor node;
  bool stopped = false;

  parts(int workers, std::unique_ptr<store::store> store)
      : store(std::move(store)), config(workers), system(config) {}

  void spawn(const std::shared_ptr<reactor_setup>& setup,
             const std::shared_ptr<router_setup>& network, int workers);
};

std::shared_ptr<router_setup> network_of(const node_options& options,
                                         std::vector<listening_socket> sockets,
                                         std::vector<known_contact> remembered) {
  auto setup = std::make_shared<router_setup>();
  setup->identity =
      std::make_shared<const tls_identity>(*options.links->key, options.links->secret);
  setup->sockets = std::move(sockets);
  if (options.links->advertised) setup->advertised = {*options.links->advertised};
  setup->join = options.links->join;
  setup->remembered = std::move(remembered);
  setup->build = options.version;
  prng random{options.seed};
  setup->run = random();
  setup->seed = random();
  setup->log = options.log.about(log_room::net);
  return setup;
}

result<std::vector<known_contact>> read_contacts(store::store& store) {
  auto raw = store.load(object::layout::meta_key(contacts_name));
  if (!raw) return std::move(raw.failure());
  return *raw ? decode_contacts(**raw) : std::vector<known_contact>{};
}

result<heard_lives> read_heard_lives(store::store& store) {
  auto raw = store.load(object::layout::meta_key(heard_lives_name));
  if (!raw) return std::move(raw.failure());
  return *raw ? heard_lives::decode(**raw) : heard_lives{};
}

void node_system::parts::spawn(const std::shared_ptr<reactor_setup>& setup,
                               const std::shared_ptr<router_setup>& network, int workers) {
  // One secret a process, because machines of several nodes in it share the hash function.
  [[maybe_unused]] static const bool secret = [&] {
    lua::set_hash_secret(prng{setup->options.seed}());
    return true;
  }();
  const auto options = setup->options;
  node_members members;
  const auto log = options.log.about(log_room::store);
  members.syncer =
      system.spawn<store_syncer_actor, caf::detached>(store, options.sync_interval, log);
  members.writer = system.spawn<store_writer_actor, caf::detached>(
      store, options.durability == store::durability::interval ? members.syncer : caf::actor{});
  members.loader = system.spawn<store_reader_actor, caf::detached>(store, log);
  members.scanner = system.spawn<store_reader_actor, caf::detached>(store, log);
  bytes external_ip = addresses.empty() ? bytes{} : addresses.front().ip;
  if (const auto told = parse_endpoint(setup->node_address)) external_ip = told->ip;
  for (int i = 0; i < workers; ++i) {
    const auto index = static_cast<std::size_t>(i);
    lua::environment world;
    world.node_id = options.node_id;
    world.external_ip = external_ip;
    world.seed = options.seed + index + 1;
    members.executors.push_back(system.spawn<executor_actor>(
        index, options.limits.limits, std::move(world), static_cast<std::size_t>(workers)));
  }
  auto& loop = dynamic_cast<caf::io::network::default_multiplexer&>(system.middleman().backend());
  if (network) {
    members.resolver = system.spawn<resolver_actor, caf::detached>();
    network->resolver = members.resolver;
    network->writer = members.writer;
    if (options.durability != store::durability::none) network->syncer = members.syncer;
    caf::actor_config beside{&loop};
    members.router = system.spawn_impl<router_actor, caf::no_spawn_options>(beside, loop, network);
  }
  setup->links = {members.executors, members.writer,  members.syncer,
                  members.loader,    members.scanner, members.router};
  caf::actor_config on_io_thread{&loop};
  members.reactor =
      system.spawn_impl<reactor_actor, caf::no_spawn_options>(on_io_thread, loop, setup);
  node = system.spawn<node_actor>(std::move(members), options.fatal);
}

result<std::unique_ptr<node_system>> node_system::start(node_options options,
                                                        std::unique_ptr<store::store> store) {
  if (!options.log) options.log = [](const log_line&) {};
  if (!options.fatal) options.fatal = [](const error&) {};
  auto setup = std::make_shared<reactor_setup>();
  for (const auto& where : options.listen) {
    auto opened = listening_socket::open(where);
    if (!opened) return std::move(opened.failure());
    setup->sockets.push_back(std::move(*opened));
  }
  auto facts = read_facts(*store);
  if (!facts) return std::move(facts.failure());
  setup->facts = *facts;
  if (options.links) {
    const auto id = from_hex(options.node_id);
    COMET_CHECK(id && id->size() == sizeof(digest));
    auto known = read_replicas(*store, !options.links->join.empty(), options.random_bytes);
    if (!known) return std::move(known.failure());
    setup->replicas = std::move(*known);
    if (setup->replicas->born_again)
      options.log(severity::info,
                  "this node begins another life, because others had heard from it when its data "
                  "directory was newer; it is given the votes and the changes that it lacks");
  }
  setup->options = std::move(options);
  const int workers = workers_of(setup->options);
  std::shared_ptr<router_setup> network;
  std::optional<wire::endpoint> link_address;
  if (const auto& links = setup->options.links) {
    std::vector<listening_socket> sockets;
    for (const auto& where : links->listen) {
      auto opened = listening_socket::open(where);
      if (!opened) return std::move(opened.failure());
      sockets.push_back(std::move(*opened));
    }
    auto remembered = read_contacts(*store);
    if (!remembered) return std::move(remembered.failure());
    link_address = sockets.front().local();
    setup->node_address = links->advertised ? links->advertised->text() : link_address->text();
    network = network_of(setup->options, std::move(sockets), std::move(*remembered));
    auto heard = read_heard_lives(*store);
    if (!heard) return std::move(heard.failure());
    network->life = setup->replicas->life;
    network->age = setup->replicas->age;
    network->heard = std::move(*heard);
    network->fatal = setup->options.fatal;
  }
  auto made = std::make_unique<parts>(workers, std::move(store));
  for (const auto& socket : setup->sockets)
    made->addresses.push_back(socket.local());
  made->link_address = link_address;
  made->spawn(setup, network, workers);
  return std::unique_ptr<node_system>{new node_system{std::move(made)}};
}

node_system::node_system(std::unique_ptr<parts> content) : parts_(std::move(content)) {}

node_system::~node_system() {
  if (!parts_->stopped) stop(std::chrono::milliseconds{0});
}

const std::vector<wire::endpoint>& node_system::addresses() const {
  return parts_->addresses;
}

std::optional<wire::endpoint> node_system::link_address() const {
  return parts_->link_address;
}

stop_report node_system::stop(std::chrono::milliseconds patience) {
  COMET_CHECK(!std::exchange(parts_->stopped, true));
  stop_report report;
  caf::scoped_actor self{parts_->system};
  self->request(parts_->node, caf::infinite, stop_order{patience})
      .receive([&](const stopped& done) { report = done.report; }, [](const caf::error&) {});
  return report;
}

result<std::unique_ptr<local_client>> node_system::connect(wire::endpoint peer, bool as_viewer) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return error{errc::unavailable,
                 bytes{"no connection to the node could be made: "} + std::strerror(errno)};
  auto client = std::make_unique<local_client>(descriptor{ends[0]});
  caf::anon_send(parts_->node, client_parcel{{descriptor{ends[1]}, std::move(peer), as_viewer}});
  return client;
}

node_numbers node_system::snapshot() {
  node_numbers numbers;
  caf::scoped_actor self{parts_->system};
  self->request(parts_->node, caf::infinite, numbers_request{})
      .receive([&](numbers_parcel& filled) { numbers = filled.take(); }, [](const caf::error&) {});
  return numbers;
}

}  // namespace comet::actors
