#include "apps/comet/repl_views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "lab/duration_text.hpp"

namespace comet::client {

namespace {

using rows = std::vector<std::vector<bytes>>;

constexpr std::size_t text_shown_max = 120;

bytes caller_text(const object::caller& from) {
  if (from.ip.empty()) return "-";
  const bytes address = fmt::format("{}:{}", from.ip, from.port);
  return printable(from.user.empty() ? address : from.user + "@" + address);
}

bytes period_text(const object::timer& timer) {
  switch (timer.kind) {
    case object::timer_kind::every: return "every " + lab::duration_text(timer.period);
    case object::timer_kind::cron: return "cron " + printable(timer.cron);
    default: return "once";
  }
}

bytes role_of(lab::node_number number, const std::optional<lab::inspection>& seen) {
  if (!seen) return "-";
  if (seen->leader == number) return "leads";
  const auto& copies = seen->replicas;
  return std::ranges::find(copies, number) == copies.end() ? "-" : "copy";
}

}  // namespace

bytes moment_text(wall_time at) {
  namespace chrono = std::chrono;
  const auto since = at.time_since_epoch();
  const auto day = chrono::floor<chrono::days>(since);
  const chrono::year_month_day date{chrono::sys_days{day}};
  const auto ms = chrono::duration_cast<chrono::milliseconds>(since - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     ms / 3'600'000, ms / 60'000 % 60, ms / 1'000 % 60, ms % 1'000);
}

bytes turns_view(const std::vector<lab::turn_note>& turns, std::size_t count,
                 const rendering& how) {
  if (turns.empty()) return {};
  const std::size_t before = turns.size() - std::min(count, turns.size());
  rows lines;
  for (std::size_t i = before; i < turns.size(); ++i) {
    const lab::turn_note& turn = turns[i];
    lines.push_back({moment_text(turn.at), fmt::format("{}", turn.node), printable(turn.handler),
                     caller_text(turn.from), fmt::format("{}", turn.fuel),
                     printable(shortened(turn.outcome, text_shown_max))});
  }
  bytes text = table({"time", "node", "handler", "caller", "fuel", "outcome"}, lines, how);
  if (before > 0) text += fmt::format("({} before these)\n", before);
  return text;
}

bytes timers_view(const std::vector<object::timer>& timers, wall_time now, const rendering& how) {
  if (timers.empty()) return {};
  std::vector<object::timer> sorted = timers;
  std::ranges::stable_sort(sorted, {}, &object::timer::due);
  rows lines;
  for (const object::timer& timer : sorted) {
    const auto left = std::max(timer.due - now, wall_clock::duration{0});
    lines.push_back({printable(timer.name), moment_text(timer.due), lab::duration_text(left),
                     period_text(timer)});
  }
  return table({"timer", "due", "in", "rings"}, lines, how);
}

bytes messages_view(const std::vector<lab::heard_message>& heard, const rendering& how) {
  if (heard.empty()) return {};
  rows lines;
  for (const lab::heard_message& one : heard)
    lines.push_back({printable(one.channel), printable(shortened(one.message, text_shown_max))});
  return table({"channel", "message"}, lines, how);
}

bytes nodes_view(const std::vector<lab::node_view>& nodes,
                 const std::optional<lab::inspection>& seen, const rendering& how) {
  constexpr std::size_t id_shown = 8;
  rows lines;
  for (const lab::node_view& node : nodes)
    lines.push_back({fmt::format("{}", node.number),
                     node.up ? (node.paused ? "paused" : "up") : "down",
                     node.id.substr(0, id_shown), node.address, role_of(node.number, seen)});
  return table({"node", "state", "id", "address", "object"}, lines, how);
}

bytes help_text(const rendering& how) {
  rows lines;
  for (const repl_row& row : repl_table())
    lines.push_back({fmt::format("{}{}{}", row.name, row.syntax.empty() ? "" : " ", row.syntax),
                     bytes{row.about}});
  return table({"command", "what it does"}, lines, how);
}

bytes help_text(const repl_row& row) {
  return fmt::format("{}{}{}\n  {}\n", row.name, row.syntax.empty() ? "" : " ", row.syntax,
                     row.about);
}

}  // namespace comet::client
