#include "actors/resolver.hpp"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "actors/socket_address.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

namespace {

constexpr std::size_t addresses_of_name_max = 16;

}  // namespace

resolved_name resolve(const listen_address& name) {
  resolved_name found{name, {}, {}};
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int status =
      ::getaddrinfo(name.host.c_str(), std::to_string(name.port).c_str(), &wanted, &list);
  if (status != 0) {
    const char* why = status == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(status);
    found.failure = error{errc::unavailable, "the name '" + printable(shortened(name.host, 80)) +
                                                 "' cannot be resolved: " + why};
    return found;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, &::freeaddrinfo);
  for (const auto* one = list; one != nullptr; one = one->ai_next) {
    socket_address address;
    if (one->ai_addrlen > sizeof address.storage) continue;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.length = one->ai_addrlen;
    const auto where = endpoint_of(address);
    if (where.ip.empty() || found.addresses.size() == addresses_of_name_max) continue;
    if (std::ranges::find(found.addresses, where) == found.addresses.end())
      found.addresses.push_back(where);
  }
  return found;
}

caf::behavior resolver::make_behavior() {
  return {
      [](const resolve_order& order) {
        names_resolved all;
        for (const auto& one : order.names)
          all.names.push_back(resolve(one));
        return all;
      },
  };
}

}  // namespace comet::actors
