// The shard's questions about active objects: ASO.CODE, ASO.HASH, ASO.STATE, ASO.INFO, ASO.RESUME.

#include <utility>

#include "base/check.hpp"
#include "object/object_view.hpp"
#include "object/shard.hpp"
#include "object/state_view.hpp"
#include "object/turn_ring.hpp"

namespace comet::object {

namespace {

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
    case op::aso_info: answer = reply::map(information_on(entry, owner)); break;
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
