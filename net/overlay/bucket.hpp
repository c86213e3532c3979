#pragma once
// A bucket: up to k verified contacts at one distance, and candidates for their places.
//
// Only who answered a request of ours gets in (`admit`), and who is in stays while it answers: long
// lived nodes live on (Kademlia, 2002, 2.1 and 4.1), and nobody floods a table with newcomers. A
// candidate is a contact heard of; the newest are kept, those heard from directly first.
// Owned by the routing table alone, which knows addresses and ids.

#include <chrono>
#include <cstddef>
#include <vector>

#include "base/time.hpp"
#include "net/overlay/contact.hpp"
#include "net/overlay/coordinate.hpp"
#include "net/overlay/liveness.hpp"

namespace comet::overlay {

/// A verified contact and what this node knows of it.
struct entry {
  contact who;
  liveness life;
  coordinate position;
  mono_time since{};  ///< when it was first verified
};

class bucket {
 public:
  /// Failures in a row from which on a contact loses its place to one that answers.
  static constexpr unsigned failures_until_replaced = 2;

  [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }
  entry* find(const node_id& id);
  [[nodiscard]] const entry* find(const node_id& id) const;

  /// Is there a place for one more that answers?
  [[nodiscard]] bool has_room(std::size_t size_max) const;
  /// Takes a contact that answered; the one it replaces, if any, is handed out in `replaced`.
  /// False: the bucket is full of contacts that live.
  bool admit(entry newcomer, std::size_t size_max, std::vector<contact>& replaced);
  bool remove(const node_id& id);

  /// Remembers a contact heard of; `direct`: it spoke itself.
  void propose(const contact& heard, bool direct, std::size_t candidates_max);
  bool forget_candidate(const node_id& id);
  /// The next candidate to verify, which is then no candidate any more: one that spoke itself, or
  /// one of hearsay.
  bool take_candidate(contact& out, bool direct);
  [[nodiscard]] std::size_t candidates() const { return candidates_.size(); }

  [[nodiscard]] mono_time refreshed() const { return refreshed_; }
  void set_refreshed(mono_time now) { refreshed_ = now; }

 private:
  struct candidate {
    contact who;
    bool direct = false;
  };

  std::vector<entry> entries_;         ///< oldest first
  std::vector<candidate> candidates_;  ///< the best one last
  mono_time refreshed_{};
};

}  // namespace comet::overlay
