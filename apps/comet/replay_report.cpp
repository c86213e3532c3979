#include "apps/comet/replay_report.hpp"

#include <fmt/format.h>

#include "apps/comet/state_difference.hpp"
#include "object/state_view.hpp"
#include "object/turn_view.hpp"

namespace comet::client {
namespace {

using object::recorded_turn;
using object::reply;

reply state_of(const object::state_ref& state, const recorded_turn& turn) {
  if (!state) return reply::null();
  auto view = object::view_state(*state, turn.trace.limits.state_depth_max + 1);
  return view ? std::move(*view) : reply::bulk(view.failure().message);
}

void add_lines(bytes& out, bytes_view heading, const std::vector<bytes>& lines) {
  if (lines.empty()) return;
  out += fmt::format("{}\n", heading);
  for (const auto& line : lines)
    out += fmt::format("  {}\n", line);
}

std::vector<bytes> shown_lines(const std::vector<bytes>& lines) {
  std::vector<bytes> shown;
  shown.reserve(lines.size());
  for (const auto& line : lines)
    shown.push_back(printable(line));
  return shown;
}

void add_indented(bytes& out, bytes_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += fmt::format("  {}\n", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void add_outcome(bytes& out, const object::turn_outcome& outcome, const rendering& how) {
  if (outcome.failure) {
    out += fmt::format("error {}: {}\n", name_of(outcome.failure->code),
                       printable(outcome.failure->message));
    add_indented(out, outcome.traceback);
    return;
  }
  // As on a terminal, so that nothing is seen as such; colours as they are asked for.
  const bytes answer = rendered(outcome.answer, {true, how.colours});
  if (answer.find('\n') == answer.size() - 1) {
    out += "answer  " + answer;
  } else {
    out += "answer\n";
    add_indented(out, answer);
  }
  if (outcome.fate == object::disposition::erase) out += "the object ends\n";
}

}  // namespace

replay_report report_of(const recorded_turn& turn, const lua::replayed_turn& again, bool same_code,
                        const rendering& how) {
  replay_report report;
  bytes& out = report.text;
  out = fmt::format("turn {} of {}: {}, at {} ms, on node {}\n", turn.number, printable(turn.key),
                    printable(turn.handler), to_unix_ms(turn.trace.began),
                    printable(shortened(turn.trace.node_id, 16)));
  if (!same_code) out += "with other code than recorded\n";
  if (!again.is_exact)
    out +=
        "recorded while functions of earlier turns waited: what those left in globals and upvalues "
        "is not in the record, and fuel is not compared\n";
  add_outcome(out, again.outcome, how);
  out += fmt::format("fuel    {} (recorded: {})\n", again.outcome.fuel, turn.fuel);
  add_lines(out, "log", shown_lines(again.outcome.log));
  add_lines(out, "effects", shown_lines(object::effects_of(again.outcome)));
  const reply after = state_of(again.after, turn);
  const auto changes = state_difference(state_of(turn.before, turn), after);
  add_lines(out, "state, from before the turn to after it", changes);
  if (changes.empty()) out += "state   unchanged\n";

  const auto differences = shown_lines(lua::differences(turn, again, same_code));
  const auto states = state_difference(state_of(turn.after, turn), after);
  report.same = differences.empty() && states.empty();
  if (report.same) {
    out += "the same as recorded\n";
    return report;
  }
  out += "not the same as recorded:\n";
  for (const auto& line : differences)
    out += fmt::format("  {}\n", line);
  add_lines(out, "  state after the turn, - recorded, + now", states);
  return report;
}

}  // namespace comet::client
