#include "object/trace_codec.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "object/kept_answers.hpp"
#include "object/replica/group.hpp"

namespace comet::object {

namespace {

/// The numbers are part of the format.
enum trace_bit : std::uint8_t { is_warm = 1U << 0U, is_trusted = 1U << 1U, has_group = 1U << 2U };
enum call_bit : std::uint8_t {
  is_sent = 1U << 0U,
  is_later = 1U << 1U,
  has_answer = 1U << 2U,
  has_value = 1U << 3U,
  is_by_right = 1U << 4U,
};
enum answer_form : std::uint8_t { form_value = 0, form_failure = 1 };

static_assert(static_cast<int>(outcall::kind::get) == 0 &&
                  static_cast<int>(outcall::kind::put) == 1 &&
                  static_cast<int>(outcall::kind::call) == 2 &&
                  static_cast<int>(outcall::kind::lookup) == 3,
              "recorded turns have these numbers");

/// More than any node allows; what is larger was never a limit.
constexpr std::uint64_t limit_max = std::uint64_t{1} << 40U;
constexpr int depth_max = 100;
/// Milliseconds from 1970, either way: some hundred thousand years.
constexpr std::int64_t time_max = std::int64_t{1} << 53U;

bool is_plausible(wall_time t) {
  return to_unix_ms(t) >= -time_max && to_unix_ms(t) <= time_max;
}

/// The limits that a turn can notice, in the order of the format.
template <class Policy, class Visitor>
void each_limit(Policy& p, const Visitor& visit) {
  visit(p.fuel_per_turn);
  visit(p.fuel_per_slice);
  visit(p.memory_per_object);
  visit(p.state_bytes_max);
  visit(p.state_depth_max);
  visit(p.messages_per_turn);
  visit(p.key_bytes_max);
  visit(p.value_bytes_max);
  visit(p.source_bytes_max);
  visit(p.timers_max);
  visit(p.timer_period_min);
  visit(p.replicas_max);
  visit(p.replicas_interval_min);
  visit(p.log_lines_max);
  visit(p.log_line_bytes_max);
}

template <class Number>
std::uint64_t as_number(const Number& limit) {
  if constexpr (std::is_same_v<Number, std::chrono::milliseconds>) {
    return static_cast<std::uint64_t>(limit.count());
  } else {
    return static_cast<std::uint64_t>(limit);
  }
}

template <class Number>
Number limit_from(std::uint64_t number) {
  if constexpr (std::is_same_v<Number, std::chrono::milliseconds>) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(number)};
  } else {
    return static_cast<Number>(number);
  }
}

template <class Number>
constexpr std::uint64_t greatest() {
  return std::is_same_v<Number, int> ? (std::uint64_t{1} << 30U) : limit_max;
}

void write_limits(encoder& out, const policy& limits) {
  each_limit(limits, [&](const auto& limit) { out.number(as_number(limit)); });
}

void read_limits(decoder& in, policy& limits) {
  each_limit(limits, [&](auto& limit) {
    using number = std::remove_cvref_t<decltype(limit)>;
    const std::uint64_t read = in.number();
    if (read > greatest<number>()) in.failed("a limit that no node has");
    limit = limit_from<number>(read);
  });
  if (limits.state_depth_max > depth_max) in.failed("a state deeper than any node has");
  if (limits.fuel_per_turn == 0 || limits.fuel_per_slice == 0) in.failed("a turn without fuel");
}

void write_nodes(encoder& out, const std::vector<digest>& nodes) {
  out.number(nodes.size());
  for (const auto& node : nodes)
    out.raw(as_bytes(node));
}

std::vector<digest> read_nodes(decoder& in) {
  std::vector<digest> nodes;
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const bytes_view raw = in.raw(sizeof(digest));
    if (in.ok()) nodes.push_back(digest_from(raw));
  }
  return nodes;
}

void write_replicas(encoder& out, const asked_replicas& asked) {
  out.number(asked.count);
  write_nodes(out, asked.nodes);
  out.number(static_cast<std::uint64_t>(asked.interval.count()));
}

asked_replicas read_replicas(decoder& in) {
  asked_replicas asked;
  const std::uint64_t count = in.number();
  if (count > replica::members_max) in.failed("replicas that cannot be asked for");
  asked.count = static_cast<std::size_t>(count);
  asked.nodes = read_nodes(in);
  const std::uint64_t interval = in.number();
  if (interval > static_cast<std::uint64_t>(replicas_interval_max.count()))
    in.failed("an interval that cannot be asked for");
  asked.interval = std::chrono::milliseconds{static_cast<std::int64_t>(interval)};
  return asked;
}

void write_group(encoder& out, const std::vector<known_group::node>& group) {
  out.number(group.size());
  for (const auto& node : group) {
    out.text(node.id);
    out.text(node.address);
  }
}

std::vector<known_group::node> read_group(decoder& in) {
  std::vector<known_group::node> group;
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    known_group::node node;
    node.id = in.text();
    node.address = in.text();
    group.push_back(std::move(node));
  }
  return group;
}

/// Times as differences: most slices begin in the same millisecond.
void write_slices(encoder& out, wall_time began, const std::vector<wall_time>& slices) {
  out.number(slices.size());
  wall_time last = began;
  for (const auto slice : slices) {
    out.integer(to_unix_ms(slice) - to_unix_ms(last));
    last = slice;
  }
}

std::vector<wall_time> read_slices(decoder& in, wall_time began) {
  std::vector<wall_time> slices;
  const std::uint64_t count = in.number();
  wall_time last = began;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::int64_t since = in.integer();
    if (!is_plausible(from_unix_ms(since))) in.failed("a time that no clock shows");
    if (!in.ok()) break;
    last += std::chrono::milliseconds{since};
    if (!is_plausible(last)) in.failed("a time that no clock shows");
    slices.push_back(last);
  }
  return slices;
}

bool write_call(encoder& out, const recorded_call& call) {
  unsigned bits = 0;
  if (call.sent) bits |= is_sent;
  if (call.later) bits |= is_later;
  if (call.answer) bits |= has_answer;
  if (call.what.has_value) bits |= has_value;
  if (call.what.by_right) bits |= is_by_right;
  out.byte(static_cast<std::uint8_t>(bits));
  out.byte(static_cast<std::uint8_t>(call.what.what));
  out.byte(static_cast<std::uint8_t>(call.access));
  out.text(call.what.key);
  out.text(call.what.value);
  out.text(call.what.method);
  write_texts(out, call.what.args);
  return !call.answer || write_answer(out, *call.answer);
}

recorded_call read_call(decoder& in) {
  recorded_call call;
  const std::uint8_t bits = in.byte();
  if (bits > (is_sent | is_later | has_answer | has_value | is_by_right))
    in.failed("a call of a later build");
  call.sent = (bits & is_sent) != 0;
  call.later = (bits & is_later) != 0;
  call.what.has_value = (bits & has_value) != 0;
  call.what.by_right = (bits & is_by_right) != 0;
  const std::uint8_t kind = in.byte();
  const std::uint8_t access = in.byte();
  if (kind > static_cast<std::uint8_t>(outcall::kind::lookup) ||
      access > static_cast<std::uint8_t>(call_access::right)) {
    in.failed("a call of no known kind");
    return call;
  }
  call.what.what = static_cast<outcall::kind>(kind);
  call.access = static_cast<call_access>(access);
  call.what.key = in.text();
  call.what.value = in.text();
  call.what.method = in.text();
  call.what.args = read_texts(in);
  if ((bits & has_answer) != 0) call.answer = read_answer(in);
  return call;
}

/// Kept answers are read back with so many items in a list and no more.
bool lists_are_short(const reply& answer) {
  return answer.items.size() <= kept_answer_bytes_max &&
         std::ranges::all_of(answer.items, lists_are_short);
}

errc code_named(bytes_view name, bool& known) {
  for (unsigned i = 0; i <= static_cast<unsigned>(errc::internal); ++i) {
    const auto code = static_cast<errc>(i);
    if (name_of(code) == name) return code;
  }
  known = false;
  return errc::internal;
}

}  // namespace

void write_texts(encoder& out, const std::vector<bytes>& texts) {
  out.number(texts.size());
  for (const auto& text : texts)
    out.text(text);
}

std::vector<bytes> read_texts(decoder& in) {
  std::vector<bytes> texts;
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i)
    texts.emplace_back(in.text());
  return texts;
}

void write_error(encoder& out, const error& why) {
  out.text(name_of(why.code));
  out.text(why.message);
}

error read_error(decoder& in) {
  bool known = true;
  error why;
  why.code = code_named(in.text(), known);
  if (!known) in.failed("an error of no known name");
  why.message = in.text();
  return why;
}

bool write_answer(encoder& out, const reply& answer) {
  if (answer.failed()) {
    out.byte(form_failure);
    write_error(out, {answer.code, answer.text});
    return true;
  }
  if (!lists_are_short(answer)) return false;
  const auto content = encode(answer);
  if (!content) return false;
  out.byte(form_value);
  out.text(*content);
  return true;
}

reply read_answer(decoder& in) {
  const std::uint8_t form = in.byte();
  if (form == form_failure) return reply::failure(read_error(in));
  if (form != form_value) in.failed("an answer of no known form");
  auto content = decode_reply(in.text());
  if (content) return std::move(*content);
  in.failed("an answer that cannot be read");
  return {};
}

bool write_trace(encoder& out, const turn_trace& trace) {
  unsigned bits = 0;
  if (trace.warm) bits |= is_warm;
  if (trace.trusted) bits |= is_trusted;
  if (trace.group) bits |= has_group;
  out.byte(static_cast<std::uint8_t>(bits));
  out.number(trace.seed);
  write_limits(out, trace.limits);
  out.text(trace.node_id);
  out.text(trace.node_ip);
  write_slices(out, trace.began, trace.slices);
  write_texts(out, trace.rights);
  write_texts(out, trace.timers);
  write_replicas(out, trace.replicas);
  if (trace.group) write_group(out, *trace.group);
  write_nodes(out, trace.nodes_known);
  write_texts(out, trace.channels_refused);
  out.number(trace.calls.size());
  for (const auto& call : trace.calls)
    if (!write_call(out, call)) return false;
  return true;
}

void read_trace(decoder& in, turn_trace& trace) {
  if (!is_plausible(trace.began)) in.failed("a time that no clock shows");
  const std::uint8_t bits = in.byte();
  if (bits > (is_warm | is_trusted | has_group)) in.failed("a trace of a later build");
  trace.warm = (bits & is_warm) != 0;
  trace.trusted = (bits & is_trusted) != 0;
  trace.seed = in.number();
  read_limits(in, trace.limits);
  trace.node_id = in.text();
  trace.node_ip = in.text();
  trace.slices = read_slices(in, trace.began);
  trace.rights = read_texts(in);
  trace.timers = read_texts(in);
  trace.replicas = read_replicas(in);
  if ((bits & has_group) != 0) trace.group = read_group(in);
  trace.nodes_known = read_nodes(in);
  trace.channels_refused = read_texts(in);
  const std::uint64_t calls = in.number();
  for (std::uint64_t i = 0; i < calls && in.ok(); ++i)
    trace.calls.push_back(read_call(in));
}

}  // namespace comet::object
