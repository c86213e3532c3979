#pragma once
// The routing table: whom a node knows, many near it and few far away (Kademlia, 2002).
//
// Bucket i holds contacts that share exactly i leading bits with the node. Near the node buckets
// are never full, so the nearest contacts, the siblings, are all known; who holds a key
// (object/key_map) rests on that.
// - A contact heard of becomes a candidate; it is an entry once it has answered a request of ours.
// - Contacts of one network (a /24, a /64) get few places in a bucket and in the table: a table of
//   a thousand ids from one machine would be that machine's (S/Kademlia, 2007).
// - A contact that died is not believed to live again on hearsay for a time that doubles, and is
//   asked itself after it, a few times: after a partition the two sides find each other again.
// Bounded by k entries and a few candidates a bucket. Used by overlay_node.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "net/overlay/bucket.hpp"

namespace comet::overlay {

/// Which networks may have any number of ids.
enum class caps_exemption : std::uint8_t { nobody, loopback, private_networks };

struct table_options {
  std::size_t bucket_size = 20;  ///< k
  /// With so many contacts a bucket far from the node takes no more hearsay: who is dialed costs a
  /// link, and who dials this node comes for nothing.
  std::size_t sparse = 3;
  /// The buckets that hold the nearest so many are near: there every node is to be known.
  std::size_t near = 8;
  std::size_t candidates_max = 8;
  std::size_t network_in_bucket_max = 2;
  std::size_t network_in_table_max = 10;
  caps_exemption exempt = caps_exemption::loopback;
  std::size_t siblings = 6;  ///< twice the replicas
  std::chrono::seconds sibling_ping{5};
  std::chrono::seconds entry_ping{60};
  std::chrono::seconds mourning{30};  ///< first back-off after a death
};

/// How often to ask for more contacts of a bucket.
struct refresh_periods {
  std::chrono::seconds near{60};      ///< near the node, where every node is to be known
  std::chrono::seconds sparse{40};    ///< farther off, with less than `table_options::sparse`
  std::chrono::seconds stale{3'600};  ///< all others
};

class routing_table {
 public:
  static constexpr std::size_t mourned_max = 64;
  static constexpr std::uint8_t deaths_max = 8;  ///< then it is forgotten

  routing_table(const node_id& self, const table_options& options);

  enum class verdict : std::uint8_t {
    renewed,   ///< an entry already
    inserted,  ///< an entry now
    revived,   ///< an entry again, that was taken for dead
    no_place,  ///< the bucket is full of contacts that live
    refused    ///< itself, or too many of its network
  };
  /// `who` answered a request of ours after `took`. The entries that it replaced go to `replaced`.
  verdict answered(const contact& who, mono_time now, std::chrono::nanoseconds took,
                   const coordinate& position, std::vector<contact>& replaced);
  /// `who` sent a request. What it says of its address is verified before it becomes an entry.
  void spoke(const contact& who, mono_time now);
  /// A third party named `who`.
  void heard_of(const contact& who, mono_time now);
  /// A request to `who` failed. The contact, when that was the last chance.
  std::optional<contact> failed(const contact& who, mono_time now);
  /// It said that it leaves.
  std::optional<contact> left(const node_id& id, mono_time now);

  /// Up to `count` entries that are alive, nearest to `target` first.
  [[nodiscard]] std::vector<contact> nearest(const node_id& target, std::size_t count) const;
  [[nodiscard]] const entry* find(const node_id& id) const;
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t candidates() const;
  /// Those alive, in no meaningful order but always the same.
  [[nodiscard]] std::vector<contact> everyone() const;

  /// Entries to be asked now whether they live: suspects and siblings due, and up to `others_max`
  /// of the rest, longest silent first. Those given are not due again before their timeout.
  std::vector<contact> take_pings_due(mono_time now, std::size_t others_max);
  /// Up to `direct` candidates that spoke themselves, nearest buckets first, and up to `hearsay`
  /// others for buckets near the node or sparse, one bucket after the other, so that who invents
  /// contacts of one place delays nobody else. There is a place for each. They are candidates no
  /// more; `answered` makes them entries.
  std::vector<contact> take_candidates(std::size_t direct, std::size_t hearsay);
  /// Is it a candidate, and is there a place? Then it is one no more, to be verified now.
  bool take_candidate(const contact& who);
  /// An entry that died and whose back-off is over: it may have been the network that died.
  std::optional<contact> take_mourned(mono_time now);
  /// A bucket that was not refreshed for its period, nearest first.
  [[nodiscard]] std::optional<unsigned> bucket_due(mono_time now,
                                                   const refresh_periods& periods) const;
  /// Does it fall where every node is to be known?
  [[nodiscard]] bool is_near(const node_id& id) const {
    return common_prefix_bits(self_, id) >= near_index();
  }
  void set_refreshed(unsigned index, mono_time now);
  /// The entries of a bucket that are alive.
  [[nodiscard]] std::vector<contact> alive_in(unsigned index) const;

 private:
  struct death {
    contact who;
    mono_time until;
    std::uint8_t times = 1;
    bool was_entry = false;
  };

  bucket& bucket_of(const node_id& id);
  /// How many candidates of a bucket are worth verifying at a time.
  [[nodiscard]] std::size_t places_in(const bucket& home) const;
  [[nodiscard]] const bucket* bucket_if(const node_id& id) const;
  [[nodiscard]] bool is_exempt(const address& where) const;
  [[nodiscard]] bool network_is_full(const contact& who, const bucket& home) const;
  [[nodiscard]] bool is_mourned(const contact& who, mono_time now) const;
  void mourn(const contact& who, bool was_entry, mono_time now);
  /// Buckets from this index on are near the node. In a network of up to about a hundred nodes all
  /// are: there everybody is to know everybody.
  [[nodiscard]] std::size_t near_index() const;
  static constexpr std::size_t far_bits_min = 4;  ///< a sixteenth of all nodes shares so many

  node_id self_;
  table_options options_;
  std::vector<bucket> buckets_;  ///< by common prefix; as many as were ever needed
  std::deque<death> mourned_;    ///< oldest first
  std::size_t size_ = 0;
  std::size_t hearsay_cursor_ = 0;  ///< the bucket whose hearsay was taken last
};

}  // namespace comet::overlay
