#pragma once
// One node, assembled: store, identity, actors, HTTP. Started once, stopped once.
//
// Start opens the store first (so that a second node on the same data fails before it binds
// anything), then binds HTTP, then the clients' address: who can connect is served. Stop goes the
// other way: /ready says no, the actors finish what is under way, HTTP ends last.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "actors/system.hpp"
#include "base/result.hpp"
#include "runtime/configuration.hpp"
#include "runtime/dashboard_api.hpp"
#include "runtime/http_server.hpp"
#include "runtime/live_configuration.hpp"

namespace comet::runtime {

class node {
 public:
  /// Without a `secret` of a network the node is alone. `config_file` is shown by INFO. `fatal` is
  /// called, from any thread, when the node cannot go on. Errors name the cause and what to do: the
  /// address in use, the directory of another node.
  static result<std::unique_ptr<node>> start(configuration told, std::optional<bytes> secret,
                                             const bytes& config_file,
                                             std::function<void(const error&)> fatal);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// 64 hexadecimal digits.
  [[nodiscard]] const bytes& id() const { return id_; }
  /// With the ports in use.
  [[nodiscard]] const address& resp() const { return resp_; }
  [[nodiscard]] const address& http() const { return http_->listens_on(); }
  /// Nothing: the node is alone.
  [[nodiscard]] std::optional<address> link() const;
  [[nodiscard]] settings values() const { return live_->values(); }

  /// Orderly, within shutdown-deadline. Once; blocks.
  actors::stop_report stop();

 private:
  node() = default;
  result<void> bind_http(const settings& s);
  void add_dashboard(const settings& s, const http_page& index, std::vector<http_page>& pages);
  http_answer page_of(const std::function<http_answer(const actors::node_numbers*)>& make);

  std::shared_ptr<live_configuration> live_;
  bytes id_;
  address resp_;
  std::atomic<bool> serving_ = false;
  std::unique_ptr<actors::node_system> system_;
  std::unique_ptr<dashboard_api> dashboard_;  ///< null: there is none
  std::unique_ptr<http_server> http_;         ///< its pages use what stands above
};

/// An error of configuration says which key it is about and how to choose another value.
error explained(error why, bytes_view key, bytes_view value, bytes_view form);

}  // namespace comet::runtime
