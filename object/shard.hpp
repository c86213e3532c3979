#pragma once
// The shard: everything one I/O thread decides about its keys. Commands and events in, effects out.
//
// It owns the records of its keys (a bounded cache over the store), their timers and the output
// gate. It is pure: the reactor feeds it and carries out what it finds in the `outbox` at the end
// of each poll round; the simulator does the same with virtual time.
//
// Rules that hold at every moment:
//  - Changes of one poll round form one batch with one number; batches become durable in order.
//  - An answer leaves only when the batch it depends on is durable (reads of a newer value
//  included).
//  - Passive objects are served at once; an active object is changed by turns only. What is not a
//    turn waits until no turn of its object is under way, and what comes later waits behind it.
//  - Among several nodes a command is carried out where its range of keys is led, and an answer
//    leaves only when a majority of the range's members has what it depends on (object/replica).
//  - A failed batch undoes all that was decided since: entries are forgotten and loaded again, held
//    answers become errors, turns under way become void.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/asked_answers.hpp"
#include "object/command.hpp"
#include "object/exchange.hpp"
#include "object/forwarding.hpp"
#include "object/key_map.hpp"
#include "object/observer.hpp"
#include "object/outbox.hpp"
#include "object/output_gate.hpp"
#include "object/passed_command.hpp"
#include "object/pending_command.hpp"
#include "object/policy.hpp"
#include "object/proposal_backlog.hpp"
#include "object/range_work.hpp"
#include "object/record_cache.hpp"
#include "object/replica/replicas.hpp"
#include "object/reply.hpp"
#include "object/shard_parts.hpp"
#include "object/shard_stats.hpp"
#include "object/timer_wheel.hpp"
#include "object/turn.hpp"

namespace comet::object {

struct shard_options {
  policy limits;
  digest self{};                    ///< id of the node
  bytes node_id;                    ///< the same, hex
  bytes node_address;               ///< where other nodes reach this one, HOST:PORT
  bool gated = true;                ///< false: durability `none`, answers do not wait
  bool commits_are_synced = false;  ///< durability `always`
  std::uint64_t seed = 0;
  /// Appends what the node says of itself besides (field, value): version, load ...
  std::function<void(std::vector<reply>&)> describe;
  /// Nothing: the node is not one of several, and keeps no replicas.
  std::optional<replica::replicas_options> replicas;
  std::vector<std::uint32_t> objects_in;  ///< objects by range, with replicas; empty: no object
  mono_time started{};
  observer* watched_by = nullptr;  ///< outlives the shard; null: nobody watches
};

class request_tracer;

/// Said by nodes to nodes, joined or not.
bool is_about_nodes(op what);

class shard {
 public:
  shard(shard_options options, stored_facts facts);
  ~shard();
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  /// Carries out `c`. Returns true when `answer` holds the reply and it may leave at once;
  /// false when it comes later, through the outbox, to `to`.
  bool submit(const command& c, const caller& from, const origin& to, const instant& now,
              reply& answer);

  /// Commands on these keys are about to be submitted: a hint that changes nothing.
  void expect(std::span<const bytes_view> keys) const { cache_.prefetch(keys); }

  /// The last submitted command touches several keys or looks at all of them, and is not carried
  /// out yet: later commands of the same client could overtake it at one of those keys.
  [[nodiscard]] bool deferred() const { return deferred_; }

  // Events.
  void on_loaded(const std::vector<loaded>& results, const instant& now);
  void on_scanned(scanned page, const instant& now);
  void on_outcomes(outcome_batch batch, const instant& now);
  void on_durable(std::uint64_t number, const instant& now);
  /// The sync that the outbox asked for has ended: no power loss takes what was durable by then.
  void on_synced(const std::optional<error>& failure, const instant& now);
  /// All batches from `number` on are lost. The reactor sends nothing more of them to the writer.
  void on_commit_failed(std::uint64_t number, const error& why, const instant& now);
  /// The network is another one. `joining`: it is not found yet, and why; commands get that answer.
  void on_network(std::shared_ptr<const key_map> map, std::optional<bytes> joining,
                  const instant& now);
  void on_arrived(const arrived_command& arrived, const instant& now);
  void on_forwarded(std::vector<forward_outcome> outcomes, const instant& now);
  void on_peer(peer_delivery said, const instant& now);
  /// Wakes what is due. Call about every 10 ms while `next_wake` is near, else when it comes.
  void on_tick(const instant& now);

  /// Changes collected since the last call, if any; call once at the end of a poll round.
  std::optional<numbered_batch> take_batch(const instant& now);
  outbox& effects() { return outbox_; }
  /// Is there anything for the end of a poll round: effects to carry out or changes to take?
  [[nodiscard]] bool has_effects() const {
    return !outbox_.empty() || !dirty_.empty() || !dirty_codes_.empty() || counts_dirty_ ||
           flushing_ || !registers_.empty();
  }
  [[nodiscard]] wall_time next_wake() const;

  [[nodiscard]] std::uint64_t objects() const { return counts_.objects; }
  [[nodiscard]] std::uint64_t objects_with_expiry() const { return counts_.with_expiry; }
  [[nodiscard]] std::size_t cache_bytes() const { return cache_.bytes_used(); }
  [[nodiscard]] std::size_t cached_records() const { return cache_.size(); }
  [[nodiscard]] std::size_t turns_under_way() const { return turns_.size(); }
  [[nodiscard]] std::size_t timers_armed() const { return wheel_.size(); }
  [[nodiscard]] std::uint64_t durable() const { return durable_; }
  /// Nothing is under way: no turn, no load, no batch. A stopping node waits for it.
  [[nodiscard]] bool idle() const;
  /// This node leaves, and nothing that others could hold is left here.
  [[nodiscard]] bool handed_over() const;
  [[nodiscard]] const digest& self() const { return options_.self; }
  [[nodiscard]] bool has_others() const { return map_ && !map_->others().empty(); }
  [[nodiscard]] const std::optional<bytes>& joining() const { return joining_; }
  [[nodiscard]] const replica::replicas* replicas() const { return replicas_.get(); }
  /// Led here, in ranges of which a member is not known to have everything, or that have not the
  /// members that they should have.
  [[nodiscard]] std::uint64_t objects_behind() const;
  [[nodiscard]] const shard_stats& stats() const { return stats_; }
  [[nodiscard]] const policy& limits() const { return options_.limits; }
  void set_limits(const policy& limits);

  /// Names of `meta` entries in the store.
  static constexpr bytes_view counts_name = "counts";
  static bytes encode_facts(const stored_facts& facts);
  static result<stored_facts> decode_facts(bytes_view raw);

 private:
  /// One command on its way, with all that its answer needs.
  struct request {
    const command& what;
    const caller& from;
    const origin& to;
    const instant& now;
    const std::vector<bytes>& chain;
    /// The owned form when there is one already: a command that waits is copied once.
    std::shared_ptr<const owned_command> owned;
    command_name name{};
    std::uint8_t hops = hops_max;  ///< left
    bool returned = false;
    bool again = false;  ///< see pending_command
  };

  /// Where a command on a key is carried out, as far as this node knows.
  struct whereabouts {
    enum class kind : std::uint8_t {
      here,
      there,    ///< `node` leads
      guessed,  ///< who leads was not heard of: `node` is nearest
      unknown,  ///< for a moment
      cut_off,  ///< nowhere: a majority is out of reach
    };
    kind what = kind::here;
    digest node{};
  };

  // Every function below that takes a request and a reply returns true when `answer` holds the
  // reply now, and false when the reply comes later.

  // shard.cpp: the way of a command and of its answer
  bool carry_out(const request& r, reply& answer);
  bool carry_out_on(const request& r, cache_entry& entry, reply& answer);
  bool carry_out_here(const request& r, cache_entry& entry, reply& answer);
  bool operate_on_passive(const request& r, cache_entry& entry, reply& answer);
  cache_entry& entry_of(bytes_view key);
  bool must_wait(const request& r, cache_entry& entry, bool is_turn);
  bool wait_in_line(const request& r, cache_entry& entry, reply& answer);
  bool is_full(const cache_entry& entry, reply& answer);
  static pending_command as_pending(const request& r);
  bool carry_out(const pending_command& waiting, const instant& now, reply& answer);
  void decide(const pending_command& waiting, const instant& now);
  void drain_line(cache_entry& entry, const instant& now);
  void fail_line(cache_entry& entry, const error& why, const instant& now);
  bool finish(const origin& to, std::uint64_t depends_on, reply& answer);
  /// `elsewhere`: how another node carried it out; null: it was carried out here.
  void deliver(const origin& to, reply content, const instant& now,
               const forward_outcome* elsewhere = nullptr);
  void answer_later(const origin& to, std::uint64_t depends_on, reply content, const instant& now);
  static reply total_of(gathering& whole);
  void add_part(const origin& to, reply content, const instant& now);
  void discard_if_void(cache_entry& entry);

  // shard_batches.cpp: what is decided becomes durable and chosen, or is undone
  void settle(const instant& now);
  std::vector<cache_entry*> undo_batches(std::uint64_t number,
                                         std::vector<range_write>& lost_ranges);
  void fail_answers(std::uint64_t number, const error& why, const error& undecided,
                    const instant& now);

  // shard_store.cpp: records change and move between memory and store here only
  void start_load(cache_entry& entry);
  bool obtain_code(cache_entry& entry, const digest& hash);
  void record_arrived(cache_entry& entry, const loaded& what, const instant& now);
  /// It is under way from the store.
  code_load& load_code(const digest& hash);
  void code_arrived(const code_load& load, const loaded& what, const instant& now);
  std::shared_ptr<record> successor_of(const cache_entry& entry);
  void put_record(cache_entry& entry, std::shared_ptr<record> next);
  void remove_record(cache_entry& entry);
  void drop_if_expired(cache_entry& entry, const instant& now);
  void mark_changed(cache_entry& entry);
  void count_code(const digest& hash, int delta);
  void write_entry(cache_entry& entry, change_batch& out);
  void write_codes(change_batch& out);
  void revert(cache_entry& entry);
  void revert_code(const changed_code& lost);

  // shard_keys.cpp: commands about keys
  bool key_command(const request& r, cache_entry& entry, reply& answer);
  static reply about_key(const command& what, const record* current, wall_time now);
  bool expire(const request& r, cache_entry& entry, reply& answer);
  bool several_keys(const request& r, reply& answer);
  bool gather(const request& r, gathering::kind what, op each, reply& answer);
  bool copy_or_rename(const request& r, reply& answer);
  reply flush(const instant& now);
  bool flush_ranges(const request& r, reply& answer);
  void range_flushed(replica::range_id range, std::uint64_t flush, bool done, const instant& now);

  // shard_space.cpp: commands about the whole space
  bool space_command(const request& r, reply& answer);
  std::uint64_t start_scan(scan_under_way scan);
  void continue_scan(std::uint64_t ticket, scan_under_way& scan);
  std::optional<reply> space_page_arrived(scan_under_way& scan, scanned& page);
  void finish_scan(std::uint64_t ticket, scan_under_way& scan, reply content, const instant& now);

  // shard_turns.cpp: active objects
  bool put_object(const request& r, cache_entry& entry, reply& answer);
  bool turn_command(const request& r, cache_entry& entry, turn_kind kind, reply& answer);
  std::optional<error> start_turn(cache_entry& entry, std::shared_ptr<turn_request> what,
                                  const origin& to, std::optional<fired_timer> fired,
                                  const instant& now);
  void finish_turn(finished_turn& done, const instant& now);
  void run_again(turn_under_way& turn, const instant& now);
  void commit_turn(turn_under_way& turn, turn_outcome& outcome, const instant& now);
  void fail_turn(turn_under_way& turn, turn_outcome& outcome, const instant& now);
  std::shared_ptr<record> created_by(turn_under_way& turn, turn_outcome& outcome);
  static void settle_fired(record& next, const fired_timer& fired);
  static void settle_failed(record& next, const fired_timer& fired, wall_time now);
  void settle_timers(record& next, const turn_under_way& turn, const turn_outcome& outcome);

  void tell_of_turn(const cache_entry& entry, turn_seen& seen, const turn_outcome& outcome);
  void forget_activation(cache_entry& entry);
  static error cycle_at(bytes_view key);
  [[nodiscard]] std::int64_t allowed_to(const cache_entry& entry, limit which) const;

  // shard_outcalls.cpp: what objects ask of others
  void send_messages(cache_entry& sender, const std::vector<outcall>& messages, const instant& now);
  void send_held(held_messages&& held, bool chosen, const instant& now);
  void run_outcall(cache_entry& sender, const outcall& what, std::uint64_t turn,
                   const std::vector<bytes>& chain, const instant& now);
  reply own_value(const cache_entry& sender) const;
  [[nodiscard]] std::vector<digest> members_known(replica::range_id range) const;
  [[nodiscard]] reply named_node(const digest& id) const;
  [[nodiscard]] reply nodes_of(const outcall_under_way& asked,
                               const forward_outcome* elsewhere) const;
  [[nodiscard]] reply as_outcall_result(const outcall_under_way& asked, reply content,
                                        const forward_outcome* elsewhere) const;
  void outcall_answered(std::uint64_t index, reply content, const instant& now,
                        const forward_outcome* elsewhere);

  // shard_queries.cpp: ASO.CODE, ASO.INFO and their like, and whose an object is
  static bool belongs_to(const record& object, const caller& from);
  static error owners_only(bytes_view key);
  static std::optional<error> refuse_stranger(const request& r, const cache_entry& entry);
  bool object_query(const request& r, cache_entry& entry, reply& answer);
  bool quarantined_read(const request& r, cache_entry& entry, reply& answer);

  // shard_inspection.cpp: all that is known of one object
  bool inspect(const request& r, cache_entry& entry, reply& answer);
  [[nodiscard]] std::vector<reply> whereabouts_told(cache_entry& entry);
  bool await_outline(const request& r, const cache_entry& entry, reply& answer);
  void outline_arrived(outlined_code& what, const instant& now);

  // shard_tracing.cpp: the way of an object's next requests
  bool trace_query(const request& r, cache_entry& entry, reply& answer);
  std::optional<error> refuse_tracing(const request& r, const cache_entry& entry) const;

  // shard_recording.cpp: the latest turns of objects that ask for it
  void set_recording(cache_entry& entry, std::int64_t capacity);
  reply recording_query(const request& r, cache_entry& entry);
  static std::unique_ptr<recorded_turn> recorded_turn_of(const turn_under_way& turn,
                                                         const turn_outcome& outcome);
  static void record_turn(record& next, recorded_turn turn, bytes_view before);

  // shard_asked.cpp: what clients ask for besides
  void set_terms(const asks& asked, const caller& from, cache_entry& entry, const instant& now);
  [[nodiscard]] std::size_t members_of(cache_entry& entry);
  bool carry_out_asked(const request& r, cache_entry& entry, reply& answer);
  std::optional<bool> read_copy(const request& r, cache_entry& entry, reply& answer);
  [[nodiscard]] reply described(reply value, mono_clock::duration age, bool leads) const;
  std::optional<error> refuse_quorum(const asks& asked, cache_entry& entry);
  std::optional<bool> answered_before(const request& r, cache_entry& entry, reply& answer);
  void end_asked_turn(const turn_under_way& turn);
  void begin_outcome(const turn_under_way& turn, const instant& now);
  bool finish_asked(const origin& to, std::uint64_t depends_on, reply& answer);
  bool hold_strictly(const origin& to, reply& content, const stricter& terms, mono_time now);
  bool count_copies(const request& r, cache_entry& entry, reply& answer);
  [[nodiscard]] std::size_t copies_besides(replica::range_id range, const replica::stamp& at) const;
  void settle_awaited(const std::set<replica::range_id>& lost, const instant& now);
  void settle_strict(const instant& now);
  bool hold_for_sync(const origin& to, reply& content, std::uint64_t number);
  void ask_for_sync();
  void fail_strict(const std::set<replica::range_id>& lost, const instant& now);

  // shard_passing.cpp: what is carried out elsewhere
  [[nodiscard]] bool alone() const { return !has_others(); }
  [[nodiscard]] bool may_be_stored(cache_entry& entry) const;
  whereabouts whereabouts_of(cache_entry& entry, mono_time now);
  std::optional<bool> decided_elsewhere(const request& r, cache_entry& entry, reply& answer);
  std::optional<bool> decided_elsewhere(const request& r, reply& answer);
  bool pass_on(const request& r, cache_entry& entry, const digest& to, reply& answer);
  void send(passed_command passed);
  void withdraw_from_silent(const instant& now);
  [[nodiscard]] bool is_led_elsewhere(const passed_command& passed) const;
  void passed_answered(const passed_command& passed, forward_outcome& outcome, const instant& now);
  void ask(const digest& node, std::shared_ptr<const owned_command> question, const request& r,
           const origin& to);
  origin ask_all_others(const request& r, const std::shared_ptr<const owned_command>& question,
                        gathering::kind what);
  bool follow(const request& r, cache_entry& entry, reply& answer);
  bool wait_behind(const request& r, cache_entry& entry, reply& answer);
  static bool would_overtake(const request& r, const cache_entry& entry, const digest& to);
  void catch_up(cache_entry& entry, const instant& now);
  void end_wait_behind(cache_entry& entry, const instant& now);
  void end_following(const instant& now);
  static transit& transit_of(cache_entry& entry);
  void puzzle(cache_entry& entry, mono_time until);
  void come_back(cache_entry& entry, const passed_command& passed, bool was_sent,
                 const instant& now);
  bool wait_for_news(const request& r, cache_entry& entry, reply& answer);
  void end_puzzles(mono_time until, const instant& now);
  void end_puzzles(const std::vector<cache_entry*>& ended, const instant& now);
  void hear_news(const instant& now);

  // shard_network.cpp: commands about nodes
  [[nodiscard]] reply place_of(cache_entry& entry);
  [[nodiscard]] reply with_this_hop(reply route, std::chrono::nanoseconds took,
                                    const origin& to) const;
  bool tell_code(const request& r, reply& answer);
  bool network_command(const request& r, reply& answer);
  [[nodiscard]] reply describe_node(bytes_view state) const;
  bool gather_nodes(const request& r, reply& answer);
  bool ask_all_nodes(const request& r, reply& answer);
  static reply page_of_all(gathering& whole);
  static reply list_of_nodes(gathering& whole);

  // shard_backlog.cpp: changes wait for those before them
  bool has_backlog(cache_entry& entry);
  void note_settled(replica::range_id range);
  bool wait_for_room(const request& r, cache_entry& entry, reply& answer);
  std::optional<std::size_t> admit_to_line(const request& r, cache_entry& entry, reply& answer);
  pending_command take_from_line(cache_entry& entry);
  void end_wait_for_room(replica::range_id range, const instant& now);
  void hear_of_room(const instant& now);
  void refuse_waiting(replica::range_id range, const instant& now);

  // shard_replicas.cpp: the host of this node's replicas
  static replica::range_id range_of(cache_entry& entry);
  [[nodiscard]] bool serves(cache_entry& entry) const;
  bool leads_now(cache_entry& entry, const instant& now);
  bool propose_changes();
  void absorb(const instant& now);
  void lose(const std::set<replica::range_id>& lost, const instant& now);
  [[nodiscard]] bool is_decided(const unacknowledged& batch) const;
  void fail_held(const std::set<replica::range_id>& lost, const error& why, const instant& now);
  void give_up_undecided(const instant& now);
  void announce(const instant& now);
  void say(const replica::member& to, peer_item what);
  [[nodiscard]] std::uint64_t objects_led() const;
  void ask_for_leases(const instant& now);
  [[nodiscard]] bool others_may_have(const std::vector<replica::range_id>& ranges) const;
  void revert_ranges(const std::vector<range_write>& lost, const error& why, const instant& now);

  // shard_ranges.cpp: what replicas write and look up
  void advance_ranges(const instant& now);
  bool advance(replica::range_id range, range_item& item, const instant& now);
  bool apply(replica::range_id range, range_application& what, const instant& now);
  bool wipe(replica::range_id range, range_wipe& what, const instant& now);
  [[nodiscard]] bool is_loaded(cache_entry& entry);
  bool obtain_codes(cache_entry& entry, const record* next, const instant& now);
  void want_code(const digest& hash, replica::range_id range, const instant& now);
  void code_told(const digest& hash, const reply& content);
  void apply_entry(cache_entry& entry, const replica::written_entry& what,
                   std::shared_ptr<record> next);
  void wipe_page_arrived(std::uint64_t ticket, scan_under_way& scan, scanned& page,
                         const instant& now);
  void hold_look(scan_under_way scan);
  void look_again();
  [[nodiscard]] std::uint64_t collecting_number() const;
  void look_up(replica::range_id range, const replica::list_order& what);
  void listing_arrived(std::uint64_t ticket, scan_under_way& scan, scanned& page,
                       const instant& now);
  void look_up(replica::range_id range, const replica::read_order& what);
  void range_read_arrived(std::uint64_t index, std::size_t place, const loaded& what,
                          const instant& now);
  void count_objects(cache_entry& entry, int delta);

  // shard_choices.cpp: what objects choose of their copies
  void note_asked(cache_entry& entry, const record* next);
  void take_back_asked(std::vector<asked_change> lost);
  [[nodiscard]] std::shared_ptr<const known_group> known_group_of(cache_entry& entry);

  // shard_due.cpp: timers and expiry
  void arm(cache_entry& entry);
  void arm_again(cache_entry& entry, const instant& now);
  void wake(cache_entry& entry, const instant& now);
  void look_ahead(const instant& now);
  void due_page_arrived(std::uint64_t ticket, scan_under_way& scan, scanned& page,
                        const instant& now);

  shard_options options_;
  observer nobody_;
  observer& observer_;
  record_cache cache_;
  timer_wheel wheel_;
  output_gate<held_answer> gate_;
  outbox outbox_;
  prng random_;
  stored_facts counts_;
  stored_facts counts_before_;  ///< as of the last batch taken
  bool counts_dirty_ = false;
  std::uint64_t flushed_in_ = 0;  ///< batch of the last removal of everything
  bool flushing_ = false;  ///< the batch being collected starts with the removal of everything
  std::uint64_t next_number_ = 1;  ///< of the batch being collected
  std::uint64_t durable_ = 0;
  std::vector<cache_entry*> dirty_;
  std::vector<changed_code> dirty_codes_;
  std::deque<unacknowledged> unacknowledged_;
  std::uint64_t next_ticket_ = 1;
  std::unordered_map<std::uint64_t, cache_entry*> loads_;
  std::unordered_map<std::uint64_t, code_load> code_loads_;
  std::unordered_map<std::uint64_t, scan_under_way> scans_;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> scans_held_;  ///< batch to wait for, ticket
  std::uint64_t next_turn_ = 1;
  std::unordered_map<std::uint64_t, turn_under_way> turns_;
  std::uint64_t next_gathering_ = 1;
  std::unordered_map<std::uint64_t, gathering> gatherings_;
  std::uint64_t next_outcall_ = 1;
  std::unordered_map<std::uint64_t, outcall_under_way> outcalls_;
  std::unordered_map<digest, known_code> codes_;
  std::map<digest, std::vector<pending_command>> outlines_asked_;  ///< and who waits for them
  std::unique_ptr<request_tracer> tracer_;                         ///< null: nothing is traced
  std::shared_ptr<const key_map> map_;                             ///< null: not heard of yet
  std::optional<bytes> joining_;
  std::uint64_t next_forward_ = 1;
  std::uint64_t last_name_ = 0;  ///< of commands that were passed on here first
  std::unordered_map<std::uint64_t, passed_command> forwarded_;
  mono_time silence_judged_{};
  proposal_backlog backlog_;
  std::multimap<mono_time, cache_entry*> puzzles_;     ///< when each ends
  std::set<replica::range_id> news_;                   ///< who leads these may have become clear
  std::deque<std::pair<mono_time, bytes>> followers_;  ///< keys; when they wait no longer
  std::unique_ptr<replica::replicas> replicas_;
  std::map<replica::range_id, std::deque<range_item>> range_work_;
  std::set<std::pair<replica::range_id, replica::stamp>> own_;  ///< proposed, and not absorbed
  std::set<replica::range_id> ready_ranges_;                    ///< of range_work_: may go on
  std::vector<range_write> registers_;                          ///< of the batch being collected
  std::vector<std::pair<replica::range_id, replica::stamp>> proposals_;  ///< likewise
  std::map<replica::range_id, replica::range_register> durable_registers_;
  std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::size_t>> range_loads_;
  std::unordered_map<std::uint64_t, range_read> range_reads_;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> lookups_held_;  ///< batch, ticket of a scan
  std::deque<std::pair<std::uint64_t, load_order>> reads_held_;       ///< batch to wait for
  std::vector<std::uint64_t> looks_again_;  ///< tickets of scans that failed: with the next tick
  std::vector<load_order> reads_again_;     ///< likewise
  std::unordered_map<std::uint64_t, flush_under_way> flushes_;
  std::unordered_map<digest, mono_time> wanted_codes_;    ///< asked for when
  std::map<replica::range_id, replica::stamp> given_up_;  ///< undecided, and their askers were told
  std::vector<std::uint32_t> objects_in_;                 ///< by range
  std::vector<std::pair<replica::range_id, int>> counted_;  ///< of the batch being collected
  std::vector<asked_change> asked_;                         ///< likewise
  std::map<replica::range_id, group_told> groups_told_;     ///< of ranges where turns ran
  std::vector<replica::range_id> concerned_;  ///< by the command that is being carried out
  answer_terms terms_;
  /// Turns of requests with ids: the same request waits for them.
  std::set<std::pair<const cache_entry*, std::uint64_t>> asked_turns_;
  /// By range and members needed, in the order in which they are met.
  std::map<std::pair<replica::range_id, std::size_t>, std::deque<strict_answer>> strict_;
  std::vector<awaited_copies> awaited_;
  std::multimap<std::uint64_t, std::pair<origin, reply>> unsynced_;  ///< by the batch to be synced
  std::uint64_t synced_ = 0;
  std::uint64_t sync_asked_ = 0;  ///< up to this batch, and not answered; 0: none
  mono_time leases_asked_{};
  std::uint64_t stored_ = 0;  ///< the last batch on the own disk; `durable_`: and chosen
  std::set<replica::range_id> announced_;  ///< not yet: what changed since others were told
  std::set<replica::member> told_;         ///< have heard of all that is led here
  mono_time told_at_{};
  bool advancing_ = false;
  bool deferred_ = false;
  bool back_in_line_ = false;  ///< the command taken from that line has to go on waiting
  wall_time looked_ahead_to_{};
  bool looking_ahead_ = false;
  shard_stats stats_;
};

}  // namespace comet::object
