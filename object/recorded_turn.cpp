#include "object/recorded_turn.hpp"

#include <utility>

#include "object/recorded_command.hpp"
#include "object/trace_codec.hpp"

namespace comet::object {

namespace {

constexpr std::uint8_t whole_version = 1;

/// The numbers are part of the format.
enum presence : std::uint8_t {
  has_command = 1U << 0U,
  has_failure = 1U << 1U,
  is_erased = 1U << 2U,
  is_too_large = 1U << 3U,
};

static_assert(static_cast<int>(turn_kind::create) == 0 &&
                  static_cast<int>(turn_kind::replace) == 1 &&
                  static_cast<int>(turn_kind::operate) == 2 &&
                  static_cast<int>(turn_kind::fetch) == 3 &&
                  static_cast<int>(turn_kind::call) == 4 &&
                  static_cast<int>(turn_kind::timer) == 5 &&
                  static_cast<int>(turn_kind::answer) == 6,
              "recorded turns have these numbers");

bytes_view handlers_of(const command& c) {
  switch (c.what) {
    case op::get:
    case op::strlen:
    case op::getex:
    case op::getrange: return "onGet";
    case op::set: return c.want_old ? "onGet, onUpdate" : "onUpdate";
    case op::setnx: return "onUpdate";
    case op::getdel: return "onGet, onDelete";
    case op::del: return "onDelete";
    default: return "onGet, onUpdate";
  }
}

void write_caller(encoder& out, const caller& from) {
  out.text(from.ip);
  out.number(from.port);
  out.text(from.user);
  out.text(from.node);
}

caller read_caller(decoder& in) {
  caller from;
  from.ip = in.text();
  const std::uint64_t port = in.number();
  if (port > 0xffff) in.failed("a port over 65535");
  from.port = static_cast<std::uint16_t>(port);
  from.user = in.text();
  from.node = in.text();
  return from;
}

std::uint8_t presence_of(const recorded_turn& turn) {
  unsigned bits = 0;
  if (turn.what) bits |= has_command;
  if (turn.failure) bits |= has_failure;
  if (turn.erased) bits |= is_erased;
  if (turn.sizes) bits |= is_too_large;
  return static_cast<std::uint8_t>(bits);
}

/// What is kept of a turn that is too large, too.
void write_head(encoder& out, const recorded_turn& turn) {
  out.byte(presence_of(turn));
  out.number(turn.number);
  out.byte(static_cast<std::uint8_t>(turn.kind));
  out.text(turn.handler);
  write_caller(out, turn.from);
  out.raw(as_bytes(turn.code));
  out.time(turn.trace.began);
  out.integer(turn.fuel);
  if (turn.failure) write_error(out, *turn.failure);
}

/// Returns what is present.
std::uint8_t read_head(decoder& in, recorded_turn& turn) {
  const std::uint8_t present = in.byte();
  turn.number = in.number();
  const std::uint8_t kind = in.byte();
  if (kind > static_cast<std::uint8_t>(turn_kind::answer)) in.failed("a turn of no known kind");
  turn.kind = static_cast<turn_kind>(kind);
  turn.handler = in.text();
  turn.from = read_caller(in);
  const bytes_view code = in.raw(sizeof(digest));
  if (in.ok()) turn.code = digest_from(code);
  turn.trace.began = in.time();
  turn.fuel = in.integer();
  if ((present & has_failure) != 0) turn.failure = read_error(in);
  turn.erased = (present & is_erased) != 0;
  return present;
}

void read_sizes(decoder& in, recorded_turn& turn) {
  left_out_sizes sizes;
  sizes.turn = in.number();
  sizes.state_before = in.number();
  sizes.state_after = in.number();
  turn.sizes = sizes;
}

void read_rest(decoder& in, std::uint8_t present, recorded_turn& turn) {
  turn.key = in.text();
  turn.script_args = read_texts(in);
  if ((present & has_command) != 0) {
    const command c = read_command(in, turn.key);
    if (in.ok()) turn.what = std::make_shared<const owned_command>(c);
  }
  turn.timer_name = in.text();
  read_trace(in, turn.trace);
  turn.traceback = in.text();
  turn.answer = read_answer(in);
  turn.effects = read_texts(in);
  turn.log = read_texts(in);
  turn.memory_peak = static_cast<std::size_t>(in.number());
  const bool needs_command = turn.kind != turn_kind::timer && turn.kind != turn_kind::answer;
  if (needs_command != (turn.what != nullptr)) in.failed("a turn whose command does not fit it");
}

void write_state(encoder& out, const state_ref& state) {
  out.byte(state ? 1 : 0);
  if (state) out.text(*state);
}

state_ref read_state(decoder& in) {
  const std::uint8_t present = in.byte();
  if (present > 1) in.failed("a state that is neither there nor not");
  return present == 1 ? std::make_shared<const bytes>(in.text()) : nullptr;
}

}  // namespace

bytes handler_of(const turn_request& request) {
  switch (request.kind) {
    case turn_kind::create: return "onPut";
    case turn_kind::replace: return "onUpdate";
    case turn_kind::fetch: return "onGet";
    case turn_kind::operate: return bytes{handlers_of(request.what->get())};
    case turn_kind::call: return bytes{request.what->get().method};
    case turn_kind::timer: return "onTimer(" + request.timer_name + ")";
    case turn_kind::answer: return "function";
  }
  return "unknown";
}

std::vector<bytes> effects_of(const turn_outcome& outcome) {
  std::vector<bytes> lines;
  for (const auto& change : outcome.timers) {
    if (!change.set) {
      lines.push_back("cancel timer " + change.name);
      continue;
    }
    const auto& t = *change.set;
    bytes line = "set timer " + change.name + ", due " + std::to_string(to_unix_ms(t.due));
    if (t.kind == timer_kind::every) line += ", every " + std::to_string(t.period.count()) + " ms";
    if (t.kind == timer_kind::cron) line += ", cron " + t.cron;
    if (t.missed == missed_policy::skip) line += ", missed skip";
    if (t.missed == missed_policy::each) line += ", missed each";
    lines.push_back(std::move(line));
  }
  if (outcome.replicas) {
    bytes line = "replicas: count " + std::to_string(outcome.replicas->count) + ", interval " +
                 std::to_string(outcome.replicas->interval.count()) + " ms";
    for (const auto& node : outcome.replicas->nodes)
      line += ", " + to_hex(as_bytes(node));
    lines.push_back(std::move(line));
  }
  for (const auto& [channel, message] : outcome.publications)
    lines.push_back("publish " + channel + ": " + message);
  return lines;
}

recorded_turn recorded_from(const turn_request& request, const turn_outcome& outcome,
                            const digest& code, const std::vector<bytes>& script_args) {
  recorded_turn turn;
  turn.kind = request.kind;
  turn.handler = handler_of(request);
  turn.from = request.from;
  turn.code = code;
  turn.key = request.key;
  turn.script_args = script_args;
  if (request.kind != turn_kind::timer && request.kind != turn_kind::answer)
    turn.what = request.what;
  turn.timer_name = request.timer_name;
  turn.trace = *outcome.trace;
  turn.failure = outcome.failure;
  turn.traceback = outcome.traceback;
  if (!outcome.failure) turn.answer = outcome.answer;
  turn.erased = !outcome.failure && outcome.fate == disposition::erase;
  turn.effects = effects_of(outcome);
  turn.log = outcome.log;
  turn.fuel = outcome.fuel;
  turn.memory_peak = outcome.memory_peak;
  return turn;
}

std::optional<bytes> encode_content(const recorded_turn& turn) {
  constexpr std::size_t usual_size = 512;
  encoder out{usual_size};
  write_head(out, turn);
  if (turn.sizes) {
    out.number(turn.sizes->turn);
    out.number(turn.sizes->state_before);
    out.number(turn.sizes->state_after);
    return std::move(out).take();
  }
  out.text(turn.key);
  write_texts(out, turn.script_args);
  if (turn.what) write_command(out, turn.what->get());
  out.text(turn.timer_name);
  if (!write_trace(out, turn.trace)) return std::nullopt;
  out.text(turn.traceback);
  if (!write_answer(out, turn.answer)) return std::nullopt;
  write_texts(out, turn.effects);
  write_texts(out, turn.log);
  out.number(turn.memory_peak);
  return std::move(out).take();
}

result<recorded_turn> decode_content(bytes_view encoded) {
  decoder in{encoded, "recorded turn"};
  recorded_turn turn;
  const std::uint8_t present = read_head(in, turn);
  if ((present & is_too_large) != 0) {
    if ((present & has_command) != 0) in.failed("a command of a turn that was too large");
    read_sizes(in, turn);
  } else {
    read_rest(in, present, turn);
  }
  if (present > (has_command | has_failure | is_erased | is_too_large))
    in.failed("a turn of a later build");
  if (!in.at_end()) in.failed("bytes after the end");
  if (!in.ok()) return in.failure();
  return turn;
}

bytes encode_whole(bytes_view content, const state_ref& before, const state_ref& after) {
  constexpr std::size_t overhead = 32;
  encoder out{content.size() + overhead + (before ? before->size() : 0) +
              (after ? after->size() : 0)};
  out.byte(whole_version);
  out.text(content);
  write_state(out, before);
  write_state(out, after);
  out.checksum();
  return std::move(out).take();
}

result<recorded_turn> decode_whole(bytes_view encoded) {
  const auto body = without_checksum(encoded);
  if (!body)
    return error{errc::corrupt, "recorded turn of " + std::to_string(encoded.size()) +
                                    " bytes is damaged: its checksum does not hold"};
  decoder in{*body, "recorded turn"};
  const std::uint8_t version = in.byte();
  if (in.ok() && version != whole_version)
    return error{errc::incompatible, "recorded turn has format " + std::to_string(version) +
                                         ", this build reads format " +
                                         std::to_string(whole_version) +
                                         ": use the version of comet that the node runs"};
  const bytes_view content = in.text();
  state_ref before = read_state(in);
  state_ref after = read_state(in);
  if (!in.at_end()) in.failed("bytes after the end");
  if (!in.ok()) return in.failure();
  auto turn = decode_content(content);
  if (!turn) return turn;
  turn->before = std::move(before);
  turn->after = std::move(after);
  return turn;
}

}  // namespace comet::object
