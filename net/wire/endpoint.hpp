#pragma once
// Where a socket is reached: an address literal and a port. Clients and nodes are told apart by it,
// and nodes tell each other of it.

#include <cstdint>

#include "base/bytes.hpp"

namespace comet::wire {

struct endpoint {
  bytes ip;
  std::uint16_t port = 0;

  /// "127.0.0.1:6379", "[::1]:6379".
  [[nodiscard]] bytes text() const;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

}  // namespace comet::wire
