#pragma once
// What a node remembers of the disks of others, so that it notices when one of them was put back to
// an older state: who comes back with such a disk has forgotten what it promised and accepted.
//
// A disk has a life (object/replica/group.hpp) and an age: a number on the disk itself that grows
// at each start, and every few seconds in which the node speaks of replicas. A node tells no age
// that is not safe on its disk, and a later run of its process begins above all that was ever told.
// So another run that shows no more than what was heard has an older disk; and so has the same run,
// when it shows clearly less than before (the memory of a virtual machine was put back with it).
// Such a life is over for good: its age would grow past the one that was heard again. Only the run
// that the newest was heard from is still heard: an old copy was started beside it.
//
// Lives of a node are judged apart: a disk that was away while the node ran on another is as good
// as it was. Kept as the store's entry `lives`. Pure; used by actors/router.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace comet::actors {

inline constexpr bytes_view heard_lives_name = "lives";  ///< of the entry
inline constexpr std::size_t heard_lives_max = 256;

struct heard_life {
  digest node{};
  std::uint64_t life = 0;
  std::uint64_t age = 0;  ///< the highest that was heard
  std::uint64_t run = 0;  ///< that it was heard from
  bool is_over = false;

  friend bool operator==(const heard_life&, const heard_life&) = default;
};

class heard_lives {
 public:
  heard_lives() = default;

  /// `run` of the node's process says that its disk has this life and age, neither 0. False: the
  /// life is over, and nothing counts that this run says.
  bool hear(const digest& node, std::uint64_t life, std::uint64_t age, std::uint64_t run);
  /// The latest that changed first.
  [[nodiscard]] const std::vector<heard_life>& all() const { return all_; }

  /// Text, a line each: id in hexadecimal, life, age, run and `over` or `lives`.
  [[nodiscard]] bytes encode() const;
  /// A line that cannot be read is passed over.
  static heard_lives decode(bytes_view text);

 private:
  void forget_oldest();

  std::vector<heard_life> all_;
};

}  // namespace comet::actors
