#include "object/request_trace.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.hpp"
#include "object/recorded_command.hpp"
#include "object/recorded_turn.hpp"
#include "object/turn_view.hpp"

namespace comet::object {

namespace {

constexpr std::size_t outcome_bytes_max = 200;
constexpr std::size_t name_bytes_max = 100;

/// Empty: it looks at the object from outside, and is not traced.
bytes_view operation_of(op what) {
  if (const auto name = name_of_operation(what); !name.empty()) return name;
  switch (what) {
    case op::exists: return "EXISTS";
    case op::touch: return "TOUCH";
    case op::type: return "TYPE";
    case op::expire: return "EXPIRE";
    case op::ttl: return "TTL";
    case op::persist: return "PERSIST";
    case op::aso_code: return "ASO.CODE";
    case op::aso_hash: return "ASO.HASH";
    case op::aso_state: return "ASO.STATE";
    case op::aso_resume: return "ASO.RESUME";
    case op::aso_record: return "ASO.RECORD";
    case op::aso_turns: return "ASO.TURNS";
    case op::aso_turn: return "ASO.TURN";
    default: return {};
  }
}

bool is_same(const origin& a, const origin& b) {
  return a.what == b.what && a.first == b.first && a.second == b.second;
}

caller bounded(const caller& from) {
  caller kept = from;
  kept.key = shortened(from.key, name_bytes_max);
  return kept;
}

void add(std::vector<reply>& fields, const char* name, reply value) {
  fields.push_back(reply::bulk(name));
  fields.push_back(std::move(value));
}

reply number(std::uint64_t n) {
  return reply::number(static_cast<std::int64_t>(n));
}

reply text_or_null(bytes_view text) {
  return text.empty() ? reply::null() : reply::bulk(bytes{text});
}

reply told(const traced_request& seen, std::size_t place) {
  std::vector<reply> fields;
  const auto add_time = [&](const char* name, std::chrono::nanoseconds took) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    add(fields, name, reply::number(std::max<std::int64_t>(us, 0)));
  };
  add(fields, "number", number(place));
  add(fields, "time-unix-ms", reply::number(to_unix_ms(seen.began)));
  add(fields, "operation", text_or_null(seen.operation));
  add(fields, "kind", reply::bulk(bytes{seen.kind}));
  add(fields, "handler", text_or_null(seen.handler));
  add(fields, "user", reply::bulk(seen.from.user.empty() ? "default" : seen.from.user));
  add(fields, "ip", text_or_null(seen.from.ip));
  add(fields, "object", text_or_null(seen.from.key));
  add(fields, "through", text_or_null(seen.from.node));
  add(fields, "id", text_or_null(seen.id));
  add(fields, "hops", number(seen.hops));
  add_time("store-us", seen.store);
  add_time("line-us", seen.line);
  add_time("passing-us", seen.passing);
  add_time("mailbox-us", seen.mailbox);
  add(fields, "activated", reply::number(seen.activated ? 1 : 0));
  add_time("turn-us", seen.turn);
  add(fields, "fuel", reply::number(seen.fuel));
  add_time("disk-us", seen.disk);
  add_time("commit-us", seen.commit);
  add_time("total-us", seen.total);
  add(fields, "outcome", reply::bulk(seen.outcome));
  return reply::map(std::move(fields));
}

bytes outcome_of(const error* failure) {
  if (failure == nullptr) return "ok";
  return shortened("error " + bytes{comet::name_of(failure->code)} + ": " + failure->message,
                   outcome_bytes_max);
}

bytes outcome_of(const reply& content) {
  if (!content.failed()) return "ok";
  const error failure{content.code, content.text};
  return outcome_of(&failure);
}

}  // namespace

// ---- traces ----

result<std::uint64_t> request_tracer::arm(bytes_view key, bytes_view user, std::size_t requests,
                                          const instant& now) {
  COMET_CHECK(requests > 0 && requests <= requests_max);
  forget_old(now.mono);
  std::erase_if(traces_, [&](const armed_trace& t) { return t.key == key; });
  std::erase_if(under_way_, [&](const under_way& one) { return one.key == key; });
  if (traces_.size() >= keys_max)
    return error{errc::busy, "this node traces " + std::to_string(keys_max) +
                                 " keys already; try again when one of them is done, after " +
                                 std::to_string(lasts.count()) + " minutes at the latest"};
  traces_.push_back({++last_number_,
                     bytes{key},
                     bytes{user},
                     requests,
                     0,
                     now.wall + lasts,
                     now.mono + lasts,
                     {}});
  return last_number_;
}

const request_tracer::armed_trace* request_tracer::find(bytes_view key) const {
  const auto found =
      std::find_if(traces_.begin(), traces_.end(), [&](const auto& t) { return t.key == key; });
  return found == traces_.end() ? nullptr : &*found;
}

const bytes* request_tracer::armed_by(bytes_view key) const {
  const auto* trace = find(key);
  return trace == nullptr ? nullptr : &trace->user;
}

reply request_tracer::view(bytes_view key) const {
  const auto* trace = find(key);
  COMET_CHECK(trace != nullptr);
  std::vector<reply> rows;
  for (const auto& seen : trace->seen)
    rows.push_back(told(seen, rows.size() + 1));
  std::vector<reply> fields;
  add(fields, "trace", number(trace->number));
  add(fields, "key", reply::bulk(trace->key));
  add(fields, "asked", number(trace->asked));
  add(fields, "begun", number(trace->begun));
  add(fields, "ends-unix-ms", reply::number(to_unix_ms(trace->ends)));
  add(fields, "requests", reply::list(std::move(rows)));
  return reply::map(std::move(fields));
}

bool request_tracer::forget_old(mono_time now) {
  std::erase_if(traces_, [&](const armed_trace& t) { return t.until <= now; });
  std::erase_if(under_way_, [&](const under_way& one) {
    const auto* trace = find(one.key);
    return trace == nullptr || trace->number != one.trace;
  });
  return !traces_.empty();
}

// ---- requests ----

/// Null: the key is not traced, or as many as asked for have come.
request_tracer::armed_trace* request_tracer::open_trace(bytes_view key, mono_time now) {
  for (auto& trace : traces_)
    if (trace.key == key) return trace.begun < trace.asked && now < trace.until ? &trace : nullptr;
  return nullptr;
}

request_tracer::under_way& request_tracer::begin(armed_trace& trace, const caller& from,
                                                 const origin& to, const instant& now) {
  ++trace.begun;
  auto& request = under_way_.emplace_back();
  request.trace = trace.number;
  request.key = trace.key;
  request.to = to;
  request.arrived = now.mono;
  request.since = now.mono;
  request.so_far.began = now.wall;
  request.so_far.from = bounded(from);
  return request;
}

request_tracer::request_list::iterator request_tracer::find(const origin& to) {
  if (to.what == origin::kind::nobody) return under_way_.end();
  return std::find_if(under_way_.begin(), under_way_.end(),
                      [&](const under_way& one) { return is_same(one.to, to); });
}

request_tracer::request_list::iterator request_tracer::find_turn(std::uint64_t turn) {
  return std::find_if(under_way_.begin(), under_way_.end(),
                      [&](const under_way& one) { return one.turn == turn; });
}

void request_tracer::end_wait(under_way& request, mono_time now) {
  (request.for_store ? request.so_far.store : request.so_far.line) += now - request.since;
  request.for_store = false;
  request.since = now;
}

request_tracer::request_list::iterator request_tracer::end(request_list::iterator request,
                                                           bytes outcome, mono_time now) {
  auto& seen = request->so_far;
  if (request->depends_on != 0) {
    seen.commit = now - request->since;
    if (!request->on_disk) seen.disk = seen.commit;
  }
  seen.total = now - request->arrived;
  seen.outcome = std::move(outcome);
  const auto trace = std::find_if(traces_.begin(), traces_.end(),
                                  [&](const armed_trace& t) { return t.number == request->trace; });
  COMET_CHECK(trace != traces_.end());  // it takes its requests with it when it ends
  trace->seen.push_back(std::move(seen));
  return under_way_.erase(request);
}

request_tracer::request_list::iterator request_tracer::drop(request_list::iterator request) {
  for (auto& trace : traces_)
    if (trace.number == request->trace) --trace.begun;  // another one comes in its place
  return under_way_.erase(request);
}

void request_tracer::arrived(bytes_view key, const command& c, const caller& from, const origin& to,
                             std::uint8_t hops_left, const instant& now) {
  const bytes_view operation = operation_of(c.what);
  if (operation.empty() || to.what == origin::kind::nobody) return;
  if (const auto again = find(to); again != under_way_.end()) return end_wait(*again, now.mono);
  auto* trace = open_trace(key, now.mono);
  if (trace == nullptr) return;
  auto& seen = begin(*trace, from, to, now).so_far;
  seen.operation = operation;
  seen.kind = "passive";
  if (c.asked) seen.id = c.asked->request_id;
  if (to.what == origin::kind::node) seen.hops = static_cast<std::uint8_t>(hops_max - hops_left);
}

void request_tracer::waits(const origin& to, bool for_store) {
  if (const auto request = find(to); request != under_way_.end()) request->for_store = for_store;
}

void request_tracer::ordered(std::uint64_t turn, const turn_request& request, const origin& to,
                             const instant& now) {
  auto known = find(to);
  if (known == under_way_.end()) {
    auto* trace = open_trace(request.key, now.mono);
    if (to.what != origin::kind::nobody || trace == nullptr) return;
    begin(*trace, request.from, to, now);
    known = std::prev(under_way_.end());
    if (request.what) known->so_far.operation = operation_of(request.what->get().what);
  }
  known->turn = turn;
  known->since = now.mono;
  known->so_far.kind = name_of(request.kind);
  known->so_far.handler = shortened(handler_of(request), name_bytes_max);
}

void request_tracer::ran(const finished_turn& done, mono_time now) {
  const auto request = find_turn(done.id);
  if (request == under_way_.end()) return;
  if (done.unrun) {  // its object went before it: it is decided anew, if somebody waits for it
    end_wait(*request, now);
    request->turn = 0;
    if (request->to.what == origin::kind::nobody) drop(request);
    return;
  }
  auto& seen = request->so_far;
  seen.mailbox += done.waited;
  seen.turn += done.ran;
  seen.passing += now - request->since - done.waited - done.ran;
  seen.activated = done.activated;
  seen.fuel = done.outcome.fuel;
  if (done.outcome.failure) seen.outcome = outcome_of(&*done.outcome.failure);
  request->since = now;
}

void request_tracer::folded(std::uint64_t turn, std::uint64_t depends_on, std::uint64_t durable,
                            mono_time now) {
  const auto request = find_turn(turn);
  if (request == under_way_.end() || request->to.what != origin::kind::nobody) return;
  if (request->so_far.outcome.empty()) request->so_far.outcome = "ok";
  if (depends_on > durable) {
    request->depends_on = depends_on;
  } else {
    end(request, request->so_far.outcome, now);
  }
}

void request_tracer::held(const origin& to, std::uint64_t depends_on, std::uint64_t stored) {
  const auto request = find(to);
  if (request == under_way_.end()) return;
  request->depends_on = depends_on;
  request->on_disk = depends_on <= stored;
}

void request_tracer::answered(const origin& to, const reply& content, mono_time now) {
  if (const auto request = find(to); request != under_way_.end())
    end(request, outcome_of(content), now);
}

void request_tracer::passed_on(const origin& to) {
  if (const auto request = find(to); request != under_way_.end()) drop(request);
}

// ---- batches ----

void request_tracer::stored(std::uint64_t number, mono_time now) {
  for (auto& request : under_way_) {
    if (request.depends_on == 0 || request.depends_on > number || request.on_disk) continue;
    request.on_disk = true;
    request.so_far.disk = now - request.since;
  }
}

/// Of those that nobody waits for: the others end with their answer.
void request_tracer::settled(std::uint64_t number, mono_time now) {
  for (auto request = under_way_.begin(); request != under_way_.end();) {
    const bool is_over = request->to.what == origin::kind::nobody && request->depends_on != 0 &&
                         request->depends_on <= number;
    request = is_over ? end(request, request->so_far.outcome, now) : std::next(request);
  }
}

void request_tracer::lost(std::uint64_t number, mono_time now) {
  for (auto request = under_way_.begin(); request != under_way_.end();) {
    const bool is_over = request->to.what == origin::kind::nobody && request->depends_on >= number;
    request =
        is_over ? end(request, "error storage: the change was lost", now) : std::next(request);
  }
}

}  // namespace comet::object
