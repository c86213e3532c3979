// What objects ask of others: in a turn that waits for it, or when a turn's record is chosen.

#include <utility>

#include "base/check.hpp"
#include "object/shard.hpp"

namespace comet::object {

void shard::send_held(held_messages&& held, bool chosen, const instant& now) {
  if (held.what.empty()) return;
  auto* sender = cache_.find(held.sender);
  COMET_CHECK(sender != nullptr && sender->continuations > 0);
  --sender->continuations;
  if (chosen) send_messages(*sender, held.what, now);
  discard_if_void(*sender);
}

void shard::send_messages(cache_entry& sender, const std::vector<outcall>& messages,
                          const instant& now) {
  for (const auto& message : messages)
    run_outcall(sender, message, 0, {}, now);
}

/// Carries out what an object asked for: in a suspended `turn`, or (0) after its commit.
void shard::run_outcall(cache_entry& sender, const outcall& what, std::uint64_t turn,
                        const std::vector<bytes>& chain, const instant& now) {
  origin to;
  const bool living = sender.current && sender.current->is_active();
  if (turn != 0 || (what.token != 0 && living)) {
    const std::uint64_t index = next_outcall_++;
    outcall_under_way fresh{what.what, turn, {}, 0, what.token};
    if (turn == 0) {
      fresh.key = sender.key;
      fresh.incarnation = sender.current->incarnation;
      ++sender.continuations;
    }
    outcalls_.emplace(index, std::move(fresh));
    to = {origin::kind::outcall, index, 0};
  }
  const bool asks_its_own = what.what == outcall::kind::get || what.what == outcall::kind::put;
  if (what.key == sender.key && asks_its_own) {
    // An object's own key means its other replicas, and a lone node has none.
    if (what.what == outcall::kind::get) {
      deliver(to, reply::null(), now);
    } else {
      deliver(to, reply::number(0), now);
    }
    return;
  }
  const auto a_minute = allowed_to(sender, limit::messages_per_minute);
  if (!account_of(sender).take_message(now.mono, a_minute)) {
    ++stats_.refusals.messages_per_minute;
    deliver(to,
            reply::failure(errc::messages, "messages: the " + std::to_string(a_minute) +
                                               " of this minute are used up"),
            now);
    return;
  }
  command c;
  c.key = what.key;
  c.has_value = what.has_value;
  c.value = what.value;
  switch (what.what) {
    case outcall::kind::get: c.what = op::aso_get; break;
    case outcall::kind::put: c.what = op::set; break;
    case outcall::kind::call:
      c.what = op::aso_call;
      c.method = what.method;
      for (const auto& arg : what.args)
        c.args.emplace_back(arg);
      break;
    case outcall::kind::lookup: c.what = op::lookup; break;
  }
  caller from;
  if (sender.current) from.user = sender.current->owner;
  from.node = options_.node_id;
  reply answer;
  if (carry_out({c, from, to, now, chain, nullptr}, answer)) deliver(to, std::move(answer), now);
}

reply shard::as_outcall_result(outcall::kind what, reply content, const digest* holder) const {
  if (content.failed()) return content;
  switch (what) {
    case outcall::kind::get: {
      std::vector<reply> nodes;
      if (content.what != reply::kind::null)
        nodes.push_back(
            reply::bulk(holder != nullptr ? to_hex(as_bytes(*holder)) : options_.node_id));
      std::vector<reply> both;
      both.push_back(std::move(content));
      both.push_back(reply::list(std::move(nodes)));
      return reply::list(std::move(both));
    }
    case outcall::kind::put:  // copies that were written
      return content.what == reply::kind::integer ? content : reply::number(1);
    case outcall::kind::lookup: {
      if (content.what == reply::kind::array) return content;
      // alone, this node is nearest to every key
      std::vector<reply> nodes;
      nodes.push_back(reply::map({reply::bulk("id"), reply::bulk(options_.node_id),
                                  reply::bulk("address"), reply::bulk(options_.node_address)}));
      return reply::list(std::move(nodes));
    }
    case outcall::kind::call: return content;
  }
  return content;
}

void shard::outcall_answered(std::uint64_t index, reply content, const instant& now,
                             const digest* holder) {
  const auto found = outcalls_.find(index);
  COMET_CHECK(found != outcalls_.end());
  const outcall_under_way asked = std::move(found->second);
  outcalls_.erase(found);
  content = as_outcall_result(asked.what, std::move(content), holder);
  if (asked.turn != 0) {
    work item;
    item.what = work::kind::resume;
    item.resumed = {asked.turn, asked.token, std::move(content)};
    outbox_.work_items.push_back(std::move(item));
    return;
  }
  auto* entry = cache_.find(asked.key);
  COMET_CHECK(entry != nullptr && entry->continuations > 0);
  --entry->continuations;
  const bool living = entry->current && entry->current->is_active() && entry->code &&
                      entry->current->incarnation == asked.incarnation;
  if (!living || (replicas_ && !leads_now(*entry, now))) return;
  auto what = std::make_shared<turn_request>();
  what->kind = turn_kind::answer;
  what->key = asked.key;
  what->token = asked.token;
  what->answer = std::move(content);
  if (auto refusal = start_turn(*entry, std::move(what), {}, std::nullopt)) {
    auto& account = account_of(*entry);
    account.last_error = std::move(refusal->message);
    account.last_error_at = now.wall;
  }
}

}  // namespace comet::object
