#include "runtime/live_configuration.hpp"

#include <algorithm>

#include "runtime/log.hpp"
#include "runtime/users_file.hpp"

namespace comet::runtime {

std::vector<std::pair<bytes, bytes>> live_configuration::get(bytes_view pattern) {
  const std::lock_guard guard(mutex_);
  return told_.matching(pattern);
}

result<actors::tunables> live_configuration::set(
    std::span<const std::pair<bytes_view, bytes_view>> changes) {
  const std::lock_guard guard(mutex_);
  if (auto changed = told_.change(changes); !changed) return std::move(changed).failure();
  for (const auto& [name, value] : changes) {
    log::info("a setting was changed", {{"key", bytes{name}}, {"value", bytes{value}}});
  }
  log::set_levels(told_.values().log);
  return tunables_of(told_.values(), users_);
}

result<void> live_configuration::load_users() {
  const std::lock_guard guard(mutex_);
  const bytes& path = told_.values().users_file;
  if (path.empty()) return {};
  auto read = read_users_file(path);
  if (!read) return read.failure();
  users_ = std::move(*read);
  return {};
}

result<actors::tunables> live_configuration::reload_users() {
  const bytes path = values().users_file;
  if (path.empty())
    return error{errc::config, "this node has no users file; start it with --users-file FILE"};
  if (auto loaded = load_users(); !loaded) return loaded.failure();
  log::info("the users file was read again", {{"file", path}});
  return tunables();
}

settings live_configuration::values() const {
  const std::lock_guard guard(mutex_);
  return told_.values();
}

actors::tunables live_configuration::tunables() const {
  const std::lock_guard guard(mutex_);
  return tunables_of(told_.values(), users_);
}

void live_configuration::listens_on(const address& resp) {
  const std::lock_guard guard(mutex_);
  const auto applied = told_.apply({"resp", text_of(resp), "the port that was free"});
  COMET_CHECK(applied.ok());
}

actors::tunables tunables_of(const settings& s, std::shared_ptr<const wire::user_table> users) {
  actors::tunables t;
  t.limits = s.limits;
  if (users) t.limits.users = users->directory();
  t.users = std::move(users);
  t.clients_max = s.maxclients;
  // Whole seconds, and never 0 (no limit) for a shorter limit.
  t.client_idle_max = std::chrono::ceil<std::chrono::seconds>(s.client_idle_max);
  t.sessions.parser.bulk_bytes_max = std::max(s.limits.value_bytes_max, s.limits.source_bytes_max);
  t.sessions.output_bytes_hard = s.client_output_bytes_max;
  t.sessions.output_bytes_soft = std::min(t.sessions.output_bytes_soft, s.client_output_bytes_max);
  t.sessions.pending_max = s.client_pending_max;
  t.sessions.slow_request = s.slow_request;
  return t;
}

}  // namespace comet::runtime
