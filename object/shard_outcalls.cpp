// What objects ask of others: in a turn that waits for it, or when a turn's record is chosen.

#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"
#include "object/state_view.hpp"

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
    fresh.its_own = living && what.key == sender.key;
    if (replicas_) fresh.range = replica::range_at(layout::position_of(what.key));
    if (turn == 0) {
      fresh.key = sender.key;
      fresh.incarnation = sender.current->incarnation;
      ++sender.continuations;
    }
    outcalls_.emplace(index, std::move(fresh));
    to = {origin::kind::outcall, index, 0};
  }
  const auto a_minute = allowed_to(sender, limit::messages_per_minute);
  auto& account = account_of(sender);
  if (!account.take_message(now.mono, a_minute)) {
    ++stats_.refusals.messages_per_minute;
    deliver(to,
            reply::failure(errc::messages, "messages: the " + std::to_string(a_minute) +
                                               " of this minute are used up"),
            now);
    return;
  }
  if (living) observer_.message_sent(sender.current->active->code_hash, account.untold);
  if (what.key == sender.key && what.what == outcall::kind::get)
    return deliver(to, own_value(sender), now);
  if (what.key == sender.key && what.what == outcall::kind::put) {
    // The turn that asked has written it; it is where the turn's change is.
    const auto copies = members_of(sender);
    return deliver(to, reply::number(static_cast<std::int64_t>(copies)), now);
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
  from.key = sender.key;
  reply answer;
  if (carry_out({c, from, to, now, chain, nullptr}, answer)) deliver(to, std::move(answer), now);
}

/// As committed, without running its code: the object itself asks, in a turn that is not over.
reply shard::own_value(const cache_entry& sender) const {
  if (!sender.current || !sender.current->is_active()) return reply::null();
  auto value = view_value(sender.current->active->state, options_.limits.state_depth_max + 1);
  return value ? std::move(*value) : reply::failure(value.failure());
}

std::vector<digest> shard::members_known(replica::range_id range) const {
  std::vector<digest> nodes;
  if (replicas_)
    for (const auto& member : replicas_->members(range).members)
      nodes.push_back(member.node);
  return nodes;
}

/// A node as handlers see it; of one that is gone the address is empty.
reply shard::named_node(const digest& id) const {
  const auto* other = map_ ? map_->find(id) : nullptr;
  const bytes address = id == options_.self ? options_.node_address
                        : other != nullptr  ? other->address
                                            : bytes{};
  // Not of the id's bytes: a shard of one node may have any name.
  return reply::map({reply::bulk("id"),
                     reply::bulk(id == options_.self ? options_.node_id : to_hex(as_bytes(id))),
                     reply::bulk("address"), reply::bulk(address)});
}

/// Who has copies of what was asked for, who answered first.
reply shard::nodes_of(const outcall_under_way& asked, const forward_outcome* elsewhere) const {
  const digest& holder = elsewhere != nullptr ? elsewhere->holder : options_.self;
  std::vector<reply> nodes{named_node(holder)};
  for (const auto& node : elsewhere != nullptr ? elsewhere->copies : members_known(asked.range))
    if (node != holder) nodes.push_back(named_node(node));
  return reply::list(std::move(nodes));
}

reply shard::as_outcall_result(const outcall_under_way& asked, reply content,
                               const forward_outcome* elsewhere) const {
  if (content.failed()) return content;
  switch (asked.what) {
    case outcall::kind::get: {
      const bool exists = asked.its_own || content.what != reply::kind::null;
      auto nodes = exists ? nodes_of(asked, elsewhere) : reply::list({});
      return reply::list({std::move(content), std::move(nodes)});
    }
    case outcall::kind::put:  // copies that were written
      return content.what == reply::kind::integer ? content : reply::number(1);
    case outcall::kind::lookup:
    case outcall::kind::call: return content;
  }
  return content;
}

void shard::outcall_answered(std::uint64_t index, reply content, const instant& now,
                             const forward_outcome* elsewhere) {
  const auto found = outcalls_.find(index);
  COMET_CHECK(found != outcalls_.end());
  const outcall_under_way asked = std::move(found->second);
  outcalls_.erase(found);
  content = as_outcall_result(asked, std::move(content), elsewhere);
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
  if (auto refusal = start_turn(*entry, std::move(what), {}, std::nullopt, now)) {
    auto& account = account_of(*entry);
    account.last_error = std::move(refusal->message);
    account.last_error_at = now.wall;
  }
}

}  // namespace comet::object
