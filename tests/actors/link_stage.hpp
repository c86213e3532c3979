#pragma once
// Links and link tables on a multiplexer driven by hand, with owners that write down what they see.

#include <sys/socket.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actor_stage.hpp"
#include "actors/link.hpp"
#include "loop_client.hpp"

namespace comet::actors {

inline constexpr mono_time link_epoch{std::chrono::hours{1}};

/// The owner of one link.
class link_end final : public link_owner {
 public:
  explicit link_end(const signing_key& key = signing_key::generate(), const bytes& secret = "s")
      : self(key, secret) {}

  /// Over the socket `fd`.
  link& open(actor_stage& stage, int fd, link_session::role side) {
    subject =
        std::make_unique<link>(stage.loop, fd, setting, link_route{side, {"192.0.2.1", 7}, {}, 1},
                               link_epoch, std::chrono::milliseconds{0});
    subject->start();
    return *subject;
  }

  std::span<char> read_buffer() override { return buffer; }
  void came_up(link& one) override {
    heard += "up ";
    if (hold_at_once) one.hold();
  }
  void frame_received(link& from, const wire::node_frame& frame) override {
    ++frames;
    in_order = in_order && frame.request >= std::exchange(last_request, frame.request);
    if (frames <= 20)
      heard += bytes{wire::name_of(frame.kind)} + std::to_string(frame.request) + " ";
    if (answer_bytes == 0 || frame.kind != wire::frame_kind::ping) return;
    const wire::reply answer{object::reply::bulk(bytes(answer_bytes, 'a'))};
    if (from.send(frame.request, answer)) ++answers;
  }
  void has_room(link&) override { heard += "room "; }
  void look_again(link& one) override { again.push_back(&one); }
  void closed(link&, const error& why) override { failure = why; }
  void released(link&) override {}

  tls_identity self;
  link_greeting greeting{{}, 1, "test", {}};
  link_limits limits;
  link_totals totals;
  link_setting setting{*this, self, greeting, limits, totals};
  std::array<char, 65'536> buffer{};
  std::vector<link*> again;
  bytes heard;
  std::size_t frames = 0;
  std::uint64_t last_request = 0;
  bool in_order = true;
  bool hold_at_once = false;
  std::size_t answer_bytes = 0;  ///< of the reply to a ping; 0: none
  std::size_t answers = 0;
  std::optional<error> failure;
  std::unique_ptr<link> subject;
};

/// Two links at the ends of a socket pair; the first is the dialer's.
class link_pair {
 public:
  link_pair() : link_pair(link_limits{}, link_limits{}) {}
  explicit link_pair(link_limits of_a, link_limits of_b = {}, const bytes& secret_of_b = "s")
      : b(signing_key::generate(), secret_of_b) {
    a.limits = of_a;
    b.limits = of_b;
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    a.open(stage, ends[0], link_session::role::dialer);
    b.open(stage, ends[1], link_session::role::acceptor);
  }
  ~link_pair() {
    for (auto* end : {&a, &b})
      if (end->subject) end->subject->close({errc::internal, "the test ends"});
    stage.run();
  }

  /// Until nothing moves.
  void run() {
    do {
      stage.run();
      for (auto* end : {&a, &b})
        for (auto* one : std::exchange(end->again, {}))
          one->go_on();
    } while (stage.loop.try_run_once() || !a.again.empty() || !b.again.empty());
    stage.run();
  }
  /// A tick of both, at this time after the beginning.
  void tick(std::chrono::milliseconds at) {
    a.subject->tick(link_epoch + at);
    b.subject->tick(link_epoch + at);
    run();
  }

  actor_stage stage;
  link_end a;
  link_end b;
};

}  // namespace comet::actors
