#pragma once
// TCP connections to other nodes, begun without waiting for anything: the I/O thread does it.
//
// Addresses are literals, so no name server is asked. A descriptor that `begin_dial` gives becomes
// writable when it is known what became of it; `dial_outcome` says what. Who dials sets the
// deadline (actors/link).

#include "base/result.hpp"
#include "net/wire/endpoint.hpp"

namespace comet::actors {

/// A non-blocking descriptor, the caller's to close. Errors: unavailable.
result<int> begin_dial(const wire::endpoint& where);

/// Of a descriptor that is writable. Errors: unavailable, with the system's reason.
result<void> dial_outcome(int fd, const wire::endpoint& where);

}  // namespace comet::actors
