#pragma once
// Leases between nodes, not ranges: who may count on whom not to help another one lead.
//
// A node asks each other for a lease every `beat`, whatever it leads. Who grants it promises no
// ballot of a third while the lease runs, in any range where it follows the asker. The granter
// counts `length` on its clock from the grant, the holder `length` less twice the drift from its
// asking; so the holder's end comes first as long as no clock is off real time by more than
// `drift` (C. Gray, D. Cheriton: Leases, SOSP 1989). Nobody is bound to a node that is heard and
// does not hear: a lease is granted to who proves that an answer reached it a moment ago. A node
// that starts promises nothing for one `length`: it forgot what it granted. An answer of before the
// start proves nothing, so who held a lease through the restart learns that there was one. A life
// that has just begun never granted anything, and need not wait. One book a node.

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "object/replica/group.hpp"
#include "object/replica/rule.hpp"

namespace comet::object::replica {

struct lease_terms {
  std::chrono::milliseconds length{1'500};
  std::chrono::milliseconds beat{300};
  double drift = 0.01;  ///< of a clock's rate from real time, either way: 1 % is 36 s an hour
};

/// Times are those of the clock of the node named; they are given back as they came.
struct lease_request {
  mono_time sent{};   ///< the asker's
  mono_time heard{};  ///< the granter's, from its latest answer; the epoch: there was none
};

struct lease_answer {
  mono_time sent{};      ///< as it was asked
  mono_time answered{};  ///< the granter's
  bool granted = false;
};

class lease_book {
 public:
  /// `newborn`: no process of this life ran before.
  lease_book(const lease_terms& terms, mono_time started, const rules& broken = {},
             bool newborn = false);

  /// To be sent to `to` every `terms().beat`.
  [[nodiscard]] lease_request ask(const member& to, mono_time now) const;
  /// `from` asks. A later grant lengthens an earlier one.
  lease_answer answer(const member& from, const lease_request& asked, mono_time now);
  void on_answer(const member& from, const lease_answer& said, mono_time now);
  /// Of the own clock, since this node started.
  [[nodiscard]] bool is_own_time(mono_time told, mono_time now) const {
    return told >= started_ && told <= now;
  }

  /// A grant of this node to `peer` runs: it helps nobody else lead where it follows `peer`.
  [[nodiscard]] bool is_bound_to(const member& peer, mono_time now) const;
  /// A grant of `peer` to this node runs, on this node's count.
  [[nodiscard]] bool holds(const member& peer, mono_time now) const;
  /// When the last grant of `peer` ends, on this node's count.
  [[nodiscard]] mono_time held_until(const member& peer) const;
  /// Since when, on this node's clock, `peer` has been bound without a gap or a restart. Before
  /// that it may have promised another anything, so what it said before counts for nothing.
  [[nodiscard]] mono_time held_since(const member& peer) const;
  /// Grants of before the start have run out.
  [[nodiscard]] bool is_rested(mono_time now) const;
  [[nodiscard]] const lease_terms& terms() const { return terms_; }
  /// It is gone for good: nothing is kept of it but a grant that runs.
  void drop(const member& peer, mono_time now);

 private:
  struct lease {
    mono_time granted_until{};
    mono_time held_until{};
    mono_time held_since{};
    bool ends = false;     ///< the peer said no: it may have been restarted
    mono_time answered{};  ///< on the peer's clock, the latest
  };
  struct hash {
    std::size_t operator()(const member& m) const noexcept {
      return std::hash<digest>{}(m.node) ^ m.life;
    }
  };

  lease_terms terms_;
  rules broken_;
  mono_time started_;
  mono_time rested_at_;
  std::unordered_map<member, lease, hash> leases_;
};

}  // namespace comet::object::replica
