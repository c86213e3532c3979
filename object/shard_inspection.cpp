// The shard's COMET INSPECT: all that is known of one key, in one map, from the node that leads it.

#include <algorithm>
#include <utility>

#include "object/object_view.hpp"
#include "object/shard.hpp"
#include "object/state_text.hpp"
#include "object/turn_ring.hpp"
#include "object/turn_view.hpp"

namespace comet::object {

namespace {

constexpr std::size_t turns_shown_max = 16;
constexpr std::size_t state_text_bytes_max = 4'096;

void add(std::vector<reply>& fields, const char* name, reply value) {
  fields.push_back(reply::bulk(name));
  fields.push_back(std::move(value));
}

reply size_of(std::size_t bytes_held) {
  return reply::number(static_cast<std::int64_t>(bytes_held));
}

reply texts(const std::vector<bytes>& all) {
  std::vector<reply> items;
  items.reserve(all.size());
  for (const auto& text : all)
    items.push_back(reply::bulk(text));
  return reply::list(std::move(items));
}

/// The latest ones, the last of them last.
reply turns_of(const record& object) {
  std::vector<reply> rows;
  if (object.recorded)
    for (const auto& turn : object.recorded->heads())
      rows.push_back(summary_of(turn));
  if (rows.size() > turns_shown_max)
    rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(turns_shown_max));
  return reply::list(std::move(rows));
}

void append(std::vector<reply>& fields, std::vector<reply> more) {
  for (auto& item : more)
    fields.push_back(std::move(item));
}

std::vector<reply> of_passive(const cache_entry& entry) {
  const auto& r = *entry.current;
  std::vector<reply> fields;
  add(fields, "key", reply::bulk(entry.key));
  add(fields, "owner", reply::bulk(r.owner.empty() ? "default" : r.owner));
  add(fields, "version", size_of(r.version));
  add(fields, "expires-unix-ms", r.expires ? reply::number(to_unix_ms(*r.expires)) : reply::null());
  return fields;
}

}  // namespace

/// Who keeps the key, as its leader knows: without replicas this node does, alone.
std::vector<reply> shard::whereabouts_told(cache_entry& entry) {
  std::vector<digest> members{options_.self};
  std::vector<replica::member> behind;
  if (replicas_) {
    const auto range = range_of(entry);
    members = members_known(range);
    if (const auto* kept = replicas_->look(range)) behind = kept->behind();
  }
  std::vector<reply> rows;
  for (const auto& id : members) {
    const bool is_behind = std::any_of(behind.begin(), behind.end(),
                                       [&](const replica::member& m) { return m.node == id; });
    auto row = named_node(id);
    add(row.items, "leads", reply::number(id == options_.self ? 1 : 0));
    add(row.items, "behind", reply::number(is_behind ? 1 : 0));
    rows.push_back(std::move(row));
  }
  std::vector<reply> fields;
  add(fields, "leader", reply::bulk(options_.node_id));
  add(fields, "replicas", reply::list(std::move(rows)));
  return fields;
}

bool shard::inspect(const request& r, cache_entry& entry, reply& answer) {
  const bool active = entry.current && entry.current->is_active();
  const auto* outline = active ? codes_[entry.code->hash].outline.get() : nullptr;
  if (active && outline == nullptr) return await_outline(r, entry, answer);
  std::vector<reply> fields;
  if (!entry.current) {
    add(fields, "type", reply::bulk("none"));
    add(fields, "key", reply::bulk(entry.key));
  } else if (!active) {
    add(fields, "type", reply::bulk("passive"));
    add(fields, "size-bytes", size_of(entry.current->value.size()));
    append(fields, of_passive(entry));
  } else {
    const auto& object = *entry.current;
    const bool owner = belongs_to(object, r.from);
    add(fields, "type", reply::bulk("active"));
    add(fields, "size-bytes", size_of(object.active->state.size()));
    append(fields, information_on(entry, owner));
    add(fields, "handlers", texts(outline->handlers));
    add(fields, "methods", texts(outline->methods));
    if (owner) {
      add(fields, "state",
          reply::bulk(state_text(object.active->state, options_.limits.state_depth_max + 1,
                                 state_text_bytes_max)));
      add(fields, "turns-recorded", turns_of(object));
    }
  }
  append(fields, whereabouts_told(entry));
  answer = reply::map(std::move(fields));
  return finish(r.to, entry.written, answer);
}

/// Only an executor can read code. Who asks for the same meanwhile waits for the same answer.
bool shard::await_outline(const request& r, const cache_entry& entry, reply& answer) {
  auto& waiting = outlines_asked_[entry.code->hash];
  if (waiting.size() >= static_cast<std::size_t>(options_.limits.mailbox_max)) {
    answer = reply::failure(errc::busy, "too many wait to inspect this code; try again later");
    return true;
  }
  if (waiting.empty()) {
    work item;
    item.what = work::kind::outline;
    item.outlined = entry.code;
    outbox_.work_items.push_back(std::move(item));
  }
  waiting.push_back(as_pending(r));
  return false;
}

void shard::outline_arrived(outlined_code& what, const instant& now) {
  const auto asked = outlines_asked_.extract(what.hash);
  if (const auto known = codes_.find(what.hash); known != codes_.end())
    known->second.outline = std::make_shared<const code_outline>(std::move(what.names));
  if (!asked) return;
  for (const auto& waiting : asked.mapped())
    decide(waiting, now);
}

}  // namespace comet::object
