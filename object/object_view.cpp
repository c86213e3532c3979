#include "object/object_view.hpp"

#include <utility>

#include "base/digest.hpp"
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

}  // namespace

/// What a handler says of itself is its owner's to read: log lines and errors quote the state.
std::vector<reply> information_on(const cache_entry& entry, bool is_owner) {
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
  if (!is_owner) return fields;
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
  add(fields, "log-lines", number(account.log_lines));
  add(fields, "log-since-unix-ms",
      account.log_lines == 0 ? reply::null() : reply::number(to_unix_ms(account.log_since)));
  return fields;
}

}  // namespace comet::object
