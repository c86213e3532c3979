#pragma once
// What the members of a range say to each other about it. net/wire/replica_codec gives it bytes.
//
// Any message may be lost, doubled, late or overtaken: none changes anything that it could not have
// changed when it was sent. Who speaks is proved by the link and by the life in the frame.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/replica/group.hpp"

namespace comet::object::replica {

/// Key and value together of an entry that may be proposed: any larger one could reach no other
/// member. It fits a frame of the default limits (net/wire/replica_batch, `entry_bytes_max`).
inline constexpr std::size_t proposal_bytes_max = (std::size_t{4} << 20U) - 4'096;

/// I want to lead: promise not to follow anybody below.
struct prepare {
  std::uint64_t epoch = 0;
  ballot by = 0;
  ballot handed_over = 0;  ///< its leader gave up and asked the sender to go on
};

/// Granted, on disk. What the sender accepted of a change of group comes along.
struct promise {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::optional<group> next;
  ballot next_by = 0;
};

enum class refusal_reason : std::uint8_t {
  epoch,   ///< the sender is in another epoch: `current`
  ballot,  ///< it promised a higher one: `promised`
  leased,  ///< another leads, and the sender granted it a lease that still runs
  gap,     ///< of a stream: it has only what comes up to `through`
};

/// No, and why.
struct refusal {
  refusal_reason why = refusal_reason::epoch;
  std::uint64_t epoch = 0;  ///< of what is refused
  ballot by = 0;
  group current;
  bool votes = false;
  ballot promised = 0;
  std::uint32_t run = 0;
  std::uint64_t through = 0;
  bool is_led = false;  ///< `current` has had a leader: a majority of it votes
};

/// Which keys do you have after `after`?
struct list_keys {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::optional<bytes> after;  ///< nothing: from the first
};

struct keys_listed {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::optional<bytes> after;
  listing page;
};

/// Their values, please.
struct fetch_values {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::vector<bytes> keys;
};

struct values_fetched {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::vector<entry> entries;
};

/// What a leader sends in order: a value, a key to be forgotten altogether, the end of
/// the epoch, or leave to vote.
struct forget_key {
  bytes key;
  friend bool operator==(const forget_key&, const forget_key&) = default;
};
struct seal {
  group next;
  bool complete = false;  ///< the receiver has everything of this epoch
  friend bool operator==(const seal&, const seal&) = default;
};
/// The receiver is of the group and has everything now: it may vote.
struct may_vote {
  friend bool operator==(const may_vote&, const may_vote&) = default;
};
using part = std::variant<entry, forget_key, seal, may_vote>;
/// What one counts of a window or a message, beside its key and value.
inline constexpr std::size_t part_bytes_min = 64;

/// The leader's changes for one member, numbered without gaps within a run.
struct stream {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::uint32_t run = 0;                ///< from 1; a new one when parts were dropped
  std::uint64_t first = 1;              ///< number of the first of `parts`
  std::optional<group> group_of_epoch;  ///< with the first message of a run
  std::vector<part> parts;
};

/// All parts up to `through` are on disk.
struct streamed {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::uint32_t run = 0;
  std::uint64_t through = 0;
  bool votes = false;  ///< the sender is a member of the epoch
};

/// The group `current` is in force: a majority of the one before agreed, and a majority of it has
/// everything. Who was of the one before, or was told that it has everything, votes in it.
struct install {
  group current;
};

struct installed {
  std::uint64_t epoch = 0;
  bool votes = false;
};

/// The sender stopped leading; you go on.
struct take_over {
  std::uint64_t epoch = 0;
  ballot by = 0;
};

/// Is there a later group than that of this epoch? Whoever knows one refuses the epoch.
struct inquire {
  std::uint64_t epoch = 0;
};

/// The sender leads: said to all nodes, so that those outside of the group know where to go.
struct leading {
  std::uint64_t epoch = 0;
  ballot by = 0;
};

/// The receiver, once it has the parts up to `through`, has all that was chosen when this was sent:
/// later than `heard`, which is of the receiver's clock. So it knows how old its copy may be.
struct whole_copy {
  std::uint64_t epoch = 0;
  ballot by = 0;
  std::uint32_t run = 0;
  std::uint64_t through = 0;
  std::uint64_t chosen = 0;  ///< position; what is above may come to nothing
  mono_time heard{};
};

using message =
    std::variant<prepare, promise, refusal, list_keys, keys_listed, fetch_values, values_fetched,
                 stream, streamed, install, installed, take_over, inquire, leading, whole_copy>;

}  // namespace comet::object::replica
