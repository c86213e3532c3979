#pragma once
// What nodes tell of themselves, as values: one row of COMET NODES, the text of INFO, COMET TOP.
//
// Pure. A figure that a node does not tell is nothing, never 0. All text is as the node sent it:
// whoever shows it makes it safe for a terminal. Used by top_model and doctor_rules.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "object/reply.hpp"
#include "object/work_figures.hpp"

namespace comet::client {

/// What the actors of one kind did since the node started, and what waits for them.
struct actor_account {
  bytes kind;
  std::uint64_t count = 0;
  std::uint64_t work = 0;
  std::uint64_t busy_us = 0;  ///< of all of them
  std::uint64_t waiting = 0;  ///< now
};

/// INFO: every "name:value" of it, and the lines of its section "Actors".
class info_figures {
 public:
  static info_figures parse(bytes_view text);

  /// Nothing: the node does not tell, or it is no number.
  [[nodiscard]] std::optional<double> number(bytes_view name) const;
  /// Empty: the node does not tell.
  [[nodiscard]] bytes text(bytes_view name) const;
  [[nodiscard]] const std::vector<actor_account>& actors() const { return actors_; }
  /// User and system time of the process, in seconds.
  [[nodiscard]] double cpu_seconds() const;

 private:
  std::map<bytes, bytes, std::less<>> values_;
  std::vector<actor_account> actors_;
};

struct node_concern {
  bytes what;
  bytes why;
};

/// One node, as COMET NODES of another or of itself tells of it.
struct node_figures {
  bytes id;
  bytes address;
  bytes state;  ///< here, alive, leaving, no answer
  bytes why;    ///< there is no answer
  bytes resp;   ///< where its clients connect; empty: it does not say
  bytes version;
  std::optional<std::int64_t> uptime_s;
  std::optional<std::int64_t> keys;
  std::optional<std::int64_t> memory_bytes;
  std::optional<std::int64_t> ops_per_second;
  std::optional<std::int64_t> round_trip_us;
  std::optional<std::int64_t> ranges_led;  ///< nothing as well: it is alone
  std::vector<node_concern> concerns;

  /// The one that was asked for the list: it alone is not measured from there.
  [[nodiscard]] bool is_here() const { return answers() && !round_trip_us; }
  [[nodiscard]] bool answers() const { return state != "no answer"; }
  /// The first digits of its id.
  [[nodiscard]] bytes short_id() const;
};

std::vector<node_figures> nodes_of(const object::reply& nodes);

/// An object as COMET TOP lists it; at least `value - error` is its own.
struct listed_object {
  bytes key;
  std::uint64_t value = 0;
  std::uint64_t error = 0;
};

inline constexpr std::size_t measure_count = object::work_measure_names.size();
/// For each measure of COMET TOP, in the order of `object::work_measure`.
using top_lists = std::array<std::vector<listed_object>, measure_count>;

std::vector<listed_object> listed_objects_of(const object::reply& top);

/// A node that was asked itself, at `at_s` of a clock that only goes forward.
struct node_sample {
  node_figures node;
  std::optional<info_figures> info;  ///< nothing: see `failure`
  top_lists top;
  bytes failure;  ///< why the node could not be asked; empty: it was
  double at_s = 0;
};

}  // namespace comet::client
