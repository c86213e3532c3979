#include "actors/link.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "actors/dialer.hpp"

namespace comet::actors {

using caf::io::network::operation;

namespace {

error lost(const wire::endpoint& where, bytes_view why) {
  return {errc::unavailable, "the link to " + where.text() + " is lost: " + bytes{why}};
}

error overrun(const wire::endpoint& where) {
  return {errc::busy, "the node at " + where.text() +
                          " does not keep up with what it is sent; try again later"};
}

/// More than are asked for until a silent link is lost.
constexpr std::size_t urgent_bytes_max = std::size_t{64} << 10U;

/// Answers are awaited, and questions of the overlay are small and must not make a node look dead
/// that is only busy.
bool has_precedence(wire::frame_kind kind) {
  return kind != wire::frame_kind::forward;
}

/// Bytes that are not on the wire yet: what the kernel has nothing overtakes.
constexpr int unsent_in_kernel_max = 256 * 1024;

bytes seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

link::link(caf::io::network::default_multiplexer& loop, int fd, const link_setting& setting,
           link_route route, mono_time now, std::chrono::milliseconds uptime)
    : event_handler(loop, fd),
      setting_(setting),
      route_(std::move(route)),
      session_(setting.self, setting.greeting, route_.side, route_.expected, route_.dial, uptime),
      deadline_(now + setting.limits.hello_time_max),
      last_tick_(now),
      last_heard_(now),
      last_moved_(now),
      allowance_(setting.limits.received_bytes_per_second) {
  // No error is one: on a socket of another kind, or an old kernel, leases may come later.
  static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_in_kernel_max,
                                 sizeof unsent_in_kernel_max));
  if (route_.only_looks) session_.only_look();
  if (route_.side == link_session::role::dialer) {
    dialing_ = true;
    deadline_ = now + setting.limits.dial_time_max;
  }
}

void link::start() {
  if (dialing_) {
    ask_for_writes(true);
  } else {
    set_interest();
  }
}

void link::handle_event(operation op) {
  if (closed_) return;  // an event of the poll in which it was closed
  switch (op) {
    case operation::read: read(); break;
    case operation::write:
      if (dialing_) {
        conclude_dial();
      } else {
        blocked_ = false;
        settle();
      }
      break;
    case operation::propagate_error: close(lost(route_.remote, "the connection was reset")); break;
  }
}

void link::conclude_dial() {
  if (auto connected = dial_outcome(fd(), route_.remote); !connected) {
    close(connected.failure());
    return;
  }
  dialing_ = false;
  deadline_ = last_tick_ + setting_.limits.dial_time_max + setting_.limits.hello_time_max;
  settle();
}

bool link::wants_read() const {
  if (closed_ || dialing_ || held_ || session_.holding() || allowance_ <= 0) return false;
  const std::size_t most = relaxed_ ? setting_.limits.output_hard : setting_.limits.output_soft;
  return session_.backlog() <= most;
}

void link::read() {
  if (!wants_read()) {
    settle();
    return;
  }
  const auto buffer = setting_.owner.read_buffer();
  const auto received = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (received > 0) {
    receive({buffer.data(), static_cast<std::size_t>(received)});
  } else if (received == 0) {
    close(session_.finishing() ? lost(route_.remote, "it was closed")
                               : lost(route_.remote, "the connection was cut"));
  } else if (errno != EAGAIN && errno != EINTR) {
    close(lost(route_.remote, std::strerror(errno)));
  }
}

void link::receive(bytes_view received) {
  heard_ = true;
  pinged_ = false;
  allowance_ -= static_cast<std::int64_t>(received.size());
  setting_.totals.bytes_received += received.size();
  delivering_ = true;
  auto done = session_.receive(received, [this](const auto& frame) { return take(frame); });
  delivering_ = false;
  if (closed_) return;
  if (!done) {
    fail(done.failure());
    return;
  }
  if (session_.up() && !std::exchange(announced_, true)) setting_.owner.came_up(*this);
  go_on();
}

void link::go_on() {
  if (delivering_ || closed_) return;
  while (session_.holding() && !held_ && allowance_ > 0) {
    delivering_ = true;
    auto done = session_.resume([this](const auto& frame) { return take(frame); });
    delivering_ = false;
    if (closed_) return;
    if (!done) {
      fail(done.failure());
      return;
    }
  }
  settle();
}

bool link::take(const wire::node_frame& frame) {
  if (closed_) return false;
  allowance_ -= frame_cost;
  ++setting_.totals.frames_received;
  setting_.owner.frame_received(*this, frame);
  return !closed_ && !held_ && allowance_ > 0;
}

result<void> link::check_room(wire::frame_kind kind) {
  if (closed_ || !session_.up() || session_.finishing())
    return {errc::unavailable, "there is no link to " + route_.remote.text()};
  if (is_urgent(kind)) {
    if (session_.urgent_backlog() <= urgent_bytes_max) return {};
    return overrun(route_.remote);
  }
  if (is_patient(kind)) {
    if (session_.patient_backlog() <= setting_.limits.publications_max) return {};
    return overrun(route_.remote);
  }
  const bool first = has_precedence(kind);
  const std::size_t most = first ? setting_.limits.output_hard : setting_.limits.output_soft;
  if (session_.backlog() <= most) return {};
  if (!first) refused_ = true;
  return overrun(route_.remote);
}

void link::settle() {
  if (closed_ || dialing_) return;
  if (session_.peer_finished() && !session_.holding() && !session_.finishing()) session_.finish();
  if (!send_output()) {
    close(lost(route_.remote, std::strerror(errno)));
    return;
  }
  if (session_.finishing() && session_.output().empty() && session_.peer_finished() &&
      !session_.holding()) {
    close(lost(route_.remote, "it was closed"));
    return;
  }
  if (refused_ && session_.backlog() * 2 <= setting_.limits.output_soft) {
    refused_ = false;
    setting_.owner.has_room(*this);
  }
  set_interest();
}

/// False: the connection is gone, errno says why.
bool link::send_output() {
  for (int i = 0; !blocked_; ++i) {
    const auto output = session_.output();
    if (output.empty()) break;
    if (i == sends_max) {
      setting_.owner.look_again(*this);
      break;
    }
    const auto sent = ::send(fd(), output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN && errno != EINTR) return false;
      blocked_ = true;
      break;
    }
    blocked_ = static_cast<std::size_t>(sent) < output.size();
    session_.consume(static_cast<std::size_t>(sent));
    setting_.totals.bytes_sent += static_cast<std::uint64_t>(sent);
    moved_ = true;
  }
  if (session_.backlog() <= setting_.limits.output_soft) relaxed_ = false;
  return true;
}

void link::ask_for_writes(bool wanted) {
  if (std::exchange(writing_, wanted) == wanted) return;
  if (wanted) {
    backend().add(operation::write, fd(), this);
  } else {
    backend().del(operation::write, fd(), this);
  }
}

void link::set_interest() {
  if (closed_) return;
  ask_for_writes(blocked_ || dialing_);
  const bool wanted = wants_read();
  if (std::exchange(reading_, wanted) == wanted) return;
  if (wanted) {
    activate();
  } else {
    passivate();
  }
}

void link::tick(mono_time now) {
  if (closed_) return;
  const auto passed = now - std::exchange(last_tick_, now);
  if (dialing_ || !session_.up() || ending_) {
    if (now < deadline_) return;
    const auto& limits = setting_.limits;
    close(dialing_  ? error{errc::unavailable, "no node answers at " + route_.remote.text() +
                                                  " within " + seconds(limits.dial_time_max)}
          : ending_ ? lost(route_.remote, "it was closed, and the other node did not confirm")
                    : lost(route_.remote, "no hello within " + seconds(limits.hello_time_max)));
    return;
  }
  const auto rate = setting_.limits.received_bytes_per_second;
  const double earned = std::chrono::duration<double>(passed).count() * static_cast<double>(rate);
  allowance_ = std::min(rate, allowance_ + static_cast<std::int64_t>(earned));
  judge_silence(now);
  go_on();
}

void link::judge_silence(mono_time now) {
  const auto& limits = setting_.limits;
  if (std::exchange(heard_, false) || !wants_read()) last_heard_ = now;  // unheard is not silent
  const bool stuck = blocked_ && !moved_;
  if (std::exchange(moved_, false) || !blocked_) last_moved_ = now;
  if (stuck) relaxed_ = true;
  if (now - last_heard_ >= limits.silence_max || now - last_moved_ >= limits.silence_max) {
    close(lost(route_.remote, "the other node is silent for " + seconds(limits.silence_max)));
  } else if (now - last_heard_ >= limits.ping_after && !std::exchange(pinged_, true)) {
    // Refused only when there is too much unsent, and then a ping says nothing new.
    static_cast<void>(send(0, wire::ping{}));
  }
}

void link::hold() {
  held_ = true;
  set_interest();
}

void link::release() {
  if (!std::exchange(held_, false)) return;
  setting_.owner.look_again(*this);  // what waits is delivered outside of whatever goes on now
  set_interest();
}

void link::expect_end(mono_time now) {
  ending_ = true;
  deadline_ = now + setting_.limits.end_time_max;
}

void link::finish(mono_time now) {
  if (closed_ || session_.finishing()) return;
  if (!session_.up()) {
    close(lost(route_.remote, "it was closed"));
    return;
  }
  session_.finish();
  expect_end(now);
  setting_.owner.look_again(*this);
}

/// The session is over; what it has to say to the peer about it is said as far as that is possible.
void link::fail(const error& why) {
  send_output();
  close(why);
}

void link::close(const error& why) {
  if (std::exchange(closed_, true)) return;
  if (std::exchange(reading_, false)) passivate();
  if (std::exchange(writing_, false)) backend().del(operation::write, fd(), this);
  setting_.owner.closed(*this, why);
}

void link::removed_from_loop(operation) {
  if (released()) setting_.owner.released(*this);
}

void link::graceful_shutdown() {
  close(lost(route_.remote, "the node stops"));
}

}  // namespace comet::actors
