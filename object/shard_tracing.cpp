// The shard's COMET TRACE and COMET TRACES: the way of the next requests to a key that it leads.

#include <utility>

#include "base/check.hpp"
#include "object/request_trace.hpp"
#include "object/shard.hpp"

namespace comet::object {

/// Who asks what, and when, is for the owner of the value to know, passive or not.
std::optional<error> shard::refuse_tracing(const request& r, const cache_entry& entry) const {
  const bool arms = r.what.what == op::trace;
  if (arms && !entry.current)
    return error{errc::not_found, "no such key: what is traced has to exist"};
  if (entry.current && !belongs_to(*entry.current, r.from)) return owners_only(entry.key);
  if (arms || r.from.administrator) return std::nullopt;
  const auto* user = tracer_ ? tracer_->armed_by(entry.key) : nullptr;
  if (!entry.current && user != nullptr && *user != r.from.user) return owners_only(entry.key);
  return std::nullopt;
}

bool shard::trace_query(const request& r, cache_entry& entry, reply& answer) {
  if (auto refusal = refuse_tracing(r, entry)) {
    answer = reply::failure(std::move(*refusal));
    return true;
  }
  if (r.what.what == op::traces) {
    const bool is_traced = tracer_ && tracer_->armed_by(entry.key) != nullptr;
    answer = is_traced ? tracer_->view(entry.key) : reply::null();
    return true;
  }
  if (!tracer_) tracer_ = std::make_unique<request_tracer>();
  const auto armed =
      tracer_->arm(entry.key, r.from.user, static_cast<std::size_t>(r.what.number), r.now);
  answer =
      armed ? reply::number(static_cast<std::int64_t>(*armed)) : reply::failure(armed.failure());
  return true;
}

}  // namespace comet::object
