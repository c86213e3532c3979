#pragma once
// The configuration of a running node: CONFIG GET and SET come here, on the I/O thread.
//
// Others (an orderly stop) read it from their own threads, so a mutex guards it.

#include <mutex>

#include "actors/options.hpp"
#include "runtime/configuration.hpp"

namespace comet::runtime {

class live_configuration final : public actors::live_settings {
 public:
  explicit live_configuration(configuration told) : told_(std::move(told)) {}

  /// Reads the users file, if there is one; before the node starts.
  result<void> load_users();

  std::vector<std::pair<bytes, bytes>> get(bytes_view pattern) override;
  result<actors::tunables> set(std::span<const std::pair<bytes_view, bytes_view>> changes) override;
  result<actors::tunables> reload_users() override;

  [[nodiscard]] settings values() const;
  [[nodiscard]] actors::tunables tunables() const;
  /// The port that port 0 became.
  void listens_on(const address& resp);

 private:
  mutable std::mutex mutex_;
  configuration told_;
  std::shared_ptr<const wire::user_table> users_;  ///< null: there is no users file
};

/// What of the settings may change while a node runs, in the terms of actors/. `users`: null when
/// there is no users file.
actors::tunables tunables_of(const settings& s, std::shared_ptr<const wire::user_table> users);

}  // namespace comet::runtime
