#pragma once
// What clients of a simulation did, and whether one copy of each key could have answered so.
//
// The recorder numbers begins and ends in the order they happened. `judge` looks for an order of
// the operations on one key that keeps real time and explains every answer: linearizability
// (M. Herlihy, J. Wing, TOPLAS 1990). The search is that of J. Wing and C. Gong (1993) with
// G. Lowe's memory of what was tried (2017), and shortcuts that lose nothing:
// - what only looked is taken as soon as it fits;
// - of what may or may not have happened, fewer used is never worse;
// - of equal ones among those, the earliest is used first;
// - a value is not overwritten before all have seen it who did, when only one wrote it;
// - a value that nobody sees is like any other.
// Used by tests/sim/replication_world.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace comet::sim {

/// Of a key; nothing: it does not exist. `identity * reads_max + left`: who wrote it, and how often
/// it may still be taken, so a write that was lost or doubled shows in all that follow.
using content = std::optional<std::int64_t>;
inline constexpr std::int64_t reads_max = 1'000;

enum class action : std::uint8_t {
  read,   ///< sees the value
  write,  ///< `given` becomes the value
  erase,
  add,   ///< `given` more may be taken; sees the new value; what does not exist counts as 0
  take,  ///< one less is left; sees the new value, or nothing when none was left
};

enum class outcome : std::uint8_t {
  unknown,  ///< it may take effect at any time from its begin, or never
  done,
  refused,  ///< certainly it never takes effect
};

struct operation {
  std::size_t client = 0;
  bytes key;
  action what = action::read;
  std::int64_t given = 0;
  content seen;
  outcome came = outcome::unknown;
  std::uint64_t invoked = 0;   ///< numbers of the history: a lower one was earlier
  std::uint64_t returned = 0;  ///< only of those done
  mono_time from{};
  mono_time until{};
};

/// For a trace: "client 3 add 2 at key1 -> 7001, 1.204 to 1.207 s".
std::string to_text(const operation& o);

class register_history {
 public:
  /// The number of the operation, from 0.
  std::size_t begin(std::size_t client, bytes key, action what, std::int64_t given, mono_time now);
  void end(std::size_t number, outcome came, content seen, mono_time now);

  [[nodiscard]] const std::vector<operation>& operations() const { return operations_; }
  [[nodiscard]] std::vector<bytes> keys() const;
  /// In the order of their begins.
  [[nodiscard]] std::vector<operation> of(bytes_view key) const;

 private:
  std::vector<operation> operations_;
  std::uint64_t moments_ = 0;
};

struct verdict {
  enum class finding : std::uint8_t { linearizable, contradiction, undecided };
  finding found = finding::linearizable;
  std::string why;          ///< of the other two: what could not be explained
  std::uint64_t steps = 0;  ///< of the search
};

/// Of one key, which at first does not exist. Undecided after `steps_max` steps.
verdict judge(const std::vector<operation>& of_key, std::uint64_t steps_max = 200'000);

}  // namespace comet::sim
