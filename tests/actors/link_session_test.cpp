#include "actors/link_session.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "net/wire/channel_codec.hpp"
#include "net/wire/replica_codec.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

using role = link_session::role;

/// One end of a link: its identity, its session, and what it heard.
struct end {
  end(role side, const bytes& secret, std::optional<digest> expected = {},
      const signing_key& key = signing_key::generate())
      : self(key, secret), session(self, greeting, side, expected, 3, std::chrono::seconds{60}) {}

  /// Takes `received`; false: the session is over, with `failure`.
  bool receive(bytes_view received) {
    const bool was_up = session.up();
    auto done = session.receive(received, sink);
    if (done && session.up() && !was_up) done = session.resume(sink);
    if (!done) failure = std::move(done.failure());
    return !failure;
  }

  tls_identity self;
  link_greeting greeting{{{"192.0.2.1", 7400}}, 42, "test", {}};
  link_session session;
  bytes heard;  ///< kinds and request ids of frames
  int takes = 1'000;
  std::optional<error> failure;
  link_session::frame_sink sink = [this](const wire::node_frame& frame) {
    heard += bytes{wire::name_of(frame.kind)} + std::to_string(frame.request) + " ";
    return --takes > 0;
  };
};

/// Hands over all output in pieces, until both are quiet or one has failed.
void run(end& a, end& b, std::size_t piece = 1'000'000) {
  for (bool moved = true; moved;) {
    moved = false;
    for (auto [from, to] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
      while (!from->session.output().empty() && !to->failure && !to->session.holding()) {
        const bytes some{from->session.output().substr(0, piece)};
        from->session.consume(some.size());
        moved = true;
        if (!to->receive(some)) break;
      }
    }
  }
}

/// Of somebody who speaks TLS to `b`, and says nothing over it yet.
void shake_hands(tls_session& a, end& b) {
  bytes heard;
  for (int flight = 0; flight < 2; ++flight) {
    REQUIRE(b.receive(a.output()));
    a.consume(a.output().size());
    const bytes answer{b.session.output()};
    b.session.consume(answer.size());
    REQUIRE(a.receive(answer, heard).ok());
  }
}

}  // namespace

TEST_CASE("two nodes of a network say hello and exchange frames") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000'000}}) {
    end a(role::dialer, "secret");
    end b(role::acceptor, "secret");
    run(a, b, piece);
    REQUIRE(a.session.up());
    REQUIRE(b.session.up());
    CHECK(a.session.peer().id == b.self.id());
    CHECK(b.session.peer().id == a.self.id());
    CHECK(b.session.peer().run == 42);
    CHECK(b.session.peer().build == "test");
    CHECK(b.session.peer().uptime == std::chrono::seconds{60});
    CHECK(b.session.peer().addresses == a.greeting.addresses);
    CHECK(a.session.dial() == 3);
    CHECK(b.session.dial() == 3);
    REQUIRE(a.session.send(1, wire::ping{}).ok());
    REQUIRE(a.session.send(2, wire::find_node{b.self.id(), 20}).ok());
    REQUIRE(b.session.send(1, wire::pong{}).ok());
    run(a, b, piece);
    CHECK(b.heard == "ping1 find_node2 ");
    CHECK(a.heard == "pong1 ");
    CHECK(a.session.backlog() == 0);
  }
}

TEST_CASE("a node of another network is told so and sends nothing") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "another");
  run(a, b);
  CHECK_FALSE(a.session.up());
  CHECK_FALSE(b.session.up());
  REQUIRE(a.failure);
  REQUIRE(b.failure);
  CHECK(b.failure->code == errc::no_auth);
  CHECK(b.failure->message.find("secret") != bytes::npos);
  CHECK(a.failure->code == errc::no_auth);
}

TEST_CASE("a node that is not the expected one is left before the dialer has said who it is") {
  end a(role::dialer, "secret", sha256("another"));
  end b(role::acceptor, "secret");
  run(a, b);
  REQUIRE(a.failure);
  CHECK(a.failure->code == errc::no_auth);
  CHECK(a.failure->message.find(to_hex(as_bytes(b.self.id()))) != bytes::npos);
  CHECK_FALSE(a.session.up());
  CHECK_FALSE(b.session.up());
  CHECK_FALSE(b.failure);
  CHECK(b.session.peer_finished());
}

TEST_CASE("a dialer finds whom it expects") {
  const auto key = signing_key::generate();
  end b(role::acceptor, "secret", {}, key);
  end a(role::dialer, "secret", b.self.id());
  run(a, b);
  CHECK(a.session.up());
  CHECK(b.session.up());
}

TEST_CASE("who names the key of another node is refused by either side") {
  const auto victim = signing_key::generate();
  for (const bool with_its_own_proof : {true, false}) {
    const tls_identity member(signing_key::generate(), "secret");
    end b(role::acceptor, "secret");
    tls_session a(member, role::dialer);
    shake_hands(a, b);
    wire::hello h;
    h.key = victim.public_part();
    // Its own, or what the other node said: to whom is in neither case the victim.
    h.proof = with_its_own_proof ? a.proof() : bytes(signature_bytes, 's');
    bytes frame;
    REQUIRE(wire::append_frame(frame, 1, 0, h, wire::frame_limits{}).ok());
    a.send(frame);
    CHECK_FALSE(b.receive(a.output()));
    CHECK_FALSE(b.session.up());
    CHECK(b.failure->code == errc::no_auth);
  }
}

TEST_CASE("a node that reaches itself knows it from another node with its identity") {
  for (const bool itself : {true, false}) {
    const auto key = signing_key::generate();
    end a(role::dialer, "secret", {}, key);
    end b(role::acceptor, "secret", {}, key);
    if (!itself) b.greeting.run = a.greeting.run + 1;
    run(a, b);
    REQUIRE(a.failure);
    CHECK(a.failure->code == (itself ? errc::cycle : errc::conflict));
    REQUIRE(b.failure);
    CHECK(b.failure->code == (itself ? errc::cycle : errc::conflict));
  }
}

TEST_CASE("nobody may talk for long before the hello") {
  const tls_identity stranger(signing_key::generate(), "secret");
  end b(role::acceptor, "secret");
  tls_session a(stranger, role::dialer);
  bytes heard;
  const auto talk = [&] {
    while (!a.output().empty() && b.receive(a.output()))
      a.consume(a.output().size());
    const bytes answer{b.session.output()};
    b.session.consume(answer.size());
    return a.receive(answer, heard).ok();
  };
  REQUIRE(talk());
  REQUIRE(talk());
  REQUIRE(a.established());
  // The beginning of a frame that never ends, within the cap of a hello.
  a.send(bytes_view("\x00\x00\x0f\xff\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00", 14));
  REQUIRE(b.receive(a.output()));
  a.consume(a.output().size());
  a.send(bytes(4'096, 'x'));
  CHECK_FALSE(b.receive(a.output()));
  CHECK(b.failure->code == errc::protocol);
}

TEST_CASE("a stranger's frames are not taken for lack of a hello") {
  const tls_identity stranger(signing_key::generate(), "secret");
  end b(role::acceptor, "secret");
  tls_session a(stranger, role::dialer);
  shake_hands(a, b);
  bytes frame;
  REQUIRE(wire::append_frame(frame, 1, 1, wire::ping{}, wire::frame_limits{}).ok());
  a.send(frame);
  CHECK_FALSE(b.receive(a.output()));
  CHECK(b.heard.empty());
}

TEST_CASE("a newer node that speaks our version too is understood, and one that does not is told") {
  for (const bool understood : {true, false}) {
    const tls_identity newer(signing_key::generate(), "secret");
    end b(role::acceptor, "secret");
    tls_session a(newer, role::dialer);
    shake_hands(a, b);
    wire::hello h;
    h.version_lowest = understood ? 1 : wire::node_version_highest + 1;
    h.version_highest = wire::node_version_highest + 1;
    h.key = newer.key();
    h.proof = a.proof();
    bytes frame;
    REQUIRE(wire::append_frame(frame, 1, 0, h, wire::frame_limits{}).ok());
    a.send(frame);
    CHECK(b.receive(a.output()) == understood);
    CHECK(b.session.up() == understood);
    if (!understood) CHECK(b.failure->code == errc::incompatible);
  }
}

TEST_CASE("frames that break the protocol end the link, and the peer is told why") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  REQUIRE(a.session.send(1, wire::hello{}).ok());
  run(a, b);
  REQUIRE(b.failure);
  CHECK(b.failure->code == errc::protocol);
  REQUIRE(a.failure);
  CHECK(a.failure->message.find("second hello") != bytes::npos);
}

TEST_CASE("a link that comes up holds the frames that came with the hello") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  while (!a.session.up()) {
    while (!a.session.output().empty()) {
      const bytes to_b{a.session.output()};
      a.session.consume(to_b.size());
      REQUIRE(b.receive(to_b));
    }
    const bytes to_a{b.session.output()};
    b.session.consume(to_a.size());
    REQUIRE(a.receive(to_a));
  }
  REQUIRE(a.session.send(1, wire::ping{}).ok());
  const bytes hello_and_ping{a.session.output()};
  REQUIRE(b.session.receive(hello_and_ping, b.sink).ok());
  CHECK(b.session.up());
  CHECK(b.session.holding());
  CHECK(b.heard.empty());
  REQUIRE(b.session.resume(b.sink).ok());
  CHECK(b.heard == "ping1 ");
}

TEST_CASE("an owner that has enough gets the rest when it asks") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  for (std::uint64_t i = 1; i <= 5; ++i)
    REQUIRE(a.session.send(i, wire::ping{}).ok());
  b.takes = 2;
  run(a, b);
  CHECK(b.heard == "ping1 ping2 ");
  CHECK(b.session.holding());
  b.takes = 2;
  REQUIRE(b.session.resume(b.sink).ok());
  CHECK(b.heard == "ping1 ping2 ping3 ping4 ");
  b.takes = 100;
  REQUIRE(b.session.resume(b.sink).ok());
  CHECK_FALSE(b.session.holding());
  REQUIRE(a.session.send(6, wire::ping{}).ok());
  run(a, b);
  CHECK(b.heard == "ping1 ping2 ping3 ping4 ping5 ping6 ");
}

TEST_CASE("what is to be sent is encrypted as it is taken") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  const bytes value(1'000'000, 'v');
  wire::forward f;
  f.what.value = value;
  for (std::uint64_t i = 1; i <= 3; ++i)
    REQUIRE(a.session.send(i, f).ok());
  CHECK(a.session.backlog() > 3 * value.size());
  CHECK(a.session.output().size() < 100'000);
  run(a, b, 1'000);
  CHECK(b.heard == "forward1 forward2 forward3 ");
  CHECK(a.session.backlog() == 0);
}

TEST_CASE("a link that finishes sends what it has before") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  REQUIRE(a.session.send(1, wire::ping{}).ok());
  a.session.finish();
  run(a, b);
  CHECK(b.heard == "ping1 ");
  CHECK(b.session.peer_finished());
  CHECK_FALSE(a.session.peer_finished());
}

TEST_CASE("a damaged stream ends a link that has much to send, too") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  for (std::uint64_t i = 1; i <= 100; ++i)
    REQUIRE(b.session.send(i, wire::pong{}).ok());
  CHECK_FALSE(b.receive(bytes(100, '\0')));
  b.session.consume(b.session.output().size());
  CHECK(b.session.output().empty());
}

TEST_CASE("leases overtake what waits behind the frame that is on its way, and break no frame") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  const bytes large(1'000'000, 'v');
  const auto say = [&](std::uint64_t request) {
    REQUIRE(a.session.send(request, wire::reply{object::reply::bulk(large)}).ok());
  };
  say(1);
  say(2);
  const bytes begun{a.session.output()};  // of the first
  a.session.consume(begun.size());
  REQUIRE(b.receive(begun));
  REQUIRE(a.session.send(0, wire::lease{}).ok());
  REQUIRE(a.session.send(3, wire::ping{}).ok());
  REQUIRE(a.session.send(0, wire::lease_answer{}).ok());
  CHECK(a.session.urgent_backlog() > 0);
  run(a, b);
  CHECK(b.heard == "reply1 lease0 lease_answer0 reply2 ping3 ");
  CHECK(a.session.backlog() == 0);
  b.heard.clear();
  REQUIRE(a.session.send(0, wire::lease{}).ok());
  run(a, b);
  CHECK(b.heard == "lease0 ");
}

TEST_CASE("what is urgent leaves before the end") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  REQUIRE(a.session.send(1, wire::ping{}).ok());
  REQUIRE(a.session.send(0, wire::lease{}).ok());
  a.session.finish();
  run(a, b);
  CHECK(b.heard == "lease0 ping1 ");
  CHECK(b.session.peer_finished());
}

TEST_CASE("publications leave in their order, and when nothing else does") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  const bytes large(100'000, 'v');
  for (std::uint64_t i = 1; i <= 3; ++i)
    REQUIRE(a.session.send(i, wire::publication{"c", large}).ok());
  REQUIRE(a.session.send(4, wire::reply{object::reply::bulk(large)}).ok());
  CHECK(a.session.patient_backlog() > 3 * large.size());
  CHECK(a.session.backlog() < 2 * large.size());
  run(a, b, 1'000);
  CHECK(b.heard == "reply4 publication1 publication2 publication3 ");
  CHECK(a.session.patient_backlog() == 0);
  CHECK(a.session.backlog() == 0);
}

TEST_CASE("what comes while publications are on their way waits for one of them") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  const bytes large(100'000, 'v');
  for (std::uint64_t i = 1; i <= 3; ++i)
    REQUIRE(a.session.send(i, wire::publication{"c", large}).ok());
  const bytes begun{a.session.output()};  // of the first
  a.session.consume(begun.size());
  REQUIRE(b.receive(begun));
  REQUIRE(a.session.send(4, wire::ping{}).ok());
  REQUIRE(a.session.send(0, wire::lease{}).ok());
  run(a, b);
  CHECK(b.heard == "publication1 lease0 ping4 publication2 publication3 ");
}

TEST_CASE("publications of all sizes arrive whole, and before the end") {
  end a(role::dialer, "secret");
  end b(role::acceptor, "secret");
  run(a, b);
  bytes wanted;
  for (std::uint64_t i = 1; i <= 200; ++i) {
    REQUIRE(a.session.send(i, wire::publication{"c", bytes(i * i, 'v')}).ok());
    wanted += "publication" + std::to_string(i) + " ";
  }
  a.session.finish();
  run(a, b, 7'000);
  CHECK(b.heard == wanted);
  CHECK(b.session.peer_finished());
}
