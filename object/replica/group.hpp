#pragma once
// Who keeps the copies of a range of keys, and how its history is numbered.
//
// A range's group changes by agreement of the group before it, and each change has its epoch. A
// vote counts only among votes of one epoch ("consistent quorums", C. Arad et al.: CATS, SoCC 2013,
// and T. M. Shafaat's thesis, KTH 2013). Within an epoch, ballots order leaders, and positions
// order what one leader proposes (L. Lamport: The part-time parliament, 1998; D. Rystsov: CASPaxos,
// arXiv 1802.07000, has registers without a log). Used everywhere in object/replica.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"

namespace comet::object::replica {

/// The first bits of a key's id say which range it belongs to: `ranges` in all networks.
using range_id = std::uint16_t;
inline constexpr unsigned range_bits = 10;
inline constexpr std::size_t ranges = std::size_t{1} << range_bits;

/// `position` is that of the key in the store: the first eight bytes of its id.
constexpr range_id range_at(std::uint64_t position) {
  return static_cast<range_id>(position >> (64 - range_bits));
}

/// Of one range, that nobody makes larger.
inline constexpr std::size_t members_max = 16;

/// A node in one of its lives. A node whose disk was lost or put back to an older state begins
/// another life: it is not the one that voted before.
struct member {
  digest node{};
  std::uint64_t life = 0;

  friend auto operator<=>(const member&, const member&) = default;
};

/// A leader's claim to lead: an attempt, and the place in the group of who makes it, so that no two
/// members ever have the same. 0: none.
using ballot = std::uint64_t;
constexpr ballot make_ballot(std::uint64_t attempt, std::size_t place) {
  return attempt << 8U | place;
}
constexpr std::uint64_t attempt_of(ballot b) {
  return b >> 8U;
}
constexpr std::size_t place_in(ballot b) {
  return b & 0xffU;
}

struct group {
  std::uint64_t epoch = 0;      ///< grows by one with each change; 0: no group
  std::vector<member> members;  ///< nearest to the range first, as the map of that time had it
  ballot sealed_by = 0;         ///< who proposed it, in the epoch before; others may finish that

  [[nodiscard]] std::size_t majority() const { return members.size() / 2 + 1; }
  [[nodiscard]] std::optional<std::size_t> place_of(const member& who) const;
  [[nodiscard]] bool contains(const member& who) const { return place_of(who).has_value(); }

  friend bool operator==(const group&, const group&) = default;
};

/// The same members, in whatever order.
bool same_members(const std::vector<member>& a, const std::vector<member>& b);
/// One that can be obeyed: not empty, no node twice, not more than `members_max`.
bool is_plausible(const group& g);

/// When a value was proposed. No two proposals of a range have the same.
struct stamp {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::uint64_t position = 0;  ///< counts what this leader proposed, from 1

  friend auto operator<=>(const stamp&, const stamp&) = default;
};

/// The value of a key as the store keeps it.
struct entry {
  bytes key;
  stamp at;
  bool erased = false;  ///< a tombstone: the key does not exist, and did before
  bytes value;

  friend bool operator==(const entry&, const entry&) = default;
};

/// The same without the value.
struct listed_key {
  bytes key;
  stamp at;
  bool erased = false;
  std::uint64_t value_bytes = 0;  ///< of the value: who reads values asks for as many as are small

  friend bool operator==(const listed_key&, const listed_key&) = default;
};

/// Keys of a range in the order of their bytes.
struct listing {
  std::vector<listed_key> keys;
  bool more = false;  ///< after the last of `keys`

  /// Whoever reads page after page comes to an end: in order, after `after`, and not empty when
  /// there is more.
  [[nodiscard]] bool is_plausible(const std::optional<bytes>& after) const;
};

/// What a member must not forget about a range, written before anybody is told of it.
struct range_register {
  group current;        ///< the latest group that it knows to be in force
  bool votes = false;   ///< it is one of `current` and has what that asks for
  ballot promised = 0;  ///< of `current`'s epoch: it follows no lower one any more
  /// The change of group that it accepted in this epoch: no value was proposed after it.
  std::optional<group> next;
  ballot next_by = 0;
  bool ready = false;  ///< it has everything that `next` begins with
  /// The latest leader of this epoch whose stream it took, and the latest run of that: after a
  /// restart it takes a later one only, or what is late would bring old values back.
  ballot taught_by = 0;
  std::uint32_t taught_run = 0;

  friend bool operator==(const range_register&, const range_register&) = default;
};

bytes encode(const range_register& r);
result<range_register> decode_register(bytes_view encoded);

}  // namespace comet::object::replica
