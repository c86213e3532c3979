#pragma once
// One node of the overlay as a state machine: what happened goes in, what is to be done comes out.
//
// It folds table, lookups and coordinates together, so that the router only moves bytes. Every
// request it sends is answered by exactly one `on_reply` or `on_failure` of the caller, which waits
// for `timeout` at most; a reply that comes later is ignored. `tick` once a second does the upkeep:
// - siblings are pinged often, other entries seldom and at most so many a tick, suspects once
//   their back-off is over (never in reaction to a failure: Rhea et al., 2004);
// - candidates are verified where there is a place;
// - a sibling is asked for its siblings in turn: so neighbours are found that nobody told of;
// - its own id is looked up anew from far off, so that liars it joined through do not hide it;
// - one that died is asked again, and if it lives the node joins again: a partition has healed;
// - buckets are refreshed: those near often, far ones when they are sparse or long not touched.
// What one tick may send is bounded, so is every table. Used by the router, and by the simulation.

#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "net/overlay/lookup.hpp"
#include "net/overlay/message.hpp"
#include "net/overlay/routing_table.hpp"

namespace comet::overlay {

struct node_options {
  table_options table;
  /// The lookup of its own id. The first one rests on a single contact, whose reply is dealt out to
  /// disjoint paths; it is repeated from nodes far off once the node knows some.
  lookup_options join{.results = 2, .paths = 3, .reply_max = 8};
  lookup_options confirm{.results = 6, .reply_max = 8};
  /// After joining; then after four times as long, and so on.
  std::chrono::seconds confirm_first{20};
  std::chrono::seconds confirm_max{1'200};
  std::size_t lookups_max = 1'024;     ///< at a time
  std::size_t entry_pings_a_tick = 1;  ///< besides siblings and suspects
  std::size_t candidates_a_tick = 2;   ///< that spoke themselves
  std::size_t hearsay_a_tick = 2;      ///< that others named
  std::size_t announces_a_tick = 16;   ///< verified at once
  std::chrono::seconds repair{15};     ///< between questions to siblings, and to the dead
  std::chrono::seconds rejoin{30};     ///< at least between two joins after a partition
  refresh_periods refresh;
  std::size_t refresh_contacts = 4;  ///< asked for in repair and refresh
};

using request_id = std::uint64_t;
using lookup_id = std::uint64_t;

/// To be sent. Failed when not answered within `timeout`, or when whom it reaches is not `to`.
struct outgoing {
  request_id number = 0;
  contact to;
  request what;
  std::chrono::nanoseconds timeout{};
};

struct finished_lookup {
  lookup_id number = 0;
  lookup_outcome outcome;
};

/// What the caller has to do, in order.
struct effects {
  std::vector<outgoing> requests;
  std::vector<contact> arrived;  ///< verified and in the table now
  std::vector<contact> gone;     ///< dead, replaced or left
  std::vector<finished_lookup> lookups;
  bool joined = false;       ///< this node found its neighbours, perhaps anew, and told them
  bool join_failed = false;  ///< nobody answered; join again, through another node
};

class overlay_node {
 public:
  overlay_node(const contact& self, const node_options& options, std::uint64_t seed);

  /// Through a node whose id the link to it has shown. Without calling it a node is the first one.
  void join(const contact& known, mono_time now, effects& out);
  /// Tells those it knows, nearest first. The caller stops ticking.
  void depart(mono_time now, effects& out);

  /// Errors: busy.
  result<lookup_id> find(const node_id& target, const lookup_options& options, mono_time now,
                         effects& out);

  /// `from` is who the link says it is.
  reply on_request(const contact& from, const request& what, mono_time now, effects& out);
  void on_reply(request_id number, const reply& answer, mono_time now, effects& out);
  void on_failure(request_id number, mono_time now, effects& out);
  void tick(mono_time now, effects& out);
  /// Asks an entry at once whether it lives: the connection to it broke, which is more than one
  /// request that failed. At most once a break, so it feeds nothing back.
  void doubt(const node_id& id, mono_time now, effects& out);

  [[nodiscard]] const contact& self() const { return self_; }
  [[nodiscard]] bool is_joined() const { return joined_; }
  [[nodiscard]] const routing_table& table() const { return table_; }
  /// The nearest live contacts.
  [[nodiscard]] std::vector<contact> siblings() const;
  [[nodiscard]] const coordinate& position() const { return position_; }
  [[nodiscard]] std::size_t requests_under_way() const { return waiting_.size(); }
  /// How long to wait for `who`, from its own round trips, else from those of all.
  [[nodiscard]] std::chrono::nanoseconds timeout_of(const contact& who) const;

 private:
  static constexpr lookup_id no_lookup = 0;
  /// Which contacts of a reply are heard of: those that were asked for. Who answers with others,
  /// say with his friends, gets nobody into the table.
  enum class hearsay : std::uint8_t { none, near, of_bucket };
  struct waiting {
    contact to;
    mono_time sent;
    lookup_id lookup = no_lookup;
    hearsay learns = hearsay::none;
    unsigned bucket = 0;  ///< that of_bucket means
  };

  void send(const contact& to, request what, lookup_id lookup, mono_time now, effects& out);
  void ask_for_nodes(const contact& to, const node_id& target, hearsay learns, unsigned bucket,
                     mono_time now, effects& out);
  void learn(const waiting& asked, const reply& answer, mono_time now);
  void start(lookup_id number, lookup next, mono_time now, effects& out);
  void advance(lookup_id number, mono_time now, effects& out);
  void finish(lookup_id number, const lookup& ended, mono_time now, effects& out);
  void look_up_itself(const lookup_options& how, std::vector<contact> start_at, mono_time now,
                      effects& out);
  /// Nodes far off: they are not among those that its neighbours, if they lie, have named.
  std::vector<contact> starts_of_confirmation();
  void finish_join(const lookup_outcome& found, mono_time now, effects& out);

  void refresh(mono_time now, effects& out);

  contact self_;
  node_options options_;
  prng random_;
  routing_table table_;
  coordinate position_;
  round_trip trips_;  ///< of all contacts, for those not measured yet
  std::unordered_map<request_id, waiting> waiting_;
  std::map<lookup_id, lookup> lookups_;
  request_id last_request_ = 0;
  lookup_id last_lookup_ = no_lookup;
  lookup_id join_lookup_ = no_lookup;
  mono_time repaired_{};
  std::size_t announces_ = 0;  ///< verified since the last tick
  mono_time join_started_{};
  mono_time confirm_at_{};  ///< at once, for who is first and was joined by others
  std::chrono::seconds confirm_pause_{0};
  std::vector<node_id> told_;  ///< that it is there
  bool joined_ = false;
};

}  // namespace comet::overlay
