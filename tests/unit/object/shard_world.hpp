#pragma once
// A shard with a store in a map and an executor made of a function: the world of the shard's tests.
//
// `settle` carries out the outbox until nothing moves; commits can be held back or failed.

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/glob.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"
#include "object/stored_object.hpp"

namespace comet::object::test {

class shard_world {
 public:
  using executor = std::function<turn_outcome(const turn_order&)>;

  explicit shard_world(policy limits = {}, bool gated = true) : gated_(gated), limits_(limits) {
    restart();
  }

  /// A new shard over what the store holds, as after a crash.
  void restart() {
    stored_facts facts;
    if (const auto counts = stored.find(layout::meta_key(shard::counts_name));
        counts != stored.end()) {
      facts = *shard::decode_facts(counts->second);
    }
    answers.clear();
    in_flight.clear();
    shard_options options;
    options.limits = limits_;
    options.self = self;
    options.node_id = node_id;
    options.node_address = node_id + ":7400";
    options.gated = gated_;
    options.started = now.mono;
    options.watched_by = watched_by;
    if (life != 0) keep_replicas(options);
    subject.emplace(std::move(options), facts);
  }

  /// Submits as a client; the reply if it came at once.
  std::optional<reply> submit(const command& c, std::uint64_t slot = 1) {
    reply answer;
    if (subject->submit(c, who, {origin::kind::client, 1, slot}, now, answer)) return answer;
    return std::nullopt;
  }

  /// Submits and settles; the command must have been answered by then.
  reply ask(const command& c) {
    const std::uint64_t slot = next_slot_++;
    if (auto at_once = submit(c, slot)) {
      settle();
      return *at_once;
    }
    settle();
    for (auto a = answers.begin(); a != answers.end(); ++a) {
      if (a->slot != slot) continue;
      const reply content = a->content;
      answers.erase(a);
      return content;
    }
    return reply::failure(errc::internal, "no answer");
  }

  reply get(bytes_view key) {
    command c;
    c.key = key;
    return ask(c);
  }
  reply set(bytes_view key, bytes_view value) {
    command c;
    c.what = op::set;
    c.key = key;
    c.value = value;
    return ask(c);
  }
  reply del(bytes_view key) {
    command c;
    c.what = op::del;
    c.key = key;
    c.keys = {key};
    return ask(c);
  }
  reply put_object(bytes_view key, bytes_view source) {
    command c;
    c.what = op::aso_put;
    c.key = key;
    c.source = source;
    return ask(c);
  }

  /// One poll round: hands the batch over and carries out the outbox. False: nothing moved.
  bool round() {
    bool moved = false;
    if (auto batch = subject->take_batch(now)) {
      in_flight.push_back(std::move(*batch));
      moved = true;
    }
    auto out = std::exchange(subject->effects(), {});
    for (auto& a : out.answers)
      answers.push_back(std::move(a));
    for (auto& f : out.forwards)
      forwards.push_back(std::move(f));
    withdrawals.insert(withdrawals.end(), out.withdrawals.begin(), out.withdrawals.end());
    for (auto& a : out.node_answers)
      node_answers.push_back(std::move(a));
    for (auto& d : out.deliveries)
      deliveries.push_back(std::move(d));
    for (auto& p : out.publications)
      publications.push_back(std::move(p));
    moved = moved || !out.loads.empty() || !out.scans.empty() || !out.work_items.empty();
    if (!hold_commits) commit_all();
    if (hand_over) {
      moved = hand_over(std::move(out.work_items)) || moved;
    } else {
      outcome_batch outcomes;
      for (auto& item : out.work_items)
        run(item, outcomes);
      if (!outcomes.empty()) subject->on_outcomes(std::move(outcomes), now);
    }
    std::vector<loaded> loads;
    for (const auto& order : out.loads)
      loads.push_back(load(order));
    std::vector<scanned> scans;
    for (const auto& order : out.scans)
      scans.push_back(scan(order));
    if (read_later && (!loads.empty() || !scans.empty())) {
      read_later(std::move(loads), std::move(scans));
      return moved;
    }
    if (!loads.empty()) subject->on_loaded(std::move(loads), now);
    for (auto& one : scans)
      subject->on_scanned(std::move(one), now);
    return moved;
  }

  void settle() {
    for (int rounds = 0; rounds < 1'000; ++rounds) {
      if (!round() && !subject->has_effects()) return;
    }
  }

  void commit_all() {
    while (!in_flight.empty()) {
      auto batch = std::move(in_flight.front());
      in_flight.pop_front();
      if (fail_commits) {
        in_flight.clear();
        subject->on_commit_failed(batch.number, {errc::disk_full, "no space left"}, now);
        return;
      }
      apply(batch.changes);
      subject->on_durable(batch.number, now);
    }
  }

  void advance(std::chrono::milliseconds by) {
    now.wall += by;
    now.mono += by;
    subject->on_tick(now);
    settle();
    subject->on_tick(now);
    settle();
  }

  digest self{};  ///< with node_id: taken by `restart`
  bytes node_id = "node";
  std::map<bytes, bytes> stored;
  std::optional<shard> subject;
  std::vector<client_answer> answers;
  std::vector<forward_order> forwards;     ///< for other nodes, until the test takes them
  std::vector<std::uint64_t> withdrawals;  ///< likewise, of forwards
  std::vector<node_answer> node_answers;   ///< likewise
  std::vector<peer_delivery> deliveries;   ///< likewise
  std::vector<std::pair<bytes, bytes>> publications;
  observer* watched_by = nullptr;  ///< taken by `restart`
  replica::backlog_terms backlog;  ///< taken by `restart`
  replica::rules broken{};         ///< likewise, to see that a judge notices
  std::uint64_t life = 0;          ///< not 0: it keeps replicas; taken by `restart`
  bool founds = false;             ///< all ranges are its own
  std::deque<numbered_batch> in_flight;
  std::vector<turn_order> held_orders;  ///< while `hold_turns`
  std::vector<resumption> resumed;      ///< what suspended turns were told
  std::vector<bytes> forgotten;
  int outlines = 0;  ///< orders to outline a code
  caller who;
  instant now{from_unix_ms(1'700'000'000'000), mono_time{std::chrono::hours{1}}};
  bool hold_commits = false;
  bool fail_commits = false;
  bool hold_turns = false;
  std::optional<bytes> fail_loads_of;  ///< a key of the store
  std::optional<scan_order::kind> fail_scans_of;
  int scans_failed = 0;
  /// Set: takes what was read, and gives it to the shard when it wants.
  std::function<void(std::vector<loaded>, std::vector<scanned>)> read_later;
  /// Set: takes the work instead of `execute`, feeds outcomes back, tells whether anything moved.
  std::function<bool(std::vector<work>)> hand_over;
  executor execute = [](const turn_order& order) {
    turn_outcome outcome;
    if (order.request->kind == turn_kind::create || order.request->kind == turn_kind::replace) {
      outcome.created = true;
      outcome.state = bytes("\x81\xa5value\xa1v", 9);
      outcome.answer = reply::ok();
    } else {
      outcome.answer = reply::bulk("ran");
    }
    return outcome;
  };

  /// Ends the turns that were held back, in order.
  void release_turns() {
    outcome_batch outcomes;
    for (const auto& order : std::exchange(held_orders, {})) {
      outcomes.finished.push_back({order.id, false, execute(order)});
    }
    subject->on_outcomes(std::move(outcomes), now);
    settle();
  }

 private:
  /// What the store says of replicas.
  void keep_replicas(shard_options& options) {
    replica::replicas_options kept;
    kept.self = {self, life};
    kept.newborn = stored.empty();
    kept.founds = founds;
    kept.terms.backlog = backlog;
    kept.terms.broken = broken;
    options.objects_in.resize(replica::ranges);
    for (const auto& [key, value] : stored) {
      if (const auto range = layout::parse_register_key(key))
        kept.registers.emplace(*range, *replica::decode_register(value));
      if (const auto place = layout::parse_object_key(key); place && !decode_stored(value)->erased)
        count_in(replica::range_at(place->position), value, options.objects_in, kept.asked);
    }
    options.replicas = std::move(kept);
  }

  static void count_in(replica::range_id range, bytes_view value,
                       std::vector<std::uint32_t>& objects_in, replica::asked_groups& asked) {
    ++objects_in[range];
    const auto object = decode(decode_stored(value)->encoded);
    if (object->is_active()) asked.add(range, object->active->replicas);
  }

  void run(work& item, outcome_batch& outcomes) {
    switch (item.what) {
      case work::kind::run:
        if (hold_turns) {
          held_orders.push_back(std::move(item.order));
        } else {
          outcomes.finished.push_back({item.order.id, false, execute(item.order)});
        }
        return;
      case work::kind::forget: forgotten.push_back(item.forgotten); return;
      case work::kind::resume: resumed.push_back(std::move(item.resumed)); return;
      case work::kind::outline:
        ++outlines;
        outcomes.outlined.push_back({item.outlined->hash, {{"onGet", "onPut"}, {"count"}}});
        return;
      default: return;
    }
  }

  void apply(const change_batch& changes) {
    for (const auto& c : changes.changes) {
      switch (c.what) {
        case change_batch::change::kind::put: stored[c.key] = c.value; break;
        case change_batch::change::kind::erase: stored.erase(c.key); break;
        case change_batch::change::kind::erase_range:
          stored.erase(stored.lower_bound(c.key), stored.lower_bound(c.value));
          break;
      }
    }
  }

  loaded load(const load_order& order) {
    loaded out;
    out.ticket = order.ticket;
    if (order.store_key == fail_loads_of) {
      out.content = error{errc::storage, "the disk does not answer"};
      return out;
    }
    if (const auto found = stored.find(order.store_key); found != stored.end()) {
      out.content = std::optional<bytes>{found->second};
    }
    if (const auto found = stored.find(order.second_store_key); found != stored.end()) {
      out.second = found->second;
    }
    return out;
  }

  scanned scan(const scan_order& order) {
    scanned out;
    out.ticket = order.ticket;
    if (order.what == fail_scans_of) {
      ++scans_failed;
      out.failure = error{errc::storage, "the disk does not answer"};
      return out;
    }
    for (auto i = stored.lower_bound(order.from);
         i != stored.end() && i->first < order.to && out.looked_at < order.limit; ++i) {
      ++out.looked_at;
      out.last = i->first;
      if (order.what == scan_order::kind::due) {
        const auto at = layout::parse_due_key(i->first);
        out.due.emplace_back(at->due, bytes{at->key});
      } else {
        const auto at = layout::parse_object_key(i->first);
        const auto kept = decode_stored(i->second);
        if (order.what == scan_order::kind::listing) {
          out.listed.push_back({i->first, kept->at, kept->erased});
          continue;
        }
        if (kept->erased) continue;
        if (order.led && !order.led->contains(replica::range_at(at->position))) continue;
        if (!order.pattern || glob_match(*order.pattern, at->key)) {
          out.keys.emplace_back(at->key);
        }
      }
    }
    return out;
  }

  bool gated_;
  policy limits_;
  std::uint64_t next_slot_ = 100;
};

}  // namespace comet::object::test
