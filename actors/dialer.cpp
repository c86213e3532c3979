#include "actors/dialer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "actors/socket_address.hpp"

namespace comet::actors {

namespace {

error unreachable(const wire::endpoint& where, int cause) {
  return {errc::unavailable, "no node answers at " + where.text() + ": " + std::strerror(cause)};
}

}  // namespace

result<int> begin_dial(const wire::endpoint& where) {
  const auto address = parse_address({where.ip, where.port});
  if (!address || where.port == 0) {
    return {errc::unavailable, "'" + printable(shortened(where.text(), 80)) +
                                   "' is no address of a node; give an IPv4 or IPv6 literal and a "
                                   "port"};
  }
  const int fd =
      ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return unreachable(where, errno);
  if (::connect(fd, address->get(), address->length) != 0 && errno != EINPROGRESS) {
    const int cause = errno;
    ::close(fd);
    return unreachable(where, cause);
  }
  return fd;
}

result<void> dial_outcome(int fd, const wire::endpoint& where) {
  int cause = 0;
  socklen_t size = sizeof cause;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &size) != 0) cause = errno;
  if (cause != 0) return unreachable(where, cause);
  return {};
}

}  // namespace comet::actors
