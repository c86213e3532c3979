#include "object/record.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/encoding.hpp"
#include "object/replica/group.hpp"
#include "object/turn_ring.hpp"

namespace comet::object {

namespace {

constexpr std::uint8_t format_version = 1;
/// The same with the answers that are kept. 2 and 3 begin what else is stored of an object
/// (stored_object.cpp).
constexpr std::uint8_t answered_version = 4;
/// The same with a byte that says what else there is.
constexpr std::uint8_t extended_version = 5;
/// Version, flags, two one-byte numbers, checksum.
constexpr std::size_t record_size_min = 4 + checksum_size;

enum flag : std::uint8_t {
  has_expiry = 1U << 0U,
  has_owner = 1U << 1U,
  is_active = 1U << 2U,
  has_args = 1U << 3U,
  has_timers = 1U << 4U,
  is_quarantined = 1U << 5U,
  has_limits = 1U << 6U,
  has_replicas = 1U << 7U,
};
constexpr std::uint8_t active_flags =
    has_args | has_timers | is_quarantined | has_limits | has_replicas;
static_assert((has_expiry | has_owner | is_active | active_flags) == 0xff);  // all are known

/// Of the byte that format 5 has.
enum extension : std::uint8_t { has_answers = 1U << 0U, has_recorded = 1U << 1U };
constexpr std::uint8_t extensions = has_answers | has_recorded;

std::uint8_t version_of(const record& r) {
  if (r.recorded) return extended_version;
  return r.answered ? answered_version : format_version;
}

std::uint8_t extensions_of(const record& r) {
  unsigned present = 0;
  if (r.answered) present |= has_answers;
  if (r.recorded) present |= has_recorded;
  return static_cast<std::uint8_t>(present);
}

/// What of it a record of `version` has.
std::uint8_t read_extensions(decoder& in, std::uint8_t version) {
  if (version == answered_version) return has_answers;
  if (version != extended_version) return 0;
  const std::uint8_t present = in.byte();
  if ((present & ~extensions) != 0) in.failed("what a later build adds to a record");
  if ((present & has_recorded) == 0) in.failed("a record that says less than its format");
  return present;
}

std::uint8_t flags_of(const record& r) {
  unsigned flags = 0;
  if (r.expires) flags |= has_expiry;
  if (!r.owner.empty()) flags |= has_owner;
  if (r.active) {
    flags |= is_active;
    if (!r.active->args.empty()) flags |= has_args;
    if (!r.active->timers.empty()) flags |= has_timers;
    if (r.active->quarantine) flags |= is_quarantined;
    if (!r.active->limits.empty()) flags |= has_limits;
    if (!r.active->replicas.empty()) flags |= has_replicas;
  }
  return static_cast<std::uint8_t>(flags);
}

std::size_t expected_size(const record& r) {
  constexpr std::size_t head_and_tail = 32;
  std::size_t size = head_and_tail + r.owner.size() + bytes_of(r.answered);
  if (r.recorded) size += r.recorded->bytes_used();
  if (!r.active) return size + r.value.size();
  constexpr std::size_t accounts = 64;
  size += accounts + r.active->state.size();
  for (const auto& arg : r.active->args)
    size += arg.size() + 2;
  for (const auto& t : r.active->timers)
    size += t.name.size() + t.cron.size() + 16;
  size += r.active->replicas.nodes.size() * sizeof(digest);
  return size;
}

void write_timer(encoder& out, const timer& t) {
  out.text(t.name);
  out.byte(static_cast<std::uint8_t>(static_cast<unsigned>(t.kind) | static_cast<unsigned>(t.missed)
                                                                         << 4U));
  out.integer(t.kind == timer_kind::every ? t.period.count() : t.failures);
  out.text(t.cron);
  out.time(t.due);
}

timer read_timer(decoder& in) {
  timer t;
  t.name = in.text();
  const unsigned kinds = in.byte();
  if ((kinds & 15U) > static_cast<unsigned>(timer_kind::cron) ||
      kinds >> 4U > static_cast<unsigned>(missed_policy::each)) {
    in.failed("a timer is of no known kind");
    return t;
  }
  t.kind = static_cast<timer_kind>(kinds & 15U);
  t.missed = static_cast<missed_policy>(kinds >> 4U);
  const std::int64_t number = in.integer();
  if (t.kind == timer_kind::every) {
    t.period = std::chrono::milliseconds{number};
  } else {
    if (number < 0 || number > timer_retries_max) in.failed("a timer that failed too often");
    t.failures = static_cast<int>(number);
  }
  t.cron = in.text();
  t.due = in.time();
  return t;
}

void write_activity(encoder& out, const activity& a) {
  out.raw(as_bytes(a.code_hash));
  out.number(a.turns);
  out.number(a.fuel);
  out.number(a.breaches);
  if (a.quarantine) out.text(*a.quarantine);
  if (!a.args.empty()) {
    out.number(a.args.size());
    for (const auto& arg : a.args)
      out.text(arg);
  }
  if (!a.timers.empty()) {
    out.number(a.timers.size());
    for (const auto& t : a.timers)
      write_timer(out, t);
  }
  if (!a.limits.empty()) {
    out.number(a.limits.size());
    for (const auto& asked : a.limits) {
      out.byte(static_cast<std::uint8_t>(asked.which));
      out.number(static_cast<std::uint64_t>(asked.value));
    }
  }
  if (!a.replicas.empty()) {
    out.number(a.replicas.count);
    out.number(a.replicas.nodes.size());
    for (const auto& node : a.replicas.nodes)
      out.raw(as_bytes(node));
    out.number(static_cast<std::uint64_t>(a.replicas.interval.count()));
  }
  out.text(a.state);
}

asked_limit read_limit(decoder& in) {
  asked_limit asked;
  asked.which = static_cast<limit>(in.byte());
  const std::uint64_t value = in.number();
  asked.value = static_cast<std::int64_t>(value);
  const auto* row = find_limit(asked.which);
  if (row == nullptr || asked.value < row->lowest) in.failed("a limit that cannot be asked for");
  return asked;
}

asked_replicas read_replicas(decoder& in) {
  asked_replicas asked;
  const std::uint64_t count = in.number();
  if (count > replica::members_max) in.failed("replicas that cannot be asked for");
  asked.count = static_cast<std::size_t>(count);
  const std::uint64_t named = in.number();
  if (named > count) in.failed("more nodes named than replicas asked for");
  for (std::uint64_t i = 0; i < named && in.ok(); ++i) {
    const bytes_view raw = in.raw(sizeof(digest));
    if (!in.ok()) break;
    const digest node = digest_from(raw);
    if (!asked.nodes.empty() && node <= asked.nodes.back()) in.failed("nodes out of order");
    asked.nodes.push_back(node);
  }
  const std::uint64_t interval = in.number();
  if (interval > static_cast<std::uint64_t>(replicas_interval_max.count()))
    in.failed("an interval that cannot be asked for");
  asked.interval = std::chrono::milliseconds{static_cast<std::int64_t>(interval)};
  if (asked.empty()) in.failed("replicas that ask for nothing");
  return asked;
}

activity read_activity(decoder& in, std::uint8_t flags) {
  activity a;
  const bytes_view hash = in.raw(a.code_hash.size());
  if (in.ok()) a.code_hash = digest_from(hash);
  a.turns = in.number();
  a.fuel = in.number();
  const std::uint64_t breaches = in.number();
  if (breaches > std::numeric_limits<std::uint32_t>::max()) in.failed("breaches over 32 bits");
  a.breaches = static_cast<std::uint32_t>(breaches);
  if ((flags & is_quarantined) != 0) a.quarantine = bytes{in.text()};
  if ((flags & has_args) != 0) {
    const std::size_t n = in.count();
    for (std::size_t i = 0; i < n && in.ok(); ++i)
      a.args.emplace_back(in.text());
  }
  if ((flags & has_timers) != 0) {
    const std::size_t n = in.count();
    for (std::size_t i = 0; i < n && in.ok(); ++i)
      a.timers.push_back(read_timer(in));
  }
  if ((flags & has_limits) != 0) {
    const std::size_t n = in.count();
    for (std::size_t i = 0; i < n && in.ok(); ++i) {
      const auto asked = read_limit(in);
      if (!a.limits.empty() && asked.which <= a.limits.back().which)
        in.failed("limits out of order");
      a.limits.push_back(asked);
    }
  }
  if ((flags & has_replicas) != 0) a.replicas = read_replicas(in);
  a.state = in.text();
  return a;
}

error truncated(bytes_view encoded) {
  return {errc::corrupt, "record of " + std::to_string(encoded.size()) +
                             " bytes is cut off: the shortest has " +
                             std::to_string(record_size_min)};
}

bool is_known(std::uint8_t version) {
  return version == format_version || version == answered_version || version == extended_version;
}

error unknown_format(unsigned version) {
  return {errc::incompatible,
          "record has format " + std::to_string(version) + ", this build reads formats " +
              std::to_string(format_version) + ", " + std::to_string(answered_version) + " and " +
              std::to_string(extended_version) + ": start the version of comet that wrote it"};
}

}  // namespace

record::record(const record& other)
    : version(other.version),
      incarnation(other.incarnation),
      expires(other.expires),
      owner(other.owner),
      value(other.value),
      answered(other.answered),
      active(other.active ? std::make_unique<activity>(*other.active) : nullptr),
      recorded(other.recorded) {}

record& record::operator=(const record& other) {
  if (this != &other) *this = record{other};
  return *this;
}

std::optional<wall_time> record::next_due() const {
  std::optional<wall_time> earliest = expires;
  if (!active || active->quarantine) return earliest;
  for (const auto& t : active->timers) {
    if (!earliest || t.due < *earliest) earliest = t.due;
  }
  return earliest;
}

bytes encode(const record& r) {
  encoder out{expected_size(r)};
  const std::uint8_t version = version_of(r);
  out.byte(version);
  out.byte(flags_of(r));
  if (version == extended_version) out.byte(extensions_of(r));
  if (r.expires) out.time(*r.expires);
  out.number(r.version);
  out.number(r.incarnation);
  if (!r.owner.empty()) out.text(r.owner);
  if (r.answered) write(out, *r.answered);
  if (r.recorded) r.recorded->write(out);
  if (r.active) {
    write_activity(out, *r.active);
  } else {
    out.raw(r.value);
  }
  out.checksum();
  return std::move(out).take();
}

result<record> decode(bytes_view encoded) {
  if (encoded.size() < record_size_min) return truncated(encoded);
  const auto body = without_checksum(encoded);
  if (!body) {
    return error{errc::corrupt, "record of " + std::to_string(encoded.size()) +
                                    " bytes is damaged: its checksum does not hold"};
  }
  decoder in{*body, "record"};
  const std::uint8_t version = in.byte();
  if (!is_known(version)) return unknown_format(version);
  const std::uint8_t flags = in.byte();
  if ((flags & is_active) == 0 && (flags & active_flags) != 0) {
    in.failed("a passive value with what only code has");
  }
  const std::uint8_t present = read_extensions(in, version);
  if ((flags & is_active) == 0 && (present & has_recorded) != 0)
    in.failed("a passive value with recorded turns");
  record r;
  if ((flags & has_expiry) != 0) r.expires = in.time();
  r.version = in.number();
  r.incarnation = in.number();
  if ((flags & has_owner) != 0) {
    r.owner = in.text();
    if (r.owner.empty()) in.failed("an owner without a name");
  }
  if ((present & has_answers) != 0) r.answered = read_kept_answers(in);
  if ((present & has_recorded) != 0) r.recorded = turn_ring::read(in);
  if ((flags & is_active) != 0) {
    r.active = std::make_unique<activity>(read_activity(in, flags));
  } else {
    r.value = in.rest();
  }
  if (!in.at_end()) in.failed("bytes after the end");
  if (!in.ok()) return in.failure();
  return r;
}

result<record_summary> summarize(bytes_view encoded) {
  if (encoded.size() < record_size_min) return truncated(encoded);
  decoder in{encoded.substr(0, encoded.size() - checksum_size), "record"};
  const std::uint8_t version = in.byte();
  if (!is_known(version)) return unknown_format(version);
  const std::uint8_t flags = in.byte();
  read_extensions(in, version);
  record_summary summary;
  summary.active = (flags & is_active) != 0;
  summary.asks_replicas = (flags & has_replicas) != 0;
  if ((flags & has_expiry) != 0) summary.expires = in.time();
  if (!in.ok()) return in.failure();
  return summary;
}

}  // namespace comet::object
