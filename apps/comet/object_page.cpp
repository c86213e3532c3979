#include "apps/comet/object_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "apps/comet/network_view.hpp"
#include "apps/comet/quantities.hpp"
#include "apps/comet/reply_fields.hpp"

namespace comet::client {
namespace {

using object::reply;

constexpr std::size_t id_shown = 12;
constexpr std::size_t key_shown = 100;
constexpr std::size_t label_width = 12;

bytes moment_text(std::int64_t unix_ms) {
  constexpr std::int64_t last_shown = 253'402'300'799;  // the end of the year 9999
  const std::int64_t seconds = unix_ms / 1'000;
  if (seconds < 0 || seconds > last_shown) return fmt::format("{} ms", unix_ms);
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

bytes due_text(std::int64_t unix_ms, wall_time now) {
  const std::int64_t left = (unix_ms - to_unix_ms(now)) / 1'000;
  const bytes away = left <= 0 ? duration_text(-left) + " ago" : "in " + duration_text(left);
  return moment_text(unix_ms) + ", " + away;
}

bytes joined(const reply& list) {
  bytes all;
  for (const reply& item : list.items)
    all += (all.empty() ? "" : ", ") + safe_line(item.text);
  return all;
}

bytes count_of(const reply& map, bytes_view name) {
  const auto found = number_field(map, name);
  return found ? fmt::format("{}", *found) : "-";
}

bytes size_of(const reply& map, bytes_view name) {
  const auto found = number_field(map, name);
  return found ? size_text(*found) : "-";
}

bytes short_id(const reply& map) {
  return safe_line(text_field(map, "id")).substr(0, id_shown);
}

/// Writes lines of a label and what it says, and sections below headings.
class page {
 public:
  page(const reply& object, wall_time now, const rendering& how)
      : object_(object), now_(now), how_(how) {}

  void title() {
    const bytes key = safe_line(shortened(text_field(object_, "key"), key_shown));
    const bytes type = text_field(object_, "type");
    if (type == "none") {
      text_ += fmt::format("there is no '{}'\n", key);
    } else {
      text_ += fmt::format("{}: {}, {}{}\n", key, type, size_of(object_, "size-bytes"),
                           type == "active" ? " of state" : "");
    }
  }

  void figures() {
    line("owner", safe_line(text_field(object_, "owner")));
    line("code", safe_line(text_field(object_, "code")));
    list("handlers");
    list("methods");
    line("version", count_of(object_, "version"));
    if (const auto expires = number_field(object_, "expires-unix-ms"))
      line("expires", due_text(*expires, now_));
    if (number_field(object_, "turns")) accounts();
    if (const reply* limits = field(object_, "limits"); limits != nullptr)
      line("limits", pairs(*limits));
    if (const reply* asked = field(object_, "asked-replicas"); asked != nullptr)
      line("asks for", count_of(*asked, "count") + " replicas");
    line("quarantine", safe_line(text_field(object_, "quarantine")));
  }

  void timers() {
    const reply* timers = field(object_, "timers");
    if (timers == nullptr || timers->items.empty()) return;
    std::vector<std::vector<bytes>> rows;
    for (const reply& timer : timers->items) {
      const auto due = number_field(timer, "due-unix-ms");
      const auto period = number_field(timer, "period-ms");
      bytes again = safe_line(text_field(timer, "cron"));
      if (period) again = fmt::format("{} ms", *period);
      rows.push_back({safe_line(text_field(timer, "name")), safe_line(text_field(timer, "kind")),
                      again.empty() ? "-" : again, due ? due_text(*due, now_) : "-"});
    }
    section("timers", table({"name", "kind", "again", "due"}, rows, how_));
  }

  void replicas(const reply& route) {
    if (const reply* copies = field(object_, "replicas"); copies != nullptr) {
      std::vector<std::vector<bytes>> rows;
      for (const reply& copy : copies->items) {
        const bool leads = number_field(copy, "leads") == 1;
        const bool behind = number_field(copy, "behind") == 1;
        const bytes address = safe_line(text_field(copy, "address"));
        rows.push_back({short_id(copy), address.empty() ? "-" : address,
                        leads    ? "leads"
                        : behind ? "behind"
                                 : "complete"});
      }
      section("replicas", table({"node", "address", "standing"}, rows, how_));
    }
    if (route.what == reply::kind::array && !route.items.empty())
      section("the way to it", route_view(text_field(object_, "key"), route, how_));
  }

  void last_error() {
    const bytes message = text_field(object_, "last-error");
    if (message.empty()) return;
    const auto at = number_field(object_, "last-error-unix-ms");
    bytes block = escaped_lines(message) + escaped_lines(text_field(object_, "last-traceback"));
    section(at ? "last error, " + due_text(*at, now_) : "last error", block);
  }

  void log() {
    const reply* lines = field(object_, "log");
    if (lines == nullptr || lines->items.empty()) return;
    bytes block;
    for (const reply& one : lines->items)
      block += safe_line(one.text) + "\n";
    section(fmt::format("log, the last {} of {} lines", lines->items.size(),
                        count_of(object_, "log-lines")),
            block);
  }

  void turns() {
    const reply* turns = field(object_, "turns-recorded");
    if (turns == nullptr || turns->items.empty()) return;
    section("recorded turns", rendered(*turns, {.terminal = true, .colours = how_.colours}));
  }

  void state() {
    const reply* state = field(object_, "state");
    if (state != nullptr) section("state", safe_line(state->text) + "\n");
  }

  bytes take() && { return std::move(text_); }

 private:
  void line(bytes_view label, const bytes& said) {
    if (!said.empty()) text_ += fmt::format("{:<{}}{}\n", label, label_width, said);
  }

  void list(bytes_view name) {
    if (const reply* names = field(object_, name); names != nullptr)
      line(name, names->items.empty() ? "none" : joined(*names));
  }

  void accounts() {
    const auto count = [&](bytes_view name) { return count_of(object_, name); };
    line("turns", fmt::format("{}, {} failed, {} breaches in a row", count("turns"),
                              count("failures"), count("breaches")));
    line("fuel", count("fuel"));
    line("memory", fmt::format("{}, at most {}", size_of(object_, "memory"),
                               size_of(object_, "memory-peak")));
    line("mailbox", count("mailbox"));
    line("messages", count("messages"));
  }

  static bytes pairs(const reply& map) {
    bytes all;
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
      all += fmt::format("{}{} {}", i == 0 ? "" : ", ", safe_line(map.items[i].text),
                         map.items[i + 1].integer);
    return all;
  }

  static bytes escaped_lines(bytes_view text) {
    bytes all;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      all += safe_line(text.substr(0, end)) + "\n";
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
  }

  void section(bytes_view heading, bytes_view block) {
    text_ += fmt::format("\n{}\n", heading);
    while (!block.empty()) {
      const std::size_t end = std::min(block.find('\n'), block.size());
      text_ += "  " + bytes{block.substr(0, end)} + "\n";
      block.remove_prefix(std::min(end + 1, block.size()));
    }
  }

  const reply& object_;
  wall_time now_;
  const rendering& how_;
  bytes text_;
};

}  // namespace

bytes object_page(const reply& inspected, const reply& route, wall_time now, const rendering& how) {
  page all(inspected, now, how);
  all.title();
  if (text_field(inspected, "type") != "none") all.figures();
  all.timers();
  all.replicas(route);
  all.last_error();
  all.log();
  all.turns();
  all.state();
  return std::move(all).take();
}

}  // namespace comet::client
