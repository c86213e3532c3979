#pragma once
// The nodes that a node remembers from one run to the next: the store's entry `contacts`.
//
// Text, a line each: id in hexadecimal, a space, HOST:PORT. A line that cannot be read is passed
// over, for what is remembered is a hint and no more. Used by actors/router and who starts it.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "net/wire/endpoint.hpp"

namespace comet::actors {

inline constexpr bytes_view contacts_name = "contacts";  ///< of the entry
inline constexpr std::size_t known_contacts_max = 64;

struct known_contact {
  digest id{};
  wire::endpoint where;

  friend bool operator==(const known_contact&, const known_contact&) = default;
};

/// The first `known_contacts_max`.
bytes encode_contacts(const std::vector<known_contact>& contacts);
std::vector<known_contact> decode_contacts(bytes_view text);

/// "192.0.2.1:7400" or "[2001:db8::1]:7400", with a literal and a port that is not 0.
std::optional<wire::endpoint> parse_endpoint(bytes_view text);

}  // namespace comet::actors
