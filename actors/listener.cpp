#include "actors/listener.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "actors/socket_address.hpp"

namespace comet::actors {

namespace {

constexpr int backlog = 511;  // as Redis

int open_reserve() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

error cannot_listen(const listen_address& where, int cause) {
  return {errc::config, fmt::format("cannot listen on {} port {}: {}", where.host, where.port,
                                    std::strerror(cause))};
}

}  // namespace

result<listening_socket> listening_socket::open(const listen_address& where) {
  auto address = parse_address(where);
  if (!address) return std::move(address.failure());
  const int family = address->storage.ss_family;
  listening_socket opened{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), {}};
  if (opened.fd_ < 0) return cannot_listen(where, errno);
  const int yes = 1;
  if (::setsockopt(opened.fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      (family == AF_INET6 &&
       ::setsockopt(opened.fd_, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) != 0) ||
      ::bind(opened.fd_, address->get(), address->length) != 0 ||
      ::listen(opened.fd_, backlog) != 0) {
    return cannot_listen(where, errno);
  }
  opened.local_ = local_endpoint(opened.fd_);
  return opened;
}

listening_socket::listening_socket(listening_socket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), local_(std::move(other.local_)) {}

listening_socket::~listening_socket() {
  if (fd_ >= 0) ::close(fd_);
}

int listening_socket::release() {
  return std::exchange(fd_, -1);
}

listener::listener(caf::io::network::default_multiplexer& loop, listening_socket socket,
                   acceptor& owner)
    : event_handler(loop, socket.release()), owner_(owner), reserve_(open_reserve()) {
  activate();
}

listener::~listener() {
  if (reserve_ >= 0) ::close(reserve_);
}

void listener::resume() {
  if (stopped_ || !std::exchange(paused_, false)) return;
  if (reserve_ < 0) reserve_ = open_reserve();
  activate();
}

void listener::stop() {
  if (std::exchange(stopped_, true)) return;
  if (!paused_) passivate();
}

void listener::handle_event(caf::io::network::operation op) {
  if (stopped_ || paused_ || op != caf::io::network::operation::read) return;
  for (int i = 0; i < accepts_max && accept_one(); ++i) {
  }
}

void listener::removed_from_loop(caf::io::network::operation) {}

void listener::graceful_shutdown() {
  stop();
}

bool listener::accept_one() {
  socket_address peer;
  peer.length = sizeof peer.storage;
  const int client = ::accept4(fd(), peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client >= 0) {
    owner_.accepted(client, endpoint_of(peer));
    return !stopped_;
  }
  switch (errno) {
    case EAGAIN: return false;
    case EMFILE:
    case ENFILE: return turn_one_away();
    case ENOBUFS:
    case ENOMEM: pause("the system has no memory for sockets"); return false;
    default: return true;  // the client's own failure (ECONNABORTED, ...); the next one may be fine
  }
}

bool listener::turn_one_away() {
  if (reserve_ < 0) {
    pause("no descriptor left (ulimit -n)");
    return false;
  }
  ::close(std::exchange(reserve_, -1));
  const int client = ::accept4(fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  const bool nobody_waits = client < 0 && errno == EAGAIN;  // descriptors are looked for first
  if (client >= 0) ::close(client);
  reserve_ = open_reserve();
  if (client >= 0) {
    owner_.not_accepted("no descriptor left (ulimit -n)");
  } else if (!nobody_waits) {
    pause("no descriptor left (ulimit -n)");
  }
  return client >= 0;
}

void listener::pause(bytes_view why) {
  paused_ = true;
  passivate();
  owner_.not_accepted(why);
}

}  // namespace comet::actors
