#pragma once
// Connections on a multiplexer driven by hand, with an owner and a host that do next to nothing:
// GET answers with what the test put in, everything else waits until the test completes it.

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actor_stage.hpp"
#include "actors/clock.hpp"
#include "actors/connection_table.hpp"
#include "loop_client.hpp"

namespace comet::actors {

class silent_host final : public wire::session_host {
 public:
  void expect(std::span<const bytes_view>) override {}
  void execute(wire::session& from, wire::slot_id slot, const object::command& c) override {
    if (c.what == object::op::get) {
      from.complete_bulk(slot, value);
    } else {
      waiting.emplace_back(&from, slot);
    }
  }
  wire::server_figures figures() override { return {}; }
  void reset_figures() override {}
  std::vector<object::top_list::row> top(object::work_measure, std::size_t) override { return {}; }
  std::vector<std::pair<bytes, bytes>> config_get(bytes_view) override { return {}; }
  result<void> config_set(std::span<const std::pair<bytes_view, bytes_view>>) override {
    return {};
  }
  std::vector<wire::session*> clients() override { return {}; }
  std::int64_t publish(bytes_view, bytes_view) override { return 0; }
  void touched(wire::session&) override {}
  result<void> reload_users() override { return {}; }
  bytes secret(std::size_t count) override { return bytes(count, 's'); }

  bytes value = "v";
  std::vector<std::pair<wire::session*, wire::slot_id>> waiting;
};

class connection_stage final : public connection_owner {
 public:
  explicit connection_stage(wire::session_limits limits = {})
      : shared(host, wire::user_table::open(), channels, object::policy{}, limits) {}
  ~connection_stage() {
    const auto all = table.all();
    for (auto* one : all)
      one->close();
    stage.run();
    table.bury();
  }

  /// A connection and the client at its other end.
  std::pair<connection*, loop_client> open() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    auto& made = table.insert(std::make_unique<connection>(stage.loop, ends[0], *this, ++last_id,
                                                           wire::endpoint{"192.0.2.1", 7},
                                                           read_clocks(), shared));
    made.start();
    return {&made, loop_client{ends[1]}};
  }

  std::span<char> read_buffer() override { return buffer; }
  void feed(connection& to, bytes_view input) override {
    ++feeds;
    to.client().feed(input, read_clocks());
  }
  [[nodiscard]] bool draining() const override { return stopping; }
  void look_again(connection& at) override { again.push_back(&at); }
  void closed(connection& gone) override {
    ++closings;
    std::erase(again, &gone);
    table.retire(gone);
  }

  void released(connection&) override { ++releases; }

  actor_stage stage;
  silent_host host;
  wire::channels channels;
  wire::session_context shared;
  connection_table table;
  std::array<char, 4096> buffer{};
  std::vector<connection*> again;
  wire::session_id last_id = 0;
  int feeds = 0;
  int closings = 0;
  int releases = 0;
  bool stopping = false;
};

}  // namespace comet::actors
