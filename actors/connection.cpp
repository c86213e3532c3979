#include "actors/connection.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "actors/socket_address.hpp"

namespace comet::actors {

using caf::io::network::operation;

connection::connection(caf::io::network::default_multiplexer& loop, int fd, connection_owner& owner,
                       wire::session_id id, wire::endpoint peer, const instant& now,
                       wire::session_context& shared)
    : event_handler(loop, fd),
      owner_(owner),
      session_(id, std::move(peer), local_endpoint(fd), now, shared) {}

void connection::start() {
  set_interest();
}

bool connection::quiet() const {
  return session_.pending() == 0 && session_.output().empty();
}

void connection::handle_event(operation op) {
  if (closed_) return;  // an event of the poll in which it was closed
  switch (op) {
    case operation::read: read(); break;
    case operation::write:
      blocked_ = false;
      backend().del(operation::write, fd(), this);
      settle();
      break;
    case operation::propagate_error: close(); break;
  }
}

void connection::read() {
  if (!session_.wants_read() || owner_.draining()) {
    settle();
    return;
  }
  const auto buffer = owner_.read_buffer();
  const auto received = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (received > 0) {
    owner_.feed(*this, {buffer.data(), static_cast<std::size_t>(received)});
  } else if (received == 0) {
    peer_done_ = true;
  } else if (errno == EAGAIN || errno == EINTR) {
    return;
  } else {
    close();
    return;
  }
  settle();
}

void connection::settle() {
  if (closed_ || settling_) return;
  settling_ = true;
  bool alive = send();
  for (int i = 0; alive && !owner_.draining() && session_.resumable(); ++i) {
    if (i == resumptions_max) {
      owner_.look_again(*this);
      break;
    }
    owner_.feed(*this, {});
    alive = send();
  }
  settling_ = false;
  if (!alive || session_.must_close() || (peer_done_ && quiet() && !session_.resumable())) {
    close();
  } else {
    set_interest();
  }
}

bool connection::send() {
  const auto output = session_.output();
  if (output.empty() || blocked_) return true;
  const auto sent = ::send(fd(), output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) return false;
    blocked_ = true;
  } else {
    blocked_ = static_cast<std::size_t>(sent) < output.size();
    session_.consume(static_cast<std::size_t>(sent));
  }
  if (blocked_) backend().add(operation::write, fd(), this);
  return true;
}

void connection::set_interest() {
  const bool wanted = !peer_done_ && !owner_.draining() && session_.wants_read();
  if (wanted == reading_) return;
  reading_ = wanted;
  if (wanted) {
    activate();
  } else {
    passivate();
  }
}

void connection::close() {
  if (std::exchange(closed_, true)) return;
  if (std::exchange(reading_, false)) passivate();
  if (std::exchange(blocked_, false)) backend().del(operation::write, fd(), this);
  owner_.closed(*this);
}

void connection::removed_from_loop(operation) {
  if (released()) owner_.released(*this);
}

void connection::graceful_shutdown() {
  close();
}

}  // namespace comet::actors
