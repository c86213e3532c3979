#pragma once
// One range of keys at one node: votes for its leader's changes, or leads.
//
// Each object is a register of its own without a log: a change replaces its value. What all objects
// of a range share is the group that keeps them, the ballot of the leader, and so the price of
// changing either. That holds for keys that do not exist, too: a key that is created is agreed on
// by the same group, so no two nodes create it apart. docs/replication.md has the algorithm and why
// it is right; the rules that must not break are in rule.hpp.
//
// Pure: the host (tests/sim/replication_world) calls, then takes the effects. A value is chosen
// once a majority of the group has it on disk; `chosen` says up to which of the leader's proposals
// that is so.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "object/replica/effects.hpp"
#include "object/replica/group.hpp"
#include "object/replica/lease_book.hpp"
#include "object/replica/message.hpp"
#include "object/replica/refusal_counts.hpp"
#include "object/replica/rule.hpp"

namespace comet::object::replica {

/// Of a range, at its leader.
struct backlog_terms {
  /// Keys and values proposed that are not chosen, or not on the own disk: where there are as many
  /// the next changes wait.
  std::size_t proposed_bytes_max = std::size_t{8} << 20U;
  std::size_t held_bytes_max = std::size_t{8} << 20U;  ///< waiting so; further ones are refused
};

struct replica_terms {
  std::chrono::milliseconds retry_after{200};     ///< a message that was not answered goes again
  std::chrono::milliseconds election_pause{150};  ///< a place further from the range waits longer
  std::chrono::milliseconds regroup_patience{5'000};  ///< for the slow ones of a new group
  std::size_t page = 256;                             ///< keys in a listing, values in a fetch
  std::size_t window_max = 2'048;  ///< parts that a member may be behind before it starts anew
  /// Of them, where it is more than one; not less than two of the largest entries.
  std::size_t window_bytes_max = std::size_t{8} << 20U;
  std::size_t frame_parts_max = 256;           ///< in one message
  std::chrono::milliseconds copy_told{1'000};  ///< between two tellings that a copy is whole
  /// Of the parts in one message, or of values looked up at a time, where it is more than one.
  std::size_t message_bytes_max = std::size_t{256} << 10U;
  backlog_terms backlog;
  rules broken;  ///< tests only
};

/// What a member that does not lead knows of its copy.
struct copy_age {
  mono_time as_of{};  ///< it has all that was chosen up to then, on the own clock
  stamp chosen;       ///< a value of a higher stamp may come to nothing
};

class range_replica {
 public:
  enum class standing : std::uint8_t {
    outside,     ///< not a member: `leader()` is a guess, or nothing
    follows,     ///< another leads
    changes,     ///< nobody leads, or the group is changing: a moment
    leads,       ///< commands may be carried out, and read
    is_cut_off,  ///< a member, but a majority is out of reach: nothing can be done
  };

  /// `first_look`: answers to looks of an earlier replica of this range may still come, and their
  /// tickets are lower.
  range_replica(const member& self, const replica_terms& terms, const lease_book& leases,
                range_register restored, std::uint64_t first_look = 1);

  /// The first node of a network has every range, alone.
  static range_register founded_by(const member& founder);

  // What the host tells. `now` never falls.
  void on_message(const member& from, message what, mono_time now);
  void on_durable(std::uint64_t number, mono_time now);
  void on_listed(std::uint64_t ticket, listing page, mono_time now);
  void on_read(std::uint64_t ticket, std::vector<entry> entries, mono_time now);
  /// The disk did not answer. True: this node needs the look, so it is to be made again. Else it is
  /// forgotten: who asked for it asks again, or has given up.
  bool on_look_failed(std::uint64_t ticket);
  void on_tick(mono_time now);
  /// Who should keep the range, nearest first: the leader brings the group there.
  void want(std::vector<member> members);
  /// What was not durable is gone, and `before` knew it. Whoever it followed counts on that, for as
  /// long as this node's leases run: it stays bound, and has to be sent everything anew.
  void take_over_binding(const range_replica& before);
  /// So often the leader compares its copies with those of its followers, although nothing says
  /// that they differ; 0: never.
  void compare_every(std::chrono::milliseconds interval) { compare_every_ = interval; }

  // What the host asks.
  [[nodiscard]] standing stands(mono_time now) const;
  /// Where it leads: how long it does at least, if nothing else happens.
  [[nodiscard]] mono_time leased_until() const;
  /// As far as it knows; nothing: ask the nearest.
  [[nodiscard]] std::optional<member> leader() const;
  /// Only where it `leads`, or for a turn that began there. The stamp that the value carries from
  /// now on.
  stamp propose(bytes key, bool erased, bytes value);
  /// A turn is under way that may propose something: the group does not change before it ends.
  void begin_turn() { ++turns_; }
  void end_turn();
  /// A value of this stamp may be told: it cannot be lost any more.
  [[nodiscard]] bool is_chosen(const stamp& at) const;
  /// Members that have a value of this stamp on disk, as far as the leader knows; 0: no leader.
  [[nodiscard]] std::size_t copies_of(const stamp& at) const;
  /// The highest position chosen of those proposed here; 0 where it does not lead.
  [[nodiscard]] std::uint64_t chosen() const;

  /// Of a member; nothing: it was never told that it has everything.
  [[nodiscard]] std::optional<copy_age> copy() const;

  [[nodiscard]] const range_register& registered() const { return register_; }
  [[nodiscard]] bool is_member() const { return register_.votes; }
  [[nodiscard]] bool is_leader() const { return leading_ != nullptr; }
  /// It leads, and the group is not the one that is wanted.
  [[nodiscard]] bool is_changing() const;
  /// `take` would bring something.
  [[nodiscard]] bool has_effects() const { return !effects_.empty() || has_unsent(); }
  /// Nothing is under way that `on_tick` brings on: it may come far less often.
  [[nodiscard]] bool is_calm() const;
  [[nodiscard]] const refusal_counts& refused() const { return refused_; }
  /// Every member has everything, as far as the leader knows.
  [[nodiscard]] bool is_whole() const;
  /// Members that are not known to have everything; empty where it does not lead.
  [[nodiscard]] std::vector<member> behind() const;

  /// Everything to do since the last call. Streams of changes are cut into messages here.
  effects take(mono_time now);

 private:
  enum class role : std::uint8_t { outsider, follower, candidate, leader };

  /// Whose changes this member writes down, in order. How far is not on disk: after a restart a new
  /// run begins.
  struct following {
    std::uint64_t epoch = 0;
    ballot by = 0;
    std::uint32_t run = 0;
    std::uint64_t through = 0;
  };

  struct kept_back {
    std::uint64_t number = 0;
    member to;
    message what;
  };

  /// A try to become leader.
  struct candidacy {
    struct found {
      listed_key newest;
      std::set<member> holders;
    };
    struct voter {
      bool done = false;  ///< all its keys are listed
      std::optional<bytes> after;
    };
    ballot by = 0;
    ballot handed_over = 0;
    std::uint64_t number = 0;  ///< of the batch with the own promise
    bool promised_itself = false;
    std::set<member> promised;
    std::map<member, ballot> bound;  ///< who refuses because it follows the leader of a ballot
    std::map<member, voter> quorum;  ///< empty: not yet a majority
    std::map<bytes, found> keys;
    std::map<member, std::vector<listed_key>> missing;  ///< values to fetch, by who has them
    std::vector<listed_key> to_read;                    ///< own values that others lack
    std::vector<entry> recovered;
    std::vector<bytes> tombstones;
    std::optional<group> next;
    ballot next_by = 0;
    mono_time asked{};
    mono_time given_up_at{};
  };

  struct sent_part {
    part what;
    std::uint64_t position = 0;  ///< of the proposal; 0: a repair
  };

  /// A member, or one to become, as its leader sees it.
  struct follower_state {
    enum class sync : std::uint8_t { idle, peer_lists, self_lists, self_reads, done };
    std::uint32_t run = 0;
    std::deque<sent_part> window;  ///< not acknowledged
    std::size_t window_bytes = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t sent = 0;        ///< number of the last part sent
    std::uint64_t rewound = 0;     ///< it asked for the part of this number again, and got it
    std::uint64_t position = 0;    ///< the last proposal that it has
    std::uint64_t begun_at = 0;    ///< proposals up to here come as repairs, in this run
    bool opened = false;           ///< the first message of the run is on its way
    bool heard = false;            ///< it has answered this run since it was last sent again
    bool votes = false;            ///< it said that it is a member of this epoch
    bool broken = false;           ///< parts were dropped: its votes count once it is complete
    std::uint64_t sealed_at = 0;   ///< number of the seal; 0: not sent in this run
    bool sealed_complete = false;  ///< and what it said
    bool told_to_vote = false;
    mono_time lease{};  ///< since when the lease has run, for which it was asked to confirm ...
    std::uint64_t confirmed_at = 0;  ///< ... that it follows, and the number of that part
    sync at = sync::idle;
    std::optional<bytes> sync_after;
    listing sync_page;
    std::vector<listed_key> differing;  ///< own values to be read and sent
    std::uint64_t ticket = 0;           ///< of the look at own keys or values; 0: none
    std::uint64_t complete_at = 0;      ///< number of the part that completes it
    bool complete = false;
    mono_time asked{};  ///< when the first part not acknowledged was sent
    mono_time list_asked{};
    mono_time told_whole{};

    [[nodiscard]] std::uint64_t last() const { return acknowledged + window.size(); }
    /// Own keys are looked up for it, or own values.
    [[nodiscard]] bool is_repairing() const {
      return at == sync::self_lists || at == sync::self_reads;
    }
    [[nodiscard]] bool has_seal() const { return sealed_at > 0 && acknowledged >= sealed_at; }
  };

  struct leadership {
    enum class stage : std::uint8_t {
      settling,  ///< what it took over is not chosen yet
      serving,
      quieting,    ///< no new proposals until all are chosen: then the seal, or the hand-over
      sealing,     ///< the change of group is proposed
      installing,  ///< it is chosen: the new members are told
    };
    ballot by = 0;
    stage at = stage::settling;
    bool has_served = false;
    std::uint64_t position = 0;
    std::uint64_t chosen = 0;
    std::uint64_t own = 0;                                        ///< on the own disk
    std::deque<std::pair<std::uint64_t, std::uint64_t>> writing;  ///< batch, position
    std::map<member, follower_state> followers;
    std::uint32_t runs = 0;  ///< begun, whoever for: who was dropped and comes back has a new one
    std::size_t repairs_under_way = 0;
    std::map<bytes, std::uint64_t> touched;     ///< proposed meanwhile
    std::map<bytes, std::uint64_t> tombstones;  ///< and when proposed
    std::optional<group> next;                  ///< the group to be
    bool must_finish = false;                   ///< it was found sealed
    mono_time next_since{};
    std::optional<member> heir;
    std::uint64_t seal_number = 0;  ///< of the batch with the own acceptance
    std::set<member> installed;
    mono_time asked{};
    mono_time compared{};  ///< when the last comparison with all followers began
  };

  // range_replica.cpp
  void send(const member& to, message what);
  void send_when_durable(const member& to, message what);
  std::uint64_t write_number();
  void write_register();
  void write(entry what);
  void forget(bytes key);
  [[nodiscard]] bool breaks(rule which) const {
    return terms_.broken.test(static_cast<std::size_t>(which));
  }
  [[nodiscard]] std::optional<member> leader_of(ballot by) const;
  [[nodiscard]] bool is_following(mono_time now) const;
  [[nodiscard]] bool reaches_majority(mono_time now) const;
  [[nodiscard]] bool is_cut_off(mono_time now) const;
  void note_reach(mono_time now);
  [[nodiscard]] bool takes_commands() const;
  [[nodiscard]] bool takes_proposals() const;
  void step_down(mono_time now);
  [[nodiscard]] refusal refuse(refusal_reason why, std::uint64_t epoch, ballot by) const;

  // range_replica_voting.cpp: as a member, or as one that learns to be
  void on(const member& from, const prepare& what, mono_time now);
  void on(const member& from, const list_keys& what, mono_time now);
  void on(const member& from, const fetch_values& what, mono_time now);
  void on(const member& from, stream& what, mono_time now);
  void on(const member& from, const install& what, mono_time now);
  void on(const member& from, const take_over& what, mono_time now);
  void on(const member& from, const inquire& what, mono_time now);
  void on(const member&, const leading&, mono_time) {}  ///< for who keeps the routes
  void on(const member& from, const whole_copy& what, mono_time now);
  bool follow(const member& from, const stream& what, mono_time now);
  void accept_seal(const seal& end, ballot by);
  void enter(const group& next, bool votes, mono_time now);
  void leave(const group& next, mono_time now);

  // range_replica_election.cpp: on the way to lead
  void stand(mono_time now, ballot handed_over);
  void on(const member& from, const promise& what, mono_time now);
  void on(const member& from, const refusal& what, mono_time now);
  void superseded(const refusal& what, mono_time now);
  void give_up(mono_time now);
  void ask_promise(const member& of);
  void note_majority(mono_time now);
  void candidate_listed(const member& from, listing page, mono_time now);
  void ask_listing(const member& of);
  void ask_values(const member& holder, const std::vector<listed_key>& keys);
  void read_own_values();
  void compare_listings(mono_time now);
  void on(const member& from, values_fetched& what, mono_time now);
  void lead_when_ready(mono_time now);
  void candidate_tick(mono_time now);
  void ask_successors(mono_time now);
  void follower_tick(mono_time now);

  // range_replica_leading.cpp: streams of changes and their votes
  void lead(mono_time now);
  void begin_to_serve();
  void confirm_leases(mono_time now);
  void begin_run(follower_state& state);
  void append(follower_state& state, part what, std::uint64_t position);
  std::uint64_t propose_part(entry value);
  void note_completion(const member& who, follower_state& state);
  void on(const member& from, const streamed& what, mono_time now);
  void refused_by_follower(const member& from, const refusal& what, mono_time now);
  void recount();
  [[nodiscard]] bool has_unsent() const;
  void cut_streams(mono_time now);
  void collect_tombstones();
  void leader_tick(mono_time now);
  void tell_whole(const member& who, follower_state& state, mono_time now);
  [[nodiscard]] bool is_confirmed(const member& who, const follower_state& state) const;
  [[nodiscard]] bool has_majority_of_leases(mono_time now) const;

  // range_replica_repair.cpp: bringing followers up to date
  void sync_step(const member& who, follower_state& state, mono_time now);
  void on(const member& from, keys_listed& what, mono_time now);
  void follower_listed(const member& from, keys_listed& what, mono_time now);
  void own_listed(const member& who, follower_state& state, listing own, mono_time now);
  void own_read(const member& who, follower_state& state, std::vector<entry> entries,
                mono_time now);
  void read_differing(const member& who, follower_state& state, mono_time now);
  [[nodiscard]] bool has_room(const follower_state& state, std::uint64_t large) const;
  [[nodiscard]] std::uint64_t look_bytes_max() const;
  [[nodiscard]] std::vector<bytes> some_of(const std::vector<listed_key>& keys) const;
  void next_page(const member& who, follower_state& state, mono_time now);
  void compare_again(mono_time now);
  std::uint64_t look_up_keys(const member& whom, message what, const std::optional<bytes>& after);
  std::uint64_t look_up_values(const member& whom, message what, std::vector<bytes> keys);
  template <class Answer, class Fill, class Take>
  void looked_up(std::uint64_t ticket, Fill fill, Take take, mono_time now);

  // range_replica_regroup.cpp: another group, another leader
  void regroup_step(mono_time now);
  void begin_change(mono_time now);
  void drop_change();
  void add_learners();
  [[nodiscard]] std::size_t complete_of(const group& next, bool all_acknowledged) const;
  [[nodiscard]] bool holds_leases_of(const group& next, mono_time now) const;
  [[nodiscard]] bool may_seal(mono_time now) const;
  void propose_seal();
  void seal_for(follower_state& state);
  [[nodiscard]] bool is_seal_chosen() const;
  void send_installs(mono_time now);
  void on(const member& from, const installed& what, mono_time now);
  void finish_change(mono_time now);
  [[nodiscard]] std::optional<member> find_heir(mono_time now) const;
  void hand_over(mono_time now);

  member self_;
  const replica_terms& terms_;
  const lease_book& leases_;
  range_register register_;
  role role_ = role::outsider;
  following following_;
  std::optional<copy_age> copy_;
  std::optional<mono_time> vacant_since_;
  std::chrono::milliseconds compare_every_{0};
  mono_time not_before_{};  ///< of the next candidacy
  mono_time successors_asked_{};
  /// When a majority of the group was within reach last, to the tick; nothing: not judged yet.
  std::optional<mono_time> majority_at_;
  std::uint64_t attempts_seen_ = 0;
  std::uint64_t next_number_ = 1;
  std::uint64_t durable_ = 0;
  std::uint64_t next_ticket_ = 1;
  std::deque<kept_back> kept_back_;
  std::unique_ptr<candidacy> candidacy_;
  std::unique_ptr<leadership> leading_;
  std::map<std::uint64_t, std::pair<member, message>> looks_;  ///< for whom and what, by ticket
  std::vector<member> wanted_;
  std::size_t turns_ = 0;
  refusal_counts refused_;
  effects effects_;
};

}  // namespace comet::object::replica
