#pragma once
// The durable form of one object: a passive value, or code with its state, timers and accounts.
//
// A record is immutable once shared: the shard replaces it by a successor with `version` + 1, so an
// executor may keep reading the one it was given. Encoding is versioned and ends in a CRC-32C
// (docs/formats.md); `decode` refuses what it does not know and never reads past its input.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/asked_limits.hpp"
#include "object/asked_replicas.hpp"
#include "object/kept_answers.hpp"
#include "object/timer.hpp"

namespace comet::object {

/// Source text of an object's code; one copy is shared by all records that name its hash.
struct code {
  digest hash{};  ///< SHA-256 of `source`
  bytes source;
};
using code_ref = std::shared_ptr<const code>;

/// The part of a record that only active objects have.
struct activity {
  digest code_hash{};
  bytes state;              ///< msgpack of `self` without functions: always a map or an array
  std::vector<bytes> args;  ///< the script's `...`
  std::vector<timer> timers;
  asked_limits limits;      ///< lower than the policy's; in the order of their numbers, each once
  asked_replicas replicas;  ///< other than what the network gives every object
  std::uint64_t turns = 0;  ///< committed turns that wrote this record, and all before
  std::uint64_t fuel = 0;   ///< instructions of all turns up to this record
  std::uint32_t breaches = 0;       ///< budget breaches in a row
  std::optional<bytes> quarantine;  ///< reason; the code is suspended while it is set

  friend bool operator==(const activity&, const activity&) = default;
};

class turn_ring;
using turn_ring_ref = std::shared_ptr<const turn_ring>;

struct record {
  std::uint64_t version = 0;      ///< grows with each change of this object
  std::uint64_t incarnation = 0;  ///< tells a recreated object from its predecessor; unique a node
  std::optional<wall_time> expires;
  bytes owner;                       ///< user that put it; empty: the default user
  bytes value;                       ///< passive objects only
  kept_answers_ref answered;         ///< of requests with ids; null: none
  std::unique_ptr<activity> active;  ///< null: passive
  turn_ring_ref recorded;            ///< its latest turns; null: they are not recorded

  record() = default;
  record(const record& other);
  record(record&&) = default;
  record& operator=(const record& other);
  record& operator=(record&&) = default;
  ~record() = default;

  [[nodiscard]] bool is_active() const { return active != nullptr; }
  /// The earliest of expiry and timers: where the object stands in the index of due times.
  /// The timers of a quarantined object wait.
  [[nodiscard]] std::optional<wall_time> next_due() const;
  [[nodiscard]] bool expired_at(wall_time now) const { return expires && *expires <= now; }
};
using record_ref = std::shared_ptr<const record>;

bytes encode(const record& r);
result<record> decode(bytes_view encoded);

/// Only what a scan needs, without decoding the rest: is it expired at `now`, is it active, does it
/// ask for replicas of its own?
struct record_summary {
  std::optional<wall_time> expires;
  bool active = false;
  bool asks_replicas = false;
};
result<record_summary> summarize(bytes_view encoded);

}  // namespace comet::object
