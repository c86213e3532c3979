#include "lab/test_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "lab/duration_text.hpp"

namespace comet::lab {
namespace {

constexpr bytes_view green = "\x1b[32m";
constexpr bytes_view red = "\x1b[31m";
constexpr bytes_view bold = "\x1b[1m";
constexpr bytes_view faint = "\x1b[2m";
constexpr bytes_view plain = "\x1b[0m";

bytes coloured(bytes_view text, bytes_view colour, bool colours) {
  return colours ? fmt::format("{}{}{}", colour, text, plain) : bytes{text};
}

/// Without control characters; UTF-8 stays.
bytes safe(bytes_view text) {
  bytes out;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f) {
      out += fmt::format("\\x{:02x}", code);
    } else {
      out += c;
    }
  }
  return out;
}

/// Each line of the text with the indent in front.
bytes indented(bytes_view text, bytes_view indent) {
  bytes out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += fmt::format("{}{}\n", indent, safe(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bytes place_text(const source_place& place) {
  return place.line == 0 ? safe(place.file) : fmt::format("{}:{}", safe(place.file), place.line);
}

bytes seconds_text(std::chrono::milliseconds span) {
  return fmt::format("{:.2f} s", static_cast<double>(span.count()) / 1'000);
}

bytes counted(std::size_t count, bytes_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

bytes reason_text(const test_failure& failure, bool colours) {
  const auto first_end = std::min(failure.message.find('\n'), failure.message.size());
  const bytes_view message = failure.message;
  bytes out = fmt::format("  {}: {}\n", coloured(place_text(failure.place), bold, colours),
                          safe(message.substr(0, first_end)));
  if (first_end < message.size()) out += indented(message.substr(first_end + 1), "    ");
  if (failure.expected) {
    out += fmt::format("    expected: {}\n", safe(*failure.expected));
    out += fmt::format("    actual:   {}\n", safe(failure.actual.value_or("")));
  }
  for (const source_place& caller : failure.callers)
    out += fmt::format("    called from {}\n", place_text(caller));
  return out;
}

/// "2026-01-01T00:00:01.002Z"
bytes time_text(wall_time at) {
  namespace chrono = std::chrono;
  const auto since = at.time_since_epoch();
  const auto day = chrono::floor<chrono::days>(since);
  const chrono::year_month_day date{chrono::sys_days{day}};
  const auto ms = (since - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     ms / 3'600'000, ms / 60'000 % 60, ms / 1'000 % 60, ms % 1'000);
}

bytes caller_text(const object::caller& from) {
  if (from.ip.empty()) return "-";
  const bytes address = fmt::format("{}:{}", from.ip, from.port);
  return from.user.empty() ? address : from.user + "@" + address;
}

bytes turns_text(const std::vector<turn_note>& turns, bool colours) {
  constexpr std::size_t columns = 7;
  constexpr std::size_t outcome_shown_max = 120;
  using row = std::array<bytes, columns>;
  std::vector<row> rows{{"time", "node", "key", "handler", "caller", "fuel", "outcome"}};
  for (const turn_note& turn : turns)
    rows.push_back({time_text(turn.at), fmt::format("{}", turn.node), safe(turn.key),
                    safe(turn.handler), safe(caller_text(turn.from)), fmt::format("{}", turn.fuel),
                    safe(shortened(turn.outcome, outcome_shown_max))});
  std::array<std::size_t, columns> widths{};
  for (const row& cells : rows)
    for (std::size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], cells[i].size());
  bytes out = "  last turns:\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bytes line;
    for (std::size_t cell = 0; cell + 1 < columns; ++cell)
      line += fmt::format("{:{}}  ", rows[i][cell], widths[cell]);
    line += rows[i].back();
    out += fmt::format("    {}\n", i == 0 ? coloured(line, faint, colours) : line);
  }
  return out;
}

bytes quoted_for_shell(bytes_view text) {
  bytes out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

bytes path_for_shell(const bytes& path) {
  constexpr bytes_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
  return path.find_first_not_of(harmless) == bytes::npos ? path : quoted_for_shell(path);
}

}  // namespace

bytes file_line(const file_outcome& file, bool colours) {
  const auto failed = static_cast<std::size_t>(
      std::ranges::count_if(file.tests, [](const test_outcome& test) { return !test.passed(); }));
  const bytes count =
      file.failure  ? "cannot be run"
      : failed == 0 ? counted(file.tests.size(), "test")
                    : fmt::format("{} of {} failed", failed, counted(file.tests.size(), "test"));
  const bytes mark =
      file.passed() ? coloured("ok  ", green, colours) : coloured("FAIL", red, colours);
  return fmt::format("{}  {}  {}  {}\n", mark, safe(file.file), count,
                     coloured(seconds_text(file.real_time), faint, colours));
}

bytes failure_text(const test_outcome& test, bool colours) {
  bytes out = fmt::format("\n{}  {}\n", coloured("FAIL", red, colours),
                          coloured(safe(test.name), bold, colours));
  if (test.failure) out += reason_text(*test.failure, colours);
  out += fmt::format("  seed {}, after {} of virtual time; again with\n    {}\n", test.seed,
                     duration_text(test.virtual_time), safe(replay_command(test)));
  if (!test.turns.empty()) out += turns_text(test.turns, colours);
  if (!test.lines.empty()) out += "  logged:\n";
  for (const logged_line& line : test.lines)
    out += fmt::format("    {}: {}\n", safe(line.key), safe(line.text));
  return out;
}

bytes failure_text(const file_outcome& file, bool colours) {
  bytes out = fmt::format("\n{}  {}\n", coloured("FAIL", red, colours),
                          coloured(safe(file.file), bold, colours));
  if (file.failure) out += reason_text(*file.failure, colours);
  return out;
}

bytes summary_line(const run_totals& totals, std::chrono::milliseconds real_time, bool colours) {
  bytes counts = fmt::format("{} passed", totals.passed);
  if (totals.failed != 0) counts += fmt::format(", {} failed", totals.failed);
  if (totals.files_failed != 0)
    counts += fmt::format(", {} could not be run", counted(totals.files_failed, "file"));
  return fmt::format("{} in {}: {} ({}, {} of virtual time)\n",
                     counted(totals.passed + totals.failed, "test"), counted(totals.files, "file"),
                     coloured(counts, totals.succeeded() ? green : red, colours),
                     seconds_text(real_time), duration_text(totals.virtual_time));
}

bytes replay_command(const test_outcome& test) {
  return fmt::format("comet test {} --filter {} --seed {}", path_for_shell(test.place.file),
                     quoted_for_shell(test.name), test.seed);
}

}  // namespace comet::lab
