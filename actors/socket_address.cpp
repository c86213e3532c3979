#include "actors/socket_address.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstring>

namespace comet::actors {

result<socket_address> parse_address(const listen_address& where) {
  const bytes host = where.host == "localhost" ? "127.0.0.1" : where.host;
  socket_address address;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(where.port);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.length = sizeof v4;
    return address;
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(where.port);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.length = sizeof v6;
    return address;
  }
  return {errc::config,
          "'" + printable(shortened(where.host, 80)) +
              "' is no address to listen on; use an IPv4 or IPv6 literal or localhost"};
}

wire::endpoint endpoint_of(const socket_address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  wire::endpoint found;
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    found.port = ntohs(v4.sin_port);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    found.port = ntohs(v6.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
  }
  found.ip = text.data();
  return found;
}

wire::endpoint reachable(wire::endpoint bound, const wire::endpoint& links) {
  if ((bound.ip == "0.0.0.0" || bound.ip == "::") && !links.ip.empty()) bound.ip = links.ip;
  return bound;
}

wire::endpoint local_endpoint(int fd) {
  socket_address address;
  address.length = sizeof address.storage;
  if (getsockname(fd, address.get(), &address.length) != 0) return {};
  return endpoint_of(address);
}

}  // namespace comet::actors
