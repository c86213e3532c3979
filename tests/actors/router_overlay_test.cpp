#include <catch2/catch_test_macros.hpp>

#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("a clock that is far off is told of, once") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a, {.clock_error = 5s});
  net.pass(60s);
  CHECK(a.count_logged("is 5000 ms ahead") == 1);
  CHECK(b.count_logged("is 5000 ms behind") == 1);
}

TEST_CASE("clocks that differ little are no matter") {
  router_stage net;
  auto& a = net.add();
  net.add_to(a, {.clock_error = 1s});
  net.pass(60s);
  CHECK_FALSE(a.logged("clock"));
}

/// A peer that speaks frames of its own making.
namespace {

class raw_peer final : public link_host {
 public:
  raw_peer(router_stage& net, const routed_node& to)
      : stage(net),
        key(signing_key::generate()),
        table(net.stage.loop, {identity, {{}, 99, "test", {}}, {}, net.clock->mono, 7}, *this,
              net.clock->mono) {
    REQUIRE(table.dial(to.address, to.id()).ok());
    run();
  }
  ~raw_peer() {
    table.stop();
    run();
    table.tick(stage.clock->mono + 1h);
    run();
  }
  void run() {
    do {
      stage.run();
      if (std::exchange(round, false)) table.finish_round();
    } while (round || stage.stage.loop.try_run_once());
    stage.run();
  }

  void peer_up(const wire::hello&, const wire::endpoint&) override { up = true; }
  void peer_down(const digest&, const error&) override { up = false; }
  void frame_received(const digest&, const wire::node_frame& frame) override {
    heard += bytes{wire::name_of(frame.kind)} + std::to_string(frame.request) + " ";
    if (frame.kind == wire::frame_kind::error) refusal = wire::decode<wire::refusal>(frame)->why;
  }
  void peer_has_room(const digest&) override {}
  void dial_failed(const wire::endpoint&, const error&) override {}
  void stranger_refused(const wire::endpoint&, const error&) override {}
  void round_wanted() override { round = true; }

  router_stage& stage;
  signing_key key;
  std::shared_ptr<tls_identity> identity = std::make_shared<tls_identity>(key, "s");
  bool up = false;
  bool round = false;
  bytes heard;
  std::optional<error> refusal;
  link_table table;
};

}  // namespace

TEST_CASE("requests of the overlay are answered by the frame that belongs to each") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  REQUIRE(peer.up);
  REQUIRE(peer.table.send(a.id(), 11, wire::ping{}).ok());
  REQUIRE(peer.table.send(a.id(), 12, wire::find_node{sha256("x"), 20}).ok());
  REQUIRE(peer.table.send(a.id(), 13, wire::announce{}).ok());
  REQUIRE(peer.table.send(a.id(), 14, wire::leave{}).ok());
  peer.run();
  CHECK(peer.heard == "pong11 contacts12 pong13 pong14 ");
}

TEST_CASE("answers that nobody asked for are ignored") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  for (std::uint64_t request = 0; request < 5; ++request) {
    REQUIRE(peer.table.send(a.id(), request, wire::pong{}).ok());
    REQUIRE(peer.table.send(a.id(), request, wire::contacts{}).ok());
    REQUIRE(peer.table.send(a.id(), request, wire::reply{}).ok());
    if (request != 0)
      REQUIRE(peer.table.send(a.id(), request, wire::refusal{{errc::busy, "no"}}).ok());
  }
  peer.run();
  CHECK(peer.up);
  CHECK(a.outcomes.empty());
  CHECK(a.known() == 0);
}

TEST_CASE("a command that this build cannot read is refused, and the link goes on") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  wire::forward f;
  f.what.what = object::op::mset;  // without keys
  REQUIRE(peer.table.send(a.id(), 5, f).ok());
  peer.run();
  CHECK(peer.heard == "error5 ");
  REQUIRE(peer.refusal);
  CHECK(peer.refusal->code == errc::protocol);
  CHECK(peer.up);
  CHECK(a.commands.empty());
}

TEST_CASE("a peer gets busy when too many of its commands have no answer yet") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  wire::forward f;
  const bytes value(std::size_t{1} << 20U, 'v');
  f.what.value = value;
  const auto most = router::arrived_bytes_max / value.size();
  for (std::uint64_t i = 1; i <= most + 5; ++i) {
    while (!peer.table.send(a.id(), i, f).ok()) {
      net.pass(router::tick_pause);  // what may be received a second is bounded
      peer.run();
    }
  }
  peer.run();
  net.pass(1s);
  peer.run();
  REQUIRE(peer.refusal);
  CHECK(peer.refusal->code == errc::busy);
  CHECK(a.commands.size() <= most);
  a.answer_all();
  peer.run();
  REQUIRE(peer.table.send(a.id(), 1'000, f).ok());
  peer.run();
  CHECK(a.commands.size() == 1);
}

TEST_CASE("a node without an address is a peer and no member") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  REQUIRE(peer.table.send(a.id(), 1, wire::announce{}).ok());
  peer.run();
  net.pass(10s);
  CHECK(peer.heard == "pong1 ");
  CHECK(a.known() == 0);
}
