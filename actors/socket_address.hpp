#pragma once
// Addresses of sockets: literals in, endpoints out. Never asks a name server.

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "actors/options.hpp"
#include "base/result.hpp"
#include "net/wire/session.hpp"

namespace comet::actors {

struct socket_address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// An IPv4 or IPv6 literal or "localhost". Fails with errc::config.
result<socket_address> parse_address(const listen_address& where);

/// An IPv4 address mapped into IPv6 is given as IPv4. Other families: an empty ip.
wire::endpoint endpoint_of(const socket_address& address);

/// Where others reach what is bound to `bound`: on all addresses of the host (0.0.0.0, ::) that is
/// the host at which they reach its links, if that is known.
wire::endpoint reachable(wire::endpoint bound, const wire::endpoint& links);

/// Of a bound socket; an empty endpoint if the kernel does not say.
wire::endpoint local_endpoint(int fd);

}  // namespace comet::actors
