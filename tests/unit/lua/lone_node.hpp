#pragma once
// A whole node without threads, sockets or disks: a shard, a host and a map, in virtual time.

#include <string>
#include <utility>
#include <vector>

#include "lua/host.hpp"
#include "tests/unit/object/shard_world.hpp"

namespace comet::lua::test {

class lone_node : public object::test::shard_world {
 public:
  explicit lone_node(object::policy limits = {}) : shard_world(limits), limits_(limits) {
    restart();
    hand_over = [this](std::vector<object::work> items) { return exchange(std::move(items)); };
  }

  /// A crash: what was not committed is gone, and every activation.
  void restart() {
    shard_world::restart();
    workers.emplace(limits_, environment{"aa11", "203.0.113.7", 42});
    folded_ = 0;
    subject->on_tick(now);
    settle();
  }

  object::reply call(bytes_view key, bytes_view method, std::vector<bytes_view> args = {}) {
    object::command c;
    c.what = object::op::aso_call;
    c.key = key;
    c.method = method;
    c.args = std::move(args);
    return ask(c);
  }

  object::reply put(bytes_view key, bytes_view source, std::vector<bytes_view> args = {}) {
    object::command c;
    c.what = object::op::aso_put;
    c.key = key;
    c.source = source;
    c.args = std::move(args);
    return ask(c);
  }

  /// Lets time pass in steps, so that timers and deadlines come one after the other.
  void pass(std::chrono::milliseconds time, std::chrono::milliseconds step) {
    for (std::chrono::milliseconds gone{0}; gone < time; gone += step) {
      advance(step);
      workers->expire(now);
      settle();
    }
  }

  std::optional<host> workers;

 private:
  bool exchange(std::vector<object::work> items) {
    bool moved = !items.empty();
    if (moved) workers->accept({folded_, std::move(items)}, now);
    while (workers->run(100, now))
      moved = true;
    if (workers->has_outcomes()) {
      moved = true;
      auto outcomes = workers->take_outcomes();
      folded_ = outcomes.serial;
      subject->on_outcomes(std::move(outcomes), now);
    }
    return moved;
  }

  object::policy limits_;
  std::uint64_t folded_ = 0;
};

}  // namespace comet::lua::test
