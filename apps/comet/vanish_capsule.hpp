#pragma once
// The capsule of `comet vanish`: all that opens a sealed text except the key, which is in shares.
//
// A capsule is text for a mail or a file. It is no secret while the shares live: who has it can
// open it. When fewer shares live than are needed, nobody can, and no copy of it helps. What it
// says of the shares is bound to the sealed text, so a changed capsule does not open. Pure; used by
// vanish_command.

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/secret_sharing.hpp"
#include "base/time.hpp"

namespace comet::client {

struct capsule {
  int shares = 0;
  int needed = 0;
  wall_time ends{};  ///< about when the shares end; for people, the shares know it themselves
  bytes access;      ///< 32 random bytes from which the keys of the shares follow
  bytes nonce;
  bytes box;  ///< the sealed text with its tag

  friend bool operator==(const capsule&, const capsule&) = default;
};

inline constexpr std::size_t capsule_access_bytes = 32;
inline constexpr std::size_t capsule_text_bytes_max = std::size_t{16} << 20U;

/// Lines of at most 76 columns between two markers.
bytes text_of(const capsule& c);
/// What stands around the markers is passed over. Errors: syntax, with the line that is wrong.
result<capsule> parse_capsule(bytes_view text);

/// Of the capsule, what is bound to the sealed text: all before it.
bytes bound_text(const capsule& c);

/// The key in the store of the share at a place; nothing tells which keys belong together.
bytes share_key(bytes_view access, int place);
/// A share as the value of its object, in hexadecimal; and back, if the value is one of this place.
bytes share_value(const secret_share& share);
std::optional<secret_share> parse_share(bytes_view value, int place);

/// "2026-01-01T00:00:00Z".
bytes text_of_time(wall_time t);

}  // namespace comet::client
