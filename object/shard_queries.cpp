// The shard's questions about active objects: ASO.CODE, ASO.HASH, ASO.STATE, ASO.INFO, ASO.RESUME.

#include <utility>

#include "base/check.hpp"
#include "object/shard.hpp"
#include "object/state_view.hpp"
#include "object/turn_ring.hpp"

namespace comet::object {

namespace {

void add(std::vector<reply>& fields, const char* name, reply value) {
  fields.push_back(reply::bulk(name));
  fields.push_back(std::move(value));
}

reply number(std::uint64_t n) {
  return reply::number(static_cast<std::int64_t>(n));
}

bytes_view name_of(timer_kind kind) {
  switch (kind) {
    case timer_kind::after: return "after";
    case timer_kind::every: return "every";
    case timer_kind::cron: return "cron";
  }
  return "unknown";
}

reply timers_of(const record& r) {
  std::vector<reply> list;
  for (const auto& t : r.active->timers) {
    std::vector<reply> fields;
    add(fields, "name", reply::bulk(t.name));
    add(fields, "kind", reply::bulk(bytes{name_of(t.kind)}));
    add(fields, "due-unix-ms", reply::number(to_unix_ms(t.due)));
    if (t.kind == timer_kind::every) add(fields, "period-ms", reply::number(t.period.count()));
    if (t.kind == timer_kind::cron) add(fields, "cron", reply::bulk(t.cron));
    if (t.failures > 0) add(fields, "failures", reply::number(t.failures));
    list.push_back(reply::map(std::move(fields)));
  }
  return reply::list(std::move(list));
}

reply limits_of(const activity& active) {
  std::vector<reply> fields;
  for (const auto& asked : active.limits)
    add(fields, find_limit(asked.which)->name.data(), reply::number(asked.value));
  return reply::map(std::move(fields));
}

reply replicas_of(const activity& active) {
  if (active.replicas.empty()) return reply::null();
  std::vector<reply> nodes;
  for (const auto& node : active.replicas.nodes)
    nodes.push_back(reply::bulk(to_hex(as_bytes(node))));
  std::vector<reply> fields;
  add(fields, "count", number(active.replicas.count));
  add(fields, "nodes", reply::list(std::move(nodes)));
  add(fields, "interval-ms", reply::number(active.replicas.interval.count()));
  return reply::map(std::move(fields));
}

/// What a handler says of itself is its owner's to read: log lines and errors quote the state.
reply information_on(const cache_entry& entry, bool is_owner) {
  const auto& r = *entry.current;
  const auto& active = *r.active;
  static const accounts none;
  const auto& account = entry.account ? *entry.account : none;
  std::vector<reply> fields;
  add(fields, "key", reply::bulk(entry.key));
  add(fields, "code", reply::bulk(to_hex(as_bytes(active.code_hash))));
  add(fields, "owner", reply::bulk(r.owner.empty() ? "default" : r.owner));
  add(fields, "limits", limits_of(active));
  add(fields, "asked-replicas", replicas_of(active));
  add(fields, "version", number(r.version));
  add(fields, "state-bytes", number(active.state.size()));
  add(fields, "turns", number(active.turns + account.turns));
  add(fields, "fuel", number(active.fuel + account.fuel));
  add(fields, "failures", number(account.failures));
  add(fields, "breaches", number(std::uint64_t{active.breaches} + account.breaches));
  add(fields, "memory", number(account.memory));
  add(fields, "memory-peak", number(account.memory_peak));
  add(fields, "messages", number(account.messages));
  add(fields, "mailbox", number(entry.turns + (entry.line ? entry.line->size() : 0)));
  add(fields, "timers", timers_of(r));
  add(fields, "expires-unix-ms", r.expires ? reply::number(to_unix_ms(*r.expires)) : reply::null());
  if (r.recorded) add(fields, "records-turns", number(r.recorded->capacity()));
  add(fields, "quarantine", active.quarantine ? reply::bulk(*active.quarantine) : reply::null());
  if (!is_owner) return reply::map(std::move(fields));
  add(fields, "last-error",
      account.last_error.empty() ? reply::null() : reply::bulk(account.last_error));
  add(fields, "last-error-unix-ms",
      account.last_error.empty() ? reply::null()
                                 : reply::number(to_unix_ms(account.last_error_at)));
  add(fields, "last-traceback",
      account.last_traceback.empty() ? reply::null() : reply::bulk(account.last_traceback));
  std::vector<reply> log;
  for (const auto& line : account.log)
    log.push_back(reply::bulk(line));
  add(fields, "log", reply::list(std::move(log)));
  return reply::map(std::move(fields));
}

error passive(bytes_view key) {
  return {errc::wrong_type,
          "the value at '" + printable(shortened(key, 64)) + "' is passive: it has no code"};
}

}  // namespace

bool shard::belongs_to(const record& object, const caller& from) {
  return from.administrator || object.owner == from.user;
}

error shard::owners_only(bytes_view key) {
  return {errc::no_permission, "only its owner or an administrator may do this to '" +
                                   printable(shortened(key, 64)) + "'"};
}

/// For what goes past the handlers of an active object: its code, its lifetime, its place.
std::optional<error> shard::refuse_stranger(const request& r, const cache_entry& entry) {
  const bool active = entry.current && entry.current->is_active();
  if (!active || belongs_to(*entry.current, r.from)) return std::nullopt;
  return owners_only(entry.key);
}

bool shard::object_query(const request& r, cache_entry& entry, reply& answer) {
  const op what = r.what.what;
  if (!entry.current) {
    const bool must_exist =
        what == op::aso_call || what == op::aso_resume || what == op::aso_record;
    answer = must_exist ? reply::failure(errc::not_found, "no such key") : reply::null();
    return finish(r.to, entry.written, answer);
  }
  if (!entry.current->is_active()) {
    answer = reply::failure(passive(entry.key));
    return finish(r.to, entry.written, answer);
  }
  const bool owner = belongs_to(*entry.current, r.from);
  switch (what) {
    case op::aso_code: answer = reply::bulk(entry.code->source); break;
    case op::aso_hash:
      answer = reply::bulk(to_hex(as_bytes(entry.current->active->code_hash)));
      break;
    case op::aso_info: answer = information_on(entry, owner); break;
    case op::aso_state: {
      if (!owner) {
        answer = reply::failure(owners_only(entry.key));
        break;
      }
      auto state = view_state(entry.current->active->state, options_.limits.state_depth_max + 1);
      answer = state ? std::move(*state) : reply::failure(state.failure());
      break;
    }
    case op::aso_resume: {
      if (!owner) {
        answer = reply::failure(owners_only(entry.key));
        break;
      }
      answer = reply::number(entry.current->active->quarantine ? 1 : 0);
      if (answer.integer == 0) break;
      auto next = successor_of(entry);
      next->active->quarantine.reset();
      next->active->breaches = 0;
      put_record(entry, std::move(next));
      break;
    }
    case op::aso_record:
    case op::aso_turns:
    case op::aso_turn: answer = recording_query(r, entry); break;
    default: COMET_CHECK(!"a question about an active object");
  }
  return finish(r.to, entry.written, answer);
}

bool shard::quarantined_read(const request& r, cache_entry& entry, reply& answer) {
  const auto& active = *entry.current->active;
  const bool reads = r.what.what == op::get || r.what.what == op::aso_get;
  const bool owner = belongs_to(*entry.current, r.from);
  if (owner && r.what.what == op::del) {
    remove_record(entry);
    answer = reply::number(1);
  } else if (owner && reads) {
    auto value = view_value(active.state, options_.limits.state_depth_max + 1);
    answer = value ? std::move(*value) : reply::failure(value.failure());
    if (answer.what == reply::kind::integer && r.what.what == op::get) {
      answer = reply::bulk(std::to_string(answer.integer));
    }
  } else {
    answer = reply::failure(
        errc::quarantined, "the code of '" + printable(shortened(entry.key, 64)) +
                               "' is suspended: " + *active.quarantine +
                               ". Its owner may read the value, replace the code or ASO.RESUME it");
  }
  return finish(r.to, entry.written, answer);
}

}  // namespace comet::object
