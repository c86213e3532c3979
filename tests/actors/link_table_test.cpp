#include "actors/link_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "link_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

/// A node as far as links go: its table, and what its host was told.
class linked_node final : public link_host {
 public:
  linked_node(actor_stage& stage, const signing_key& key, std::uint64_t run = 1,
              const bytes& secret = "s", link_table_limits limits = {})
      : identity(std::make_shared<tls_identity>(key, secret)),
        table(stage.loop, {identity, {{}, run, "test", {}}, limits, link_epoch, 7}, *this,
              link_epoch) {
    auto socket = listening_socket::open({"127.0.0.1", 0});
    REQUIRE(socket.ok());
    address = socket->local();
    table.listen(std::move(*socket));
  }

  void peer_up(const wire::hello& hello, const wire::endpoint&) override {
    told += "up ";
    last_peer = hello.id;
  }
  void peer_down(const digest&, const error& why) override {
    told += "down ";
    failure = why;
  }
  void frame_received(const digest&, const wire::node_frame& frame) override {
    in_order = in_order && frame.request == last_request + 1;
    last_request = frame.request;
  }
  void peer_has_room(const digest&) override { told += "room "; }
  void dial_failed(const wire::endpoint&, const error& why) override {
    ++failed_dials;
    failure = why;
  }
  void probe_ended(const digest&, const wire::endpoint&, const std::optional<error>& why) override {
    told += "probed ";
    failure = why;
  }
  void stranger_refused(const wire::endpoint&, const error& why) override {
    ++refusals;
    failure = why;
  }
  void round_wanted() override { round = true; }

  [[nodiscard]] const digest& id() const { return identity->id(); }
  /// `count` frames with numbers that go on.
  void send_some(const linked_node& to, int count) {
    for (int i = 0; i < count; ++i)
      REQUIRE(table.send(to.id(), ++sent, wire::find_node{to.id(), 1}).ok());
  }

  std::shared_ptr<tls_identity> identity;
  wire::endpoint address;
  bytes told;
  digest last_peer{};
  std::uint64_t sent = 0;
  std::uint64_t last_request = 0;
  bool in_order = true;
  int failed_dials = 0;
  int refusals = 0;
  bool round = false;
  std::optional<error> failure;
  link_table table;
};

class network {
 public:
  ~network() {
    for (auto& one : nodes)
      one->table.stop();
    run();
    tick(1h);
    for (auto& one : nodes)
      CHECK(one->table.stopped());
  }

  linked_node& add(const signing_key& key = signing_key::generate(), std::uint64_t run_number = 1,
                   const bytes& secret = "s", link_table_limits limits = {}) {
    return *nodes.emplace_back(
        std::make_unique<linked_node>(stage, key, run_number, secret, limits));
  }
  void run() {
    bool moved = true;
    while (moved) {
      stage.run();
      moved = false;
      for (auto& one : nodes) {
        if (!std::exchange(one->round, false)) continue;
        one->table.finish_round();
        moved = true;
      }
      moved = stage.loop.try_run_once() || moved;
    }
  }
  /// Dials the other by its id, until nothing moves.
  void dial(linked_node& from, const linked_node& to) {
    REQUIRE(from.table.dial(to.address, to.id()).ok());
    run();
  }
  void tick(std::chrono::milliseconds at) {
    for (auto& one : nodes)
      one->table.tick(link_epoch + at);
    run();
  }

  actor_stage stage;
  std::vector<std::unique_ptr<linked_node>> nodes;
};

/// Two keys, that of the smaller id first.
std::pair<signing_key, signing_key> ordered_keys() {
  auto one = signing_key::generate();
  auto other = signing_key::generate();
  const tls_identity id_of_one(one, "s");
  const tls_identity id_of_other(other, "s");
  if (id_of_one.id() < id_of_other.id()) return {std::move(one), std::move(other)};
  return {std::move(other), std::move(one)};
}

}  // namespace

TEST_CASE("a dialed node is up at both sides, and frames pass") {
  network net;
  auto& a = net.add();
  auto& b = net.add();
  net.dial(a, b);
  CHECK(a.told == "up ");
  CHECK(b.told == "up ");
  CHECK(a.last_peer == b.id());
  CHECK(b.last_peer == a.id());
  a.send_some(b, 10);
  b.send_some(a, 5);
  net.run();
  CHECK(b.last_request == 10);
  CHECK(a.last_request == 5);
  // Dialing it again changes nothing.
  net.dial(a, b);
  CHECK(a.table.size() == 1);
}

TEST_CASE("a frame for a node without a link is refused") {
  network net;
  auto& a = net.add();
  CHECK(a.table.send(sha256("nobody"), 1, wire::ping{}).failure().code == errc::unavailable);
}

TEST_CASE("when both dial, both keep the connection that the smaller id dialed") {
  auto [small, large] = ordered_keys();
  network net;
  auto& a = net.add(small);
  auto& b = net.add(large);
  REQUIRE(a.table.dial(b.address, b.id()).ok());
  net.dial(b, a);
  CHECK(a.told == "up ");
  CHECK(b.told == "up ");
  CHECK(a.table.size() == 1);
  CHECK(b.table.size() == 1);
  a.send_some(b, 3);
  b.send_some(a, 3);
  net.run();
  CHECK(a.last_request == 3);
  CHECK(b.last_request == 3);
}

TEST_CASE("a connection that takes the place of another loses no frame and no order") {
  for (const bool smaller_dials_first : {true, false}) {
    CAPTURE(smaller_dials_first);
    auto [small, large] = ordered_keys();
    network net;
    auto& a = net.add(smaller_dials_first ? small : large);
    auto& b = net.add(smaller_dials_first ? large : small);
    REQUIRE(a.table.dial(b.address, {}).ok());
    net.run();
    // It does not know yet who is there, so it dials although there is a link.
    REQUIRE(b.table.dial(a.address, {}).ok());
    for (int i = 0; i < 200; ++i) {
      a.send_some(b, 10);
      b.send_some(a, 10);
      net.stage.loop.handle_internal_events();
      net.stage.loop.try_run_once();
      if (i % 3 == 0) a.table.finish_round();
      if (i % 5 == 0) b.table.finish_round();
    }
    net.run();
    CHECK(a.last_request == b.sent);
    CHECK(b.last_request == a.sent);
    CHECK(a.in_order);
    CHECK(b.in_order);
    CHECK(a.told == "up ");
    CHECK(b.told == "up ");
    CHECK(a.table.size() == 1);
    CHECK(b.table.size() == 1);
  }
}

TEST_CASE("of two connections that one node dialed, both keep the later") {
  network net;
  auto& a = net.add();
  auto& b = net.add();
  REQUIRE(a.table.dial(b.address, {}).ok());
  net.run();
  REQUIRE(a.table.dial(b.address, {}).ok());
  net.run();
  CHECK(a.table.size() == 1);
  CHECK(b.table.size() == 1);
  CHECK(a.told == "up ");
  a.send_some(b, 1);
  b.send_some(a, 1);
  net.run();
  CHECK(a.last_request == 1);
  CHECK(b.last_request == 1);
}

TEST_CASE("a node that was started again is down and up again") {
  const auto key = signing_key::generate();
  network net;
  auto& a = net.add();
  auto& before = net.add(key, 1);
  net.dial(before, a);
  auto& after = net.add(key, 2);
  net.dial(after, a);
  CHECK(a.told == "up down up ");
  CHECK(before.told == "up down ");
  CHECK(after.told == "up ");
  CHECK(a.table.size() == 1);
}

TEST_CASE("another secret, another node than the expected, and oneself are told apart") {
  network net;
  auto& a = net.add();
  auto& stranger = net.add(signing_key::generate(), 1, "another secret");
  REQUIRE(a.table.dial(stranger.address, {}).ok());
  net.run();
  CHECK(a.failed_dials == 1);
  CHECK(a.failure->code == errc::no_auth);
  CHECK(a.failure->message.find("secret") != bytes::npos);
  CHECK(stranger.refusals == 1);

  auto& b = net.add();
  REQUIRE(a.table.dial(b.address, sha256("somebody else")).ok());
  net.run();
  CHECK(a.failed_dials == 2);
  CHECK(a.failure->message.find(to_hex(as_bytes(b.id()))) != bytes::npos);

  REQUIRE(a.table.dial(a.address, {}).ok());
  net.run();
  CHECK(a.failed_dials == 3);
  CHECK(a.table.dial(a.address, a.id()).failure().code == errc::conflict);
  CHECK(a.told.empty());
  CHECK(a.table.size() == 0);
}

TEST_CASE("an address that is kept is dialed again, with pauses that grow to a limit") {
  network net;
  auto& a = net.add();
  wire::endpoint nobody;
  {
    const auto socket = listening_socket::open({"127.0.0.1", 0});
    REQUIRE(socket.ok());
    nobody = socket->local();
  }
  a.table.keep(nobody, {});
  net.run();
  CHECK(a.failed_dials == 1);
  std::vector<int> at_second;
  for (int ms = 100; ms <= 300'000; ms += 100) {
    net.tick(std::chrono::milliseconds{ms});
    if (ms % 100'000 == 0) at_second.push_back(a.failed_dials);
  }
  REQUIRE(at_second.size() == 3);
  CHECK(at_second[0] >= 8);  // pauses of at most 0.25 s, 0.5 s ... 16 s, 30 s
  CHECK(at_second[0] <= 20);
  CHECK(at_second[2] - at_second[1] >= 3);
  CHECK(at_second[2] - at_second[1] <= 8);
  a.table.forget(nobody);
  const int before = a.failed_dials;
  net.tick(400s);
  net.tick(500s);
  CHECK(a.failed_dials == before);
}

TEST_CASE("a kept peer that is lost is dialed again") {
  network net;
  auto& a = net.add();
  const auto key = signing_key::generate();
  auto& b = net.add(key);
  a.table.keep(b.address, {});
  net.run();
  CHECK(a.told == "up ");
  net.tick(1s);
  CHECK(a.table.size() == 1);
  // The node there ends in order, and does not come back at that address.
  b.table.stop();
  net.run();
  b.table.finish_round();
  CHECK(a.told == "up down ");
  CHECK_FALSE(a.table.is_up(b.id()));
  for (int second = 2; second < 12; ++second)
    net.tick(std::chrono::seconds{second});
  CHECK(a.failed_dials >= 3);
}

TEST_CASE("a host's pings reach the other host, and the links' own nobody") {
  network net;
  auto& a = net.add();
  auto& b = net.add();
  net.dial(a, b);
  REQUIRE(a.table.send(b.id(), 1, wire::ping{}).ok());
  net.run();
  CHECK(a.last_request == 0);
  CHECK(b.last_request == 1);
  REQUIRE(b.table.send(a.id(), 1, wire::pong{}).ok());
  net.run();
  CHECK(a.last_request == 1);
  for (int second = 1; second < 60; ++second)
    net.tick(std::chrono::seconds{second});
  CHECK(a.told == "up ");
  CHECK(a.last_request == 1);
  CHECK(b.last_request == 1);
}

TEST_CASE("strangers of one address are bounded in number until they are proven") {
  link_table_limits limits;
  limits.unproven_an_address_max = 3;
  limits.accepts_an_address_max = 10;
  network net;
  auto& a = net.add(signing_key::generate(), 1, "s", limits);
  std::vector<loop_client> strangers;
  for (int i = 0; i < 8; ++i)
    strangers.push_back(loop_client::to_port(a.address.port));
  net.run();
  CHECK(a.table.size() == 3);
  CHECK(a.refusals == 5);
  CHECK(std::ranges::count_if(strangers, [](const auto& one) { return one.at_end(); }) == 5);
  net.tick(5s);
  CHECK(a.table.size() == 0);
  // Whoever comes again and again is not even spoken to for the rest of a second.
  for (int i = 0; i < 20; ++i) {
    auto again = loop_client::to_port(a.address.port);
    again.send("garbage");
    net.run();
  }
  CHECK(a.table.size() == 0);
  CHECK(a.refusals == 5 + 3 + 20);
  CHECK(a.failure->code == errc::busy);
  // A node of the network comes in when the second is over.
  net.tick(6s);
  auto& b = net.add();
  net.dial(b, a);
  CHECK(b.told == "up ");
}

TEST_CASE("links are bounded in number") {
  link_table_limits limits;
  limits.links_max = 2;
  network net;
  auto& a = net.add(signing_key::generate(), 1, "s", limits);
  for (int i = 0; i < 2; ++i) {
    auto& other = net.add();
    net.dial(other, a);
  }
  CHECK(a.table.peers() == 2);
  auto& third = net.add();
  net.dial(third, a);
  CHECK(third.failed_dials == 1);
  CHECK(a.table.dial(third.address, third.id()).failure().code == errc::busy);
}

TEST_CASE("a table that stops says goodbye, and neither accepts nor dials") {
  network net;
  auto& a = net.add();
  auto& b = net.add();
  net.dial(a, b);
  a.send_some(b, 3);
  a.table.stop();
  net.run();
  CHECK(b.last_request == 3);
  CHECK(b.told == "up down ");
  CHECK(a.table.stopped());
  CHECK(a.table.dial(b.address, b.id()).failure().code == errc::shutting_down);
  net.dial(b, a);
  CHECK(b.table.peers() == 0);
}

TEST_CASE("a link that is ended is down at both sides, after what was sent") {
  network net;
  auto& a = net.add();
  auto& b = net.add();
  net.dial(a, b);
  a.send_some(b, 3);
  a.table.end(b.id());
  a.table.end(sha256("nobody"));
  net.run();
  CHECK(b.last_request == 3);
  CHECK(a.told == "up down ");
  CHECK(b.told == "up down ");
  net.dial(b, a);
  CHECK(a.told == "up down up ");
}
