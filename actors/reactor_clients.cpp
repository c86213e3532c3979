#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "actors/clock.hpp"
#include "actors/reactor.hpp"
#include "actors/type_ids.hpp"
#include "net/wire/viewer.hpp"

namespace comet::actors {

void reactor::execute(wire::session& from, wire::slot_id slot, const object::command& c) {
  const object::caller* caller = &from.caller();
  if (!caller_.node.empty()) {
    caller_.ip = caller->ip;
    caller_.port = caller->port;
    caller_.user = caller->user;
    caller_.administrator = caller->administrator;
    caller = &caller_;
  }
  const object::origin to{object::origin::kind::client, fed_->handle(), slot};
  if (shard_.submit(c, *caller, to, now_, answer_)) {
    from.complete(slot, answer_);
  } else if (shard_.deferred()) {
    from.hold_requests();
  }
}

void reactor::feed(connection& to, bytes_view input) {
  now_ = read_clocks();
  fed_ = &to;
  to.client().feed(input, now_);
  fed_ = nullptr;
  if (sessions_.counts.has_untimed()) {
    const auto took = read_mono_clock() - now_.mono;
    sessions_.counts.end_read(took);
    look_at_read(to.client(), took);
  }
  if (shard_.has_effects() || channels_.has_changes()) request_round();
}

std::vector<std::pair<bytes, bytes>> reactor::config_get(bytes_view pattern) {
  if (!options_.configuration) return {};
  return options_.configuration->get(pattern);
}

result<void> reactor::config_set(std::span<const std::pair<bytes_view, bytes_view>> changes) {
  if (!options_.configuration) return {errc::config, "this node has no parameters that can be set"};
  auto limits = options_.configuration->set(changes);
  if (!limits) return std::move(limits.failure());
  apply(*limits);
  return {};
}

result<void> reactor::reload_users() {
  if (!options_.configuration) return {errc::config, "this node has no users file"};
  auto limits = options_.configuration->reload_users();
  if (!limits) return std::move(limits.failure());
  apply(*limits);
  for (auto* one : connections_.all()) {
    one->client().adopt_users();
    look_again(*one);
  }
  return {};
}

bytes reactor::secret(std::size_t count) {
  COMET_CHECK(options_.random_bytes != nullptr);
  return options_.random_bytes(count);
}

std::vector<wire::session*> reactor::clients() {
  std::vector<wire::session*> all;
  all.reserve(connections_.size());
  for (auto* one : connections_.all())
    all.push_back(&one->client());
  return all;
}

void reactor::touched(wire::session& other) {
  if (auto* one = connections_.find_session(other.id())) look_again(*one);
}

void reactor::look_again(connection& at) {
  if (std::exchange(at.listed, true)) return;
  listed_.push_back(&at);
  request_round();
}

void reactor::closed(connection& gone) {
  if (std::exchange(gone.listed, false)) std::erase(listed_, &gone);
  if (gone.client().overflowed()) complain_of(gone.client());
  connections_.retire(gone);
  request_round();  // to bury it, if the multiplexer does not hold it
}

void reactor::accepted(int fd, wire::endpoint peer) {
  if (auto* made = admit(fd, std::move(peer))) made->start();
}

/// Takes `fd`. Null: there are too many, which the client was told.
connection* reactor::admit(int fd, wire::endpoint peer) {
  ++connections_total_;
  if (connections_.size() >= tunables_.clients_max) {
    ++connections_rejected_;
    constexpr bytes_view refusal = "-ERR max number of clients reached\r\n";
    // Best effort, as in Redis: the socket is new, so its buffer has room.
    (void)::send(fd, refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::close(fd);
    return nullptr;
  }
  connection_owner& owner = *this;
  return &connections_.insert(std::make_unique<connection>(
      loop_, fd, owner, ++last_session_, std::move(peer), read_clocks(), sessions_));
}

/// One that comes while the node stops is closed unanswered.
void reactor::take_client(local_connection one) {
  if (stopping_) return;
  auto* made = admit(one.socket.release(), std::move(one.peer));
  if (made == nullptr) return;
  made->client().tell_codes();
  if (one.is_viewer) made->client().sign_in(wire::make_viewer(tunables_.users == nullptr));
  made->start();
}

void reactor::not_accepted(bytes_view why) {
  ++connections_rejected_;
  const auto now = read_mono_clock();
  if (complained_ && now - last_complaint_ < std::chrono::seconds{10}) return;
  complained_ = true;
  last_complaint_ = now;
  options_.log(severity::warning, "clients cannot be accepted: " + bytes{why});
}

/// One that reconnects and falls behind again and again must not fill the log.
void reactor::complain_of(const wire::session& slow) {
  const auto now = read_mono_clock();
  if (last_slow_client_ && now - *last_slow_client_ < std::chrono::seconds{10}) {
    ++slow_clients_unnamed_;
    return;
  }
  last_slow_client_ = now;
  const auto others = std::exchange(slow_clients_unnamed_, 0);
  options_.log(
      severity::warning,
      "the client " + slow.peer().text() + " was disconnected: it did not read what it " +
          (slow.subscription_count() > 0 ? "listens to" : "asked for") +
          ", and more than `client-output-bytes-max` was waiting" +
          (others == 0 ? bytes{}
                       : " (and " + std::to_string(others) + " more since the last such line)"));
}

void reactor::close_idle_clients(mono_time now) {
  if (tunables_.client_idle_max == std::chrono::seconds{0}) return;
  std::vector<connection*> idle;
  for (auto* one : connections_.all()) {
    const auto& client = one->client();
    if (client.pending() == 0 && client.subscription_count() == 0 &&
        now - client.last_interaction() > tunables_.client_idle_max)
      idle.push_back(one);
  }
  for (auto* one : idle)
    one->close();
}

}  // namespace comet::actors
