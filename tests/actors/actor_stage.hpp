#pragma once
// Actors under CAF's deterministic scheduler: nothing runs but in `run()`, time stands but for
// `pass()`. A multiplexer that is driven by hand takes the place of the I/O thread.

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "actors/message_types.hpp"

namespace comet::actors {

class stage_config : public caf::actor_system_config {
 public:
  stage_config() {
    register_message_types();
    set("caf.scheduler.policy", "testing");
  }
};

class actor_stage {
 public:
  actor_stage() { loop.thread_id(std::this_thread::get_id()); }
  ~actor_stage() {
    for (const auto& one : cast_)
      caf::anon_send_exit(one, caf::exit_reason::kill);
    run();
    // A broker's mailbox stays open after its end, so what is due later would look for the loop.
    while (scheduler().has_pending_timeout()) {
      scheduler().trigger_timeouts();
      run();
    }
  }
  actor_stage(const actor_stage&) = delete;
  actor_stage& operator=(const actor_stage&) = delete;

  /// Until nobody has anything to do, the sockets of `loop` included.
  void run() {
    bool busy = true;
    while (busy) {
      loop.handle_internal_events();
      busy = loop.try_run_once();
      busy = scheduler().run() > 0 || busy;
    }
  }
  void pass(caf::timespan time) {
    scheduler().advance_time(time);
    run();
  }

  template <class Actor, class... Arguments>
  caf::actor spawn(Arguments&&... arguments) {
    return keep(system.spawn<Actor>(std::forward<Arguments>(arguments)...));
  }
  /// On the multiplexer instead of a scheduler's thread.
  template <class Broker, class... Arguments>
  caf::actor spawn_on_loop(Arguments&&... arguments) {
    caf::actor_config where{&loop};
    return keep(system.spawn_impl<Broker, caf::no_spawn_options>(
        where, loop, std::forward<Arguments>(arguments)...));
  }
  /// It ends with the stage.
  caf::actor keep(caf::actor one) {
    cast_.push_back(one);
    return one;
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }

  stage_config config;
  caf::actor_system system{config};
  caf::io::network::default_multiplexer loop{&system};

 private:
  std::vector<caf::actor> cast_;
};

/// An actor that keeps every message of type `Message` that it gets.
template <class Message>
class witness {
 public:
  explicit witness(actor_stage& stage)
      : handle(stage.keep(stage.system.spawn([kept = kept_]() -> caf::behavior {
          return {[kept](Message& one) { kept->push_back(std::move(one)); }, [](introduction) {}};
        }))) {}

  [[nodiscard]] std::vector<Message>& seen() { return *kept_; }

 private:
  std::shared_ptr<std::vector<Message>> kept_ = std::make_shared<std::vector<Message>>();

 public:
  caf::actor handle;
};

}  // namespace comet::actors
