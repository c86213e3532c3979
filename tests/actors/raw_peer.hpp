#pragma once
// A peer of a router that speaks frames of its own making, and answers nothing by itself but, if it
// is told to, pings.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "router_stage.hpp"

namespace comet::actors {

class raw_peer final : public link_host {
 public:
  /// `addresses`: where it says that others reach it. `pem`: its key; nothing: a new one.
  raw_peer(router_stage& net, const routed_node& to, std::vector<wire::endpoint> addresses = {},
           std::uint64_t of_run = 99, const std::optional<bytes>& pem = {})
      : stage(net),
        key(pem ? std::move(*signing_key::from_pem(*pem)) : signing_key::generate()),
        table(net.stage.loop,
              {identity, {std::move(addresses), of_run, "test", {}}, {}, net.clock->mono, 7}, *this,
              net.clock->mono) {
    REQUIRE(table.dial(to.address, to.id()).ok());
    run();
  }
  ~raw_peer() {
    table.stop();
    run();
    table.tick(stage.clock->mono + std::chrono::hours{1});
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
  void frame_received(const digest& from, const wire::node_frame& frame) override {
    if (answers_pings && frame.kind == wire::frame_kind::ping)
      CHECK(table.send(from, frame.request, wire::pong{}).ok());
    heard += bytes{wire::name_of(frame.kind)} + std::to_string(frame.request) + " ";
    if (frame.kind == wire::frame_kind::probed)
      outcomes.push_back(wire::decode<wire::probed>(frame)->outcome);
    if (frame.kind == wire::frame_kind::presence) {
      presence = *wire::decode<wire::presence>(frame);
      presence_request = frame.request;
    }
    if (frame.kind == wire::frame_kind::present) present = *wire::decode<wire::present>(frame);
    if (frame.kind == wire::frame_kind::error) refusal = wire::decode<wire::refusal>(frame)->why;
  }
  void peer_has_room(const digest&) override {}
  void dial_failed(const wire::endpoint&, const error&) override {}
  void probe_ended(const digest&, const wire::endpoint&, const std::optional<error>&) override {}
  void stranger_refused(const wire::endpoint&, const error&) override {}
  void round_wanted() override { round = true; }

  router_stage& stage;
  signing_key key;
  std::shared_ptr<tls_identity> identity = std::make_shared<tls_identity>(key, "s");
  bool up = false;
  bool answers_pings = false;
  bool round = false;
  bytes heard;
  std::optional<error> refusal;
  std::optional<wire::presence> presence;  ///< the last
  std::uint64_t presence_request = 0;
  std::optional<wire::present> present;
  std::vector<wire::probe_outcome> outcomes;  ///< of its probes
  link_table table;
};

}  // namespace comet::actors
