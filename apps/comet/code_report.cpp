#include "apps/comet/code_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "lua/handler_table.hpp"

namespace comet::client {
namespace {

constexpr bytes_view script_name = "aso:";
constexpr bytes_view at_line = " at line ";

bytes_view digits_at(bytes_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0)
    ++end;
  return text.substr(at, end - at);
}

bytes joined(const std::vector<bytes>& words) {
  return words.empty() ? bytes{"-"} : fmt::format("{}", fmt::join(words, " "));
}

bytes time_text(std::chrono::nanoseconds time) {
  constexpr std::int64_t microsecond = 1'000;
  if (time.count() == 0) return "-";
  return fmt::format("{} us",
                     std::max((time.count() + microsecond / 2) / microsecond, std::int64_t{1}));
}

/// "0.4 K", as the paper's table has it.
bytes size_text(std::size_t size) {
  return fmt::format("{:.1f} K", static_cast<double>(size) / 1024);
}

}  // namespace

bytes placed(bytes_view file, bytes_view message) {
  const std::size_t named = message.find(script_name);
  if (named != bytes_view::npos) {
    const bytes_view line = digits_at(message, named + script_name.size());
    const std::size_t after = named + script_name.size() + line.size();
    if (!line.empty() && message.substr(after).starts_with(": "))
      return fmt::format("{}:{}: {}{}", file, line, message.substr(0, named),
                         message.substr(after + 2));
  }
  const std::size_t told = message.rfind(at_line);
  const bytes_view line =
      told == bytes_view::npos ? bytes_view{} : digits_at(message, told + at_line.size());
  return line.empty() ? fmt::format("{}: {}", file, message)
                      : fmt::format("{}:{}: {}", file, line, message);
}

bytes warnings_text(bytes_view file, const std::vector<lua::code_finding>& findings) {
  bytes text;
  for (const lua::code_finding& finding : findings)
    text += fmt::format("{}:{}: warning: {}\n", file, finding.line, finding.text);
  return text;
}

bytes functions_text(const lua::code_names& names, const rendering& how) {
  std::vector<std::vector<bytes>> rows;
  for (const lua::code_field& field : names.fields) {
    const bool is_handler = lua::is_handler(field.name);
    if (field.what != lua::code_field::kind::function) continue;
    if (!is_handler && !lua::is_method(field.name)) continue;
    std::vector<bytes> uses;
    for (const bytes& name : field.uses)
      if (name.starts_with("dht.") || name.starts_with("comet.")) uses.push_back(name);
    rows.push_back({is_handler ? "handler" : "method", printable(field.name),
                    fmt::format("{}", field.line), joined(uses)});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.front() < b.front(); });
  return rows.empty() ? bytes{"no handlers and no methods are seen\n"}
                      : table({"kind", "name", "line", "uses"}, rows, how);
}

bytes figures_text(const sample_figures& figures, const rendering& how) {
  std::vector<std::vector<bytes>> rows;
  for (const handler_figures& handler : figures.handlers) {
    rows.push_back({printable(handler.name), fmt::format("{}", handler.fuel),
                    fmt::format("{}", handler.memory), time_text(handler.time),
                    handler.failure.empty() ? "ok" : printable(handler.failure)});
  }
  const bytes state = fmt::format("largest state: {} bytes\n", figures.state_bytes_max);
  if (rows.empty()) return "the sample ran no handler\n" + state;
  return table({"sample", "fuel", "memory", "time", "outcome"}, rows, how) + state;
}

bytes table_row(bytes_view name, std::size_t source_bytes, const sample_figures& figures) {
  std::int64_t fuel = 0;
  std::chrono::nanoseconds time{0};
  for (const handler_figures& handler : figures.handlers) {
    if (handler.name == "onPut") continue;
    fuel = std::max(fuel, handler.fuel);
    time = std::max(time, handler.time);
  }
  return fmt::format("| {} | {} | {} | {} | {} |\n", name, fuel, time_text(time),
                     size_text(source_bytes), size_text(figures.state_bytes_max));
}

}  // namespace comet::client
