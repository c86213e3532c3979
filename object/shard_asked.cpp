// What clients ask of one request: that it is not carried out twice, how many members have it, and
// that an older copy will do.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/request_trace.hpp"
#include "object/shard.hpp"
#include "object/string_operation.hpp"

namespace comet::object {

namespace {

/// An answer that is chosen waits so long for the members that it asked for besides.
constexpr std::chrono::milliseconds strict_wait_max{5'000};

/// The same for WAIT that another node passed on.
constexpr std::chrono::milliseconds passed_wait_max{10'000};

error too_few_members(bytes_view key, std::size_t asked, std::size_t members) {
  return {errc::unavailable,
          "QUORUM " + std::to_string(asked) + ": '" + printable(shortened(key, 64)) + "' has " +
              std::to_string(members) + (members == 1 ? " replica" : " replicas") +
              ": nothing was done; ask for fewer, or let more nodes join"};
}

error not_on_all(std::size_t copies, std::size_t asked) {
  return {errc::uncertain, "on " + std::to_string(copies) + " of the " + std::to_string(asked) +
                               " replicas asked for; it is chosen, and will be on the others when "
                               "they are back"};
}

error not_synced(const error& why) {
  return {errc::uncertain,
          "it is done, but the store could not be synced, so a power failure may "
          "undo it: " +
              why.message};
}

error lost_sight() {
  return {errc::uncertain,
          "it is chosen, but this node lost sight of the key's replicas before it knew that as "
          "many as asked for have it"};
}

}  // namespace

// ---- copies ----

/// Nothing: the copy is not known to be young enough, or there is none, or the object is active;
/// who leads answers.
std::optional<bool> shard::read_copy(const request& r, cache_entry& entry, reply& answer) {
  const auto range = range_of(entry);
  if (!replicas_ || replicas_->serves(range)) return std::nullopt;
  const auto copy = replicas_->copy(range);
  // What its leader sent may still wait to be written.
  if (!copy || range_work_.contains(range)) return std::nullopt;
  const auto age = r.now.mono - copy->as_of;
  if (age > *r.what.asked->stale_max) return std::nullopt;
  if (entry.loading == 0 && !entry.current && !entry.known_absent) start_load(entry);
  if (entry.loading != 0) return wait_in_line(r, entry, answer);
  if (entry.at > copy->chosen || (entry.current && entry.current->is_active())) return std::nullopt;
  const auto* seen = entry.current.get();
  if (seen != nullptr && seen->expired_at(r.now.wall)) seen = nullptr;
  if (is_string_operation(r.what.what)) {
    std::optional<bytes_view> value;
    if (seen != nullptr) value = seen->value;
    answer = operate(r.what, value, options_.limits.value_bytes_max).answer;
  } else {
    answer = about_key(r.what, seen, r.now.wall);
  }
  ++stats_.copies_read;
  if (r.what.asked->described && !answer.failed())
    answer = described(std::move(answer), age, false);
  return true;
}

reply shard::described(reply value, mono_clock::duration age, bool leads) const {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(age).count();
  return reply::map({reply::bulk("value"), std::move(value), reply::bulk("age-ms"),
                     reply::number(ms), reply::bulk("node"), reply::bulk(options_.node_id),
                     reply::bulk("leader"), reply::truth(leads)});
}

// ---- on the way in ----

void shard::set_terms(const asks& asked, const caller& from, cache_entry& entry,
                      const instant& now) {
  terms_ = {};
  terms_.what = &asked;
  terms_.entry = &entry;
  terms_.now = now.mono;
  terms_.version_before = entry.current ? entry.current->version : 0;
  if (!asked.request_id.empty()) terms_.request = request_number(from.user, asked.request_id);
}

/// This node leads the key, and nothing has to be waited for.
bool shard::carry_out_asked(const request& r, cache_entry& entry, reply& answer) {
  const auto& asked = *r.what.asked;
  if (auto refusal = refuse_quorum(asked, entry)) {
    answer = reply::failure(std::move(*refusal));
    return true;
  }
  set_terms(asked, r.from, entry, r.now);
  const std::uint64_t id = terms_.request;
  const auto turns_before = entry.turns;
  const auto before = answered_before(r, entry, answer);
  const bool done = before ? *before : carry_out_here(r, entry, answer);
  terms_ = {};
  if (id != 0 && entry.turns > turns_before) asked_turns_.emplace(&entry, id);
  return done;
}

std::size_t shard::members_of(cache_entry& entry) {
  return replicas_ ? replicas_->members(range_of(entry)).members.size() : 1;
}

std::optional<error> shard::refuse_quorum(const asks& asked, cache_entry& entry) {
  if (asked.quorum == 0 || asked.quorum == asks::all_members) return std::nullopt;
  const std::size_t members = members_of(entry);
  if (asked.quorum <= members) return std::nullopt;
  return too_few_members(entry.key, asked.quorum, members);
}

/// The request was carried out, or is in a turn: the answer is the same.
std::optional<bool> shard::answered_before(const request& r, cache_entry& entry, reply& answer) {
  const std::uint64_t id = terms_.request;
  if (id == 0) return std::nullopt;
  if (asked_turns_.contains({&entry, id})) return wait_in_line(r, entry, answer);
  const auto* kept = entry.current ? find_answer(entry.current->answered, id) : nullptr;
  if (kept == nullptr) return std::nullopt;
  answer = answer_of(*kept);
  return finish(r.to, entry.written, answer);
}

// ---- on the way out ----

void shard::end_asked_turn(const turn_under_way& turn) {
  if (asked_turns_.empty() || !turn.request->what || !turn.request->what->get().asked) return;
  const auto& id = turn.request->what->get().asked->request_id;
  if (!id.empty()) asked_turns_.erase({turn.entry, request_number(turn.request->from.user, id)});
}

/// The outcome of a turn is about to be folded in.
void shard::begin_outcome(const turn_under_way& turn, const instant& now) {
  if (!turn.request->what || !turn.request->what->get().asked) return;
  set_terms(*turn.request->what->get().asked, turn.request->from, *turn.entry, now);
}

/// Notes the answer in the very change that it is about, before that is proposed.
bool shard::finish_asked(const origin& to, std::uint64_t depends_on, reply& answer) {
  const auto terms = std::exchange(terms_, {});
  auto& entry = *terms.entry;
  const bool changed = entry.current && entry.current->version != terms.version_before;
  if (terms.request != 0 && changed && !answer.failed()) {
    entry.current->answered = with_answer(entry.current->answered, terms.request, answer);
    cache_.recount(entry);
  }
  if (terms.what->described && !answer.failed()) answer = described(std::move(answer), {}, true);
  const std::size_t members = members_of(entry);
  const std::size_t needed =
      terms.what->quorum == asks::all_members ? members : std::size_t{terms.what->quorum};
  stricter more{entry.key, needed > members / 2 + 1 ? needed : 0, 0};
  if (terms.what->durable && !options_.commits_are_synced) more.synced = depends_on;
  if (answer.failed() || (more.members == 0 && more.synced == 0))
    return finish(to, depends_on, answer);
  if (!options_.gated || depends_on <= durable_) return hold_strictly(to, answer, more, terms.now);
  if (tracer_) tracer_->held(to, depends_on, stored_);
  gate_.hold(depends_on, {to,
                          std::move(answer),
                          {},
                          concerned_,
                          {},
                          std::make_unique<const stricter>(std::move(more))});
  return false;
}

/// It is chosen. True: it may be told.
bool shard::hold_strictly(const origin& to, reply& content, const stricter& terms, mono_time now) {
  if (terms.members == 0) return hold_for_sync(to, content, terms.synced);
  auto* entry = cache_.find(terms.key);
  // A later change of it may have been lost meanwhile, and with that what was known of it.
  if (entry == nullptr || (!entry->current && !entry->known_absent)) {
    content = reply::failure(lost_sight());
    return true;
  }
  const auto range = range_of(*entry);
  if (entry->at == replica::stamp{} || replicas_->copies_of(range, entry->at) >= terms.members)
    return hold_for_sync(to, content, terms.synced);
  strict_[{range, terms.members}].push_back(
      {to, std::move(content), entry->at, terms.synced, now + strict_wait_max});
  return false;
}

std::size_t shard::copies_besides(replica::range_id range, const replica::stamp& at) const {
  return std::max<std::size_t>(replicas_->copies_of(range, at), 1) - 1;
}

/// WAIT, at the leader of the key that was written last.
bool shard::count_copies(const request& r, cache_entry& entry, reply& answer) {
  const auto number = [](std::size_t n) { return reply::number(static_cast<std::int64_t>(n)); };
  if (!replicas_ || entry.at == replica::stamp{}) {  // of a key that is gone all know that
    answer = number(members_of(entry) - 1);
    return true;
  }
  awaited_copies all{r.to, range_of(entry), entry.at, static_cast<std::size_t>(r.what.number), {}};
  const std::size_t copies = copies_besides(all.range, all.at);
  answer = number(copies);
  if (copies >= all.wanted) return true;
  all.until =
      r.what.number2 == 0
          ? mono_time::max()
          : r.now.mono + std::clamp(std::chrono::milliseconds{r.what.number2}, {}, stale_age_max);
  // The node that passed it on waits no longer than so for any answer.
  if (r.to.what == origin::kind::node)
    all.until = std::min<mono_time>(all.until, r.now.mono + passed_wait_max);
  awaited_.push_back(all);
  return false;
}

void shard::settle_awaited(const std::set<replica::range_id>& lost, const instant& now) {
  std::vector<std::pair<origin, std::size_t>> ready;
  std::erase_if(awaited_, [&](const awaited_copies& one) {
    const bool is_lost = lost.contains(one.range);
    const std::size_t copies = copies_besides(one.range, one.at);
    if (!is_lost && copies < one.wanted && now.mono < one.until) return false;
    // Who leads no more knows only that it was acknowledged.
    ready.emplace_back(one.to, is_lost ? replicas_->members(one.range).majority() - 1 : copies);
    return true;
  });
  for (const auto& [to, copies] : ready)
    deliver(to, reply::number(static_cast<std::int64_t>(copies)), now);
}

void shard::settle_strict(const instant& now) {
  if (!awaited_.empty()) settle_awaited({}, now);
  if (strict_.empty()) return;
  std::vector<std::pair<origin, reply>> ready;
  for (auto queue = strict_.begin(); queue != strict_.end();) {
    const auto [range, members] = queue->first;
    auto& waiting = queue->second;
    while (!waiting.empty()) {
      auto& first = waiting.front();
      const std::size_t copies = replicas_->copies_of(range, first.at);
      if (copies < members && now.mono < first.until) break;
      if (copies < members)
        first.content = reply::failure(copies == 0 ? lost_sight() : not_on_all(copies, members));
      if (first.content.failed() || hold_for_sync(first.to, first.content, first.synced))
        ready.emplace_back(first.to, std::move(first.content));
      waiting.pop_front();
    }
    queue = waiting.empty() ? strict_.erase(queue) : std::next(queue);
  }
  for (auto& [to, content] : ready)
    deliver(to, std::move(content), now);
}

/// True: nothing has to be waited for.
bool shard::hold_for_sync(const origin& to, reply& content, std::uint64_t number) {
  if (number <= synced_) return true;
  unsynced_.emplace(number, std::pair{to, std::move(content)});
  ask_for_sync();
  return false;
}

/// One at a time, for all that is durable when it begins.
void shard::ask_for_sync() {
  if (sync_asked_ != 0 || unsynced_.empty() || unsynced_.begin()->first > stored_) return;
  sync_asked_ = stored_;
  outbox_.sync = true;
}

void shard::on_synced(const std::optional<error>& failure, const instant& now) {
  const std::uint64_t through = std::exchange(sync_asked_, 0);
  if (!failure) synced_ = std::max(synced_, through);
  std::vector<std::pair<origin, reply>> told;
  const auto end = unsynced_.upper_bound(through);
  for (auto one = unsynced_.begin(); one != end; one = unsynced_.erase(one))
    told.push_back(std::move(one->second));
  for (auto& [to, content] : told)
    deliver(to, failure ? reply::failure(not_synced(*failure)) : std::move(content), now);
  ask_for_sync();
}

void shard::fail_strict(const std::set<replica::range_id>& lost, const instant& now) {
  settle_awaited(lost, now);
  std::vector<origin> failed;
  for (auto queue = strict_.begin(); queue != strict_.end();) {
    if (!lost.contains(queue->first.first)) {
      ++queue;
      continue;
    }
    for (const auto& one : queue->second)
      failed.push_back(one.to);
    queue = strict_.erase(queue);
  }
  for (const auto& to : failed)
    deliver(to, reply::failure(lost_sight()), now);
}

}  // namespace comet::object
