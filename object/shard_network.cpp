// The shard among other nodes: what is theirs is passed on, what may still be theirs is claimed.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

/// Between two attempts at a node that could not answer.
constexpr std::chrono::milliseconds ask_again_after{50};
/// A command that was passed on more often than that goes slower, until the nodes agree.
constexpr std::uint8_t quick_hops = 5;
constexpr std::chrono::milliseconds follow_time_max{1'000};
/// Refusals of a claim until those who wait for the key are told.
constexpr std::uint16_t refusals_max = 100;

void add(std::vector<reply>& fields, bytes_view name, reply value) {
  fields.push_back(reply::bulk(bytes{name}));
  fields.push_back(std::move(value));
}

reply text_of(const digest& id) {
  return reply::bulk(to_hex(as_bytes(id)));
}

reply disagreement(bytes_view key) {
  return reply::failure(errc::unavailable, "the nodes do not agree on who holds '" +
                                               printable(shortened(key, 64)) + "'; try again");
}

}  // namespace

bool is_about_nodes(op what) {
  switch (what) {
    case op::nodes:
    case op::node_info:
    case op::adopt:
    case op::settled: return true;
    default: return false;
  }
}

void shard::on_network(std::shared_ptr<const key_map> map, std::optional<bytes> joining,
                       const instant& now) {
  COMET_CHECK(map != nullptr);
  joining_ = std::move(joining);
  custody_.take_map(std::move(map), counts_.objects == 0);
  end_puzzles(mono_time::max(), now);
  advance_moves(now);
}

void shard::on_arrived(const arrived_command& arrived, const instant& now) {
  deferred_ = false;
  const origin to{origin::kind::node, arrived.number, 0};
  reply answer;
  if (carry_out({arrived.what->get(), arrived.from, to, now, arrived.chain, arrived.what,
                 arrived.name, arrived.hops_left, false},
                answer))
    deliver(to, std::move(answer), now);
}

// ---- out ----

bool shard::may_be_stored(bytes_view key) const {
  return custody_.alone() || custody_.of(key).what != whereabouts::kind::elsewhere;
}

std::optional<bool> shard::decided_elsewhere(const request& r, cache_entry& entry, reply& answer) {
  if (custody_.alone()) return std::nullopt;
  if (const auto* between = entry.between.get();
      between != nullptr && !r.returned &&
      (!between->passed_on.empty() || !between->behind.empty())) {
    // What was passed on and comes back waits for no other: the others wait for it.
    const auto& way = between->passed_on;
    if (std::find(way.begin(), way.end(), r.name) == way.end()) return follow(r, entry, answer);
  }
  if (entry.current) return std::nullopt;
  const auto place = custody_.of(entry.key);
  switch (place.what) {
    case whereabouts::kind::here: return std::nullopt;
    case whereabouts::kind::claimable:
      if (entry.between && entry.between->claimed_in == custody_.serial()) return std::nullopt;
      claim(entry, place.claim_from, r.now);
      return wait_in_line(r, entry, answer);
    case whereabouts::kind::unsure:
    case whereabouts::kind::elsewhere: {
      const bool wanders = r.hops < hops_max - quick_hops && !entry.draining;
      if (wanders) return wait_for_news(r, entry, answer);
      return pass_on(r, entry, place.holder, answer);
    }
  }
  return std::nullopt;
}

/// Commands for this key were passed on and are not answered: this one goes after them or waits.
bool shard::follow(const request& r, cache_entry& entry, reply& answer) {
  auto& between = *entry.between;
  if (between.behind.empty() && !entry.current && !between.passed_on.empty()) {
    const auto place = custody_.of(entry.key);
    if (place.holder == between.passed_to) return pass_on(r, entry, place.holder, answer);
  }
  if (is_full(entry, answer)) return true;
  if (between.behind.empty()) followers_.emplace_back(r.now.mono + follow_time_max, entry.key);
  between.behind.push_back(as_pending(r));
  return false;
}

/// Two commands on two nodes may wait for each other, when the nodes changed their minds meanwhile.
void shard::end_following(const instant& now) {
  while (!followers_.empty() && followers_.front().first <= now.mono) {
    auto* entry = cache_.find(followers_.front().second);
    followers_.pop_front();
    if (entry == nullptr || !entry->between) continue;
    for (auto& next : entry->between->behind)
      next.returned = true;
    end_wait_behind(*entry, now);
  }
}

void shard::catch_up(cache_entry& entry, const instant& now) {
  if (entry.between && entry.between->passed_on.empty()) end_wait_behind(entry, now);
}

void shard::end_wait_behind(cache_entry& entry, const instant& now) {
  for (const auto& next : std::exchange(entry.between->behind, {}))
    decide(next, now);
}

/// The command has seen many nodes: they do not agree yet on who holds the key.
bool shard::wait_for_news(const request& r, cache_entry& entry, reply& answer) {
  if (wait_in_line(r, entry, answer)) return true;
  puzzle(entry, r.now);
  return false;
}

void shard::puzzle(cache_entry& entry, const instant& now) {
  if (!entry.between) entry.between = std::make_unique<transit>();
  if (std::exchange(entry.between->puzzled, true)) return;
  puzzles_.emplace_back(now.mono + ask_again_after, &entry);
}

void shard::end_puzzles(mono_time until, const instant& now) {
  std::vector<cache_entry*> ended;
  while (!puzzles_.empty() && puzzles_.front().first <= until) {
    ended.push_back(puzzles_.front().second);
    puzzles_.pop_front();
  }
  for (auto* entry : ended) {
    entry->between->puzzled = false;
    entry->between->returned = 0;
    if (entry->has_line() && !entry->draining && entry->loading == 0) {
      drain_line(*entry, now);
    } else {
      discard_if_void(*entry);
    }
  }
}

/// An atomic command on several keys is carried out where all of them are, if that is one place.
/// Nothing: here, and nothing has to be waited for.
std::optional<bool> shard::decided_elsewhere(const request& r, reply& answer) {
  if (custody_.alone()) return std::nullopt;
  std::optional<digest> holder;
  for (const auto key : r.what.keys) {
    auto& entry = entry_of(key);
    if (must_wait(r, entry, false)) return wait_in_line(r, entry, answer);
    drop_if_expired(entry, r.now);
    digest holds = options_.self;
    if (entry.between && !entry.between->passed_on.empty()) {
      holds = entry.between->passed_to;
    } else if (!entry.current) {
      const auto place = custody_.of(key);
      const bool claimed = entry.between && entry.between->claimed_in == custody_.serial();
      if (place.what == whereabouts::kind::claimable && !claimed) {
        claim(entry, place.claim_from, r.now);
        return wait_in_line(r, entry, answer);
      }
      holds = place.holder;
    }
    if (holder && *holder != holds) {
      answer = reply::failure(errc::several_nodes,
                              "Keys in request are on different nodes, and this command is "
                              "carried out as a whole or not at all");
      return true;
    }
    holder = holds;
  }
  if (!holder || *holder == options_.self) return std::nullopt;
  return pass_on(r, *cache_.find(r.what.keys.front()), *holder, answer);
}

bool shard::pass_on(const request& r, cache_entry& entry, const digest& to, reply& answer) {
  if (r.hops == 0) {
    answer = disagreement(entry.key);
    return true;
  }
  if (!entry.between) entry.between = std::make_unique<transit>();
  auto asked = as_pending(r);
  if (asked.name.number == 0) asked.name = {options_.self, ++last_name_};
  --asked.hops;
  entry.between->passed_on.push_back(asked.name);
  entry.between->passed_to = to;
  send({passed_command::kind::command, entry.key, to, r.now.mono, std::move(asked)});
  return false;
}

void shard::send(passed_command passed) {
  const std::uint64_t number = next_forward_++;
  const auto& asked = passed.asked;
  outbox_.forwards.push_back(
      {number, passed.peer, asked.name, asked.what, asked.from, asked.chain, asked.hops});
  forwarded_.emplace(number, std::move(passed));
}

/// What this node says on its own behalf.
void shard::send(passed_command::kind what, const command& c, const digest& to,
                 const instant& now) {
  auto owned = std::make_shared<const owned_command>(c);
  send({what, bytes{c.key}, to, now.mono, {std::move(owned), {}, {}, {}, {}, 0, true}});
}

/// Asks another node about what is of no key. It is answered where it arrives.
void shard::ask(const digest& node, std::shared_ptr<const owned_command> question, const request& r,
                const origin& to) {
  send({passed_command::kind::question,
        {},
        node,
        r.now.mono,
        {std::move(question), r.from, to, {}, {}, 0, true}});
}

/// Asks every other node, for the answer to `r`. The own part is still missing; its place is
/// returned.
origin shard::ask_all_others(const request& r, const std::shared_ptr<const owned_command>& question,
                             gathering::kind what) {
  const auto& others = custody_.map()->others();
  const std::uint64_t index = next_gathering_++;
  gathering fresh;
  fresh.what = what;
  fresh.to = r.to;
  fresh.missing = others.size() + 1;
  fresh.parts.resize(others.size() + 1);
  fresh.asked = custody_.map();
  gatherings_.emplace(index, std::move(fresh));
  for (std::size_t i = 0; i < others.size(); ++i)
    ask(others[i].id, question, r, {origin::kind::part, index, i});
  return {origin::kind::part, index, others.size()};
}

// ---- back ----

void shard::on_forwarded(std::vector<forward_outcome> outcomes, const instant& now) {
  for (auto& outcome : outcomes) {
    const auto found = forwarded_.find(outcome.number);
    COMET_CHECK(found != forwarded_.end());
    const passed_command passed = std::move(found->second);
    forwarded_.erase(found);
    auto& content = outcome.content;
    switch (passed.what) {
      case passed_command::kind::question:
        deliver(passed.asked.to, std::move(content), now, &outcome.holder);
        break;
      case passed_command::kind::command: {
        if (passed.asked.what->get().what == op::where)
          content = with_this_hop(std::move(content), now.mono - passed.sent, passed.asked.to);
        auto* entry = cache_.find(passed.key);
        COMET_CHECK(entry != nullptr && entry->between);
        auto& way = entry->between->passed_on;
        const auto name = std::find(way.begin(), way.end(), passed.asked.name);
        COMET_CHECK(name != way.end());
        way.erase(name);
        const bool never_left =
            content.failed() && content.code == errc::unavailable && outcome.holder == digest{};
        if (never_left && passed.asked.hops > 0) {
          come_back(*entry, passed, now);
          catch_up(*entry, now);
          break;
        }
        deliver(passed.asked.to, std::move(content), now, &outcome.holder);
        catch_up(*entry, now);
        if (auto* left = cache_.find(passed.key)) discard_if_void(*left);
        break;
      }
      case passed_command::kind::move: moved(passed, content, now); break;
      case passed_command::kind::claim: claim_answered(passed, content, now); break;
      case passed_command::kind::settled:
        if (content.failed()) tell_again_.emplace_back(now.mono + ask_again_after, passed.peer);
        break;
    }
  }
  advance_moves(now);
}

/// It was certainly not carried out, so it is decided anew, before all that came after it.
void shard::come_back(cache_entry& entry, const passed_command& passed, const instant& now) {
  if (!entry.line) entry.line = std::make_unique<std::deque<pending_command>>();
  puzzle(entry, now);
  pending_command again = passed.asked;
  again.returned = true;
  const auto after = std::min<std::size_t>(entry.between->returned++, entry.line->size());
  entry.line->insert(entry.line->begin() + static_cast<std::ptrdiff_t>(after), std::move(again));
}

reply shard::place_of(const cache_entry& entry) const {
  std::vector<reply> hop;
  add(hop, "id", reply::bulk(options_.node_id));
  add(hop, "address", reply::bulk(options_.node_address));
  add(hop, "role", reply::bulk("holder"));
  add(hop, "present", reply::truth(entry.current != nullptr));
  return reply::list({reply::map(std::move(hop))});
}

/// A route is told from its end: each node on it puts itself before the rest.
reply shard::with_this_hop(reply route, std::chrono::nanoseconds took, const origin& to) const {
  if (route.what != reply::kind::array) return route;
  std::vector<reply> hop;
  add(hop, "id", reply::bulk(options_.node_id));
  add(hop, "address", reply::bulk(options_.node_address));
  add(hop, "role", reply::bulk(to.what == origin::kind::node ? "passed" : "asked"));
  add(hop, "us",
      reply::number(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  route.items.insert(route.items.begin(), reply::map(std::move(hop)));
  return route;
}

// ---- claims ----

void shard::claim(cache_entry& entry, const std::vector<digest>& from, const instant& now) {
  if (!entry.between) entry.between = std::make_unique<transit>();
  entry.between->claiming_in = custody_.serial();
  for (const auto& node : from) {
    ++entry.between->claims;
    ask_for(entry.key, node, now);
  }
}

void shard::ask_for(const bytes& key, const digest& node, const instant& now) {
  command c;
  c.what = op::claim;
  c.key = key;
  c.method = as_bytes(options_.self);
  send(passed_command::kind::claim, c, node, now);
}

void shard::claim_answered(const passed_command& asked, const reply& content, const instant& now) {
  auto* entry = cache_.find(asked.key);
  COMET_CHECK(entry != nullptr && entry->between && entry->between->claims > 0);
  if (content.failed() && custody_.awaits(asked.peer) && custody_.is_own(asked.key)) {
    if (++entry->between->refusals >= refusals_max) {
      entry->between->refusals = 0;
      fail_line(*entry,
                {errc::unavailable, "the node " + to_hex(as_bytes(asked.peer)) +
                                        " may have this key and does not say: " + content.text},
                now);
    }
    claims_again_.push_back({now.mono + ask_again_after, asked.key, asked.peer});
    return;
  }
  if (content.what == reply::kind::integer && content.integer == 1) custody_.settle(asked.peer);
  if (--entry->between->claims > 0) return;
  entry->between->claimed_in = entry->between->claiming_in;
  entry->between->refusals = 0;
  if (entry->has_line()) {
    drain_line(*entry, now);
  } else {
    discard_if_void(*entry);
  }
}

void shard::repeat_claims(const instant& now) {
  end_puzzles(now.mono, now);
  end_following(now);
  while (!tell_again_.empty() && tell_again_.front().first <= now.mono) {
    custody_.tell_again(tell_again_.front().second);
    tell_again_.pop_front();
  }
  while (!claims_again_.empty() && claims_again_.front().due <= now.mono) {
    const auto again = std::move(claims_again_.front());
    claims_again_.pop_front();
    if (custody_.awaits(again.node) && custody_.is_own(again.key)) {
      ask_for(again.key, again.node, now);
    } else {  // it owes nothing any more, or is gone, or the key is another node's now
      claim_answered({passed_command::kind::claim, again.key, again.node, now.mono, {}},
                     reply::number(0), now);
    }
  }
}

// ---- commands about nodes ----

bool shard::network_command(const request& r, reply& answer) {
  switch (r.what.what) {
    case op::lookup:
      if (custody_.alone()) {
        answer = as_outcall_result(outcall::kind::lookup, reply::null(), nullptr);
        return true;
      }
      ask(options_.self, std::make_shared<const owned_command>(r.what), r, r.to);
      return false;
    case op::nodes: return gather_nodes(r, answer);
    case op::node_info: answer = describe_node("alive"); return true;
    case op::adopt: return adopt(r, answer);
    case op::claim: return give(r, answer);
    case op::settled:
      if (r.what.method.size() == sizeof(digest)) custody_.settle(digest_from(r.what.method));
      answer = reply::ok();
      return true;
    default: COMET_CHECK(!"a command about nodes");
  }
}

reply shard::describe_node(bytes_view state) const {
  std::vector<reply> fields;
  add(fields, "id", reply::bulk(options_.node_id));
  add(fields, "address", reply::bulk(options_.node_address));
  add(fields, "state", reply::bulk(bytes{state}));
  add(fields, "keys", reply::number(static_cast<std::int64_t>(counts_.objects)));
  if (options_.describe) options_.describe(fields);
  return reply::map(std::move(fields));
}

bool shard::gather_nodes(const request& r, reply& answer) {
  const bool leaves = custody_.map() && custody_.map()->self_leaves();
  auto own = describe_node(leaves ? "leaving" : "here");
  if (custody_.alone()) {
    answer = reply::list({std::move(own)});
    return true;
  }
  command question;
  question.what = op::node_info;
  const auto part =
      ask_all_others(r, std::make_shared<const owned_command>(question), gathering::kind::nodes);
  deliver(part, std::move(own), r.now);
  return false;
}

reply shard::list_of_nodes(gathering& whole) {
  std::vector<reply> list;
  list.push_back(std::move(whole.parts.back()));
  const auto& others = whole.asked->others();
  for (std::size_t i = 0; i < others.size(); ++i) {
    const auto& node = others[i];
    auto& part = whole.parts[i];
    if (part.what != reply::kind::map) {
      std::vector<reply> fields;
      add(fields, "id", text_of(node.id));
      add(fields, "address", reply::bulk(node.address));
      add(fields, "state", reply::bulk("no answer"));
      add(fields, "why", reply::bulk(part.text));
      part = reply::map(std::move(fields));
    } else if (node.leaves) {
      for (std::size_t f = 0; f + 1 < part.items.size(); f += 2)
        if (part.items[f].text == "state") part.items[f + 1].text = "leaving";
    }
    add(part.items, "round-trip-us", reply::number(node.round_trip.count()));
    list.push_back(std::move(part));
  }
  return reply::list(std::move(list));
}

}  // namespace comet::object
