#pragma once
// A running node as runtime/ and apps/ see it: started, asked for its figures, stopped. No CAF
// here.
//
// It owns the actor system, the store and every actor of the node. One object a node; a process may
// hold several (tests do). The members are called from threads that are not actors of the node.

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "actors/local_client.hpp"
#include "actors/numbers.hpp"
#include "actors/options.hpp"
#include "base/result.hpp"
#include "net/wire/session.hpp"
#include "store/store.hpp"

namespace comet::actors {

class node_system {
 public:
  /// Binds all addresses, reads the store's facts and starts every actor. When it returns, clients
  /// are served. Errors: config (an address that cannot be used), storage, corrupt, incompatible.
  static result<std::unique_ptr<node_system>> start(node_options options,
                                                    std::unique_ptr<store::store> store);

  /// Stops at once what `stop` did not.
  ~node_system();
  node_system(const node_system&) = delete;
  node_system& operator=(const node_system&) = delete;

  /// Where clients connect, in the order of `node_options::listen`, with the ports in use.
  [[nodiscard]] const std::vector<wire::endpoint>& addresses() const;
  /// Where other nodes connect, with the port in use; nothing: the node is alone.
  [[nodiscard]] std::optional<wire::endpoint> link_address() const;

  /// Takes no more requests, finishes what is under way, makes it durable, answers, closes. What is
  /// not done after `patience` is cut off and reported. Once; blocks.
  stop_report stop(std::chrono::milliseconds patience);

  /// A client in this process, on behalf of `peer`. A viewer (net/wire/viewer) is one at once;
  /// others begin as every client does, and say who they are. Errors: no descriptor is free.
  result<std::unique_ptr<local_client>> connect(wire::endpoint peer, bool as_viewer);

  /// Blocks for one round trip through the I/O thread. Empty figures from `stop` on.
  [[nodiscard]] node_numbers snapshot();

 private:
  struct parts;
  explicit node_system(std::unique_ptr<parts> content);

  std::unique_ptr<parts> parts_;
};

}  // namespace comet::actors
