#pragma once
// A lookup: the way to the nodes nearest to an id, asked step by step (Kademlia, 2002, 2.3).
//
// It asks the nearest it knows, learns nearer ones from their replies, and ends when the `results`
// nearest that did not fail have answered. With `paths` > 1 it walks that many ways that never
// share a node (S/Kademlia, 2007, 4.4): who answers falsely spoils its own way only. A node belongs
// to the way that heard of it first; one id at two addresses counts as two until one answers, so a
// false address hides nobody. Who begins with fewer nodes than paths deals out what those reply, so
// that even who knows a single node does not follow a single way. Of a reply whose first few
// contacts all fail nothing is believed any more. Whatever replies say, a lookup asks at most
// `requests_max` nodes, keeps `contacts_max` a path and ends at its deadline.
//
// next, on_reply or on_failure for each contact it gave, next ... until done. The caller sends and
// decides when a request failed. Used by overlay_node.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "net/overlay/contact.hpp"

namespace comet::overlay {

struct lookup_options {
  std::size_t results = 20;    ///< how many nearest have to answer: k, or less for a quick answer
  std::size_t parallel = 3;    ///< alpha: requests under way at a time, of each path
  std::size_t paths = 1;       ///< d
  std::size_t reply_max = 20;  ///< contacts taken from one reply
  std::size_t contacts_max = 128;  ///< remembered of each path, nearest ones
  std::size_t requests_max = 120;
  unsigned hops_max = 24;
  std::chrono::seconds time_max{15};
};

struct lookup_outcome {
  node_id target;
  std::vector<contact> nearest;  ///< that answered, nearest first, at most `results`
  unsigned hops = 0;  ///< how many nodes lie on the way to the nearest one, itself included
  std::size_t requests = 0;
  std::size_t failures = 0;
  bool complete = false;  ///< false: ended by a bound, or nobody answered
};

class lookup {
 public:
  static constexpr unsigned failures_until_distrust = 3;
  /// Who failed and would be among so many nearest of a path is asked a second time at its end: one
  /// lost message must not hide the holder of a key.
  static constexpr std::size_t worth_asking_again = 3;
  /// `start`: the nearest contacts that are known; they are dealt out to the paths in turn.
  lookup(const node_id& self, const node_id& target, const lookup_options& options,
         std::span<const contact> start, mono_time now);

  /// Whom to ask now; each contact is given once, or twice if it failed and stands very near.
  std::vector<contact> next(mono_time now);
  void on_reply(const contact& from, std::span<const contact> contacts);
  void on_failure(const contact& of);

  /// Nothing is under way and nothing is left to ask. Set by `next`.
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] lookup_outcome outcome() const;
  [[nodiscard]] const node_id& target() const { return target_; }
  [[nodiscard]] const lookup_options& options() const { return options_; }

 private:
  enum class state : std::uint8_t { fresh, asked, answered, failed };
  struct step {
    contact who;
    node_id apart;  ///< distance to the target
    std::uint16_t depth = 1;
    std::uint16_t source = 0;  ///< in sources_
    state what = state::fresh;
    bool asked_again = false;
  };
  /// A reply, by what became of the contacts that it brought; the first one is the caller.
  struct source {
    std::uint16_t failed = 0;
    bool proven = false;  ///< one of them answered

    [[nodiscard]] bool is_distrusted() const {
      return !proven && failed >= failures_until_distrust;
    }
  };
  using path = std::vector<step>;  ///< nearest first

  [[nodiscard]] bool is_known(const contact& who) const;
  void learn(path& way, const contact& who, unsigned depth, std::size_t source);
  step* asked(const contact& who, path** way);
  void next_of(path& way, std::vector<contact>& out);
  void ask_again(path& way, std::vector<contact>& out);

  node_id self_;
  node_id target_;
  lookup_options options_;
  mono_time deadline_;
  std::vector<path> paths_;
  std::vector<source> sources_;
  std::vector<contact> dropped_;  ///< asked, and no longer among the nearest of their path
  std::size_t requests_ = 0;
  std::size_t failures_ = 0;
  std::size_t under_way_ = 0;
  bool deals_out_ = false;  ///< it began with fewer nodes than paths
  bool cut_short_ = false;
  bool done_ = false;
};

}  // namespace comet::overlay
