#include "apps/comet/trace_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/comet/quantities.hpp"
#include "apps/comet/rendering.hpp"
#include "apps/comet/reply_fields.hpp"

namespace comet::client {
namespace {

using object::reply;

constexpr std::size_t bar_width = 32;
constexpr std::size_t id_shown = 12;

std::int64_t time_of(const reply& request, bytes_view name) {
  return number_field(request, name).value_or(0);
}

bytes asker_of(const reply& request) {
  const bytes object = text_field(request, "object");
  bytes who = object.empty() ? text_field(request, "user") : "the object " + object;
  if (const bytes ip = text_field(request, "ip"); object.empty() && !ip.empty()) who += "@" + ip;
  return safe_line(who);
}

bytes way_of(const reply& request) {
  const auto hops = number_field(request, "hops").value_or(0);
  const bytes through = safe_line(text_field(request, "through")).substr(0, id_shown);
  if (hops == 0 || through.empty()) return {};
  return fmt::format(", through {}, {} {}", through, hops, hops == 1 ? "hop" : "hops");
}

bytes bar(std::int64_t from, std::int64_t us, std::int64_t total) {
  const auto width = static_cast<std::int64_t>(bar_width);
  const std::int64_t whole = std::max<std::int64_t>(total, 1);
  const std::int64_t begin = std::clamp<std::int64_t>(from * width / whole, 0, width - 1);
  const std::int64_t end = std::clamp<std::int64_t>((from + us) * width / whole, begin + 1, width);
  bytes drawn(bar_width, ' ');
  std::fill(drawn.begin() + begin, drawn.begin() + end, '=');
  return drawn;
}

bytes waterfall(const reply& request) {
  const std::int64_t total = time_of(request, "total-us");
  bytes out = fmt::format("{}  {}  by {}{}  {}  {}\n", time_of(request, "number"),
                          what_was_asked(request), asker_of(request), way_of(request),
                          microseconds_text(total), safe_line(text_field(request, "outcome")));
  std::int64_t from = 0;
  for (const trace_step& one : steps_of(request)) {
    out += fmt::format("   {:<9}|{}|  {}{}{}\n", one.name, bar(from, one.us, total),
                       microseconds_text(one.us), one.remark.empty() ? "" : ", ", one.remark);
    from += one.us;
  }
  return out;
}

}  // namespace

bytes what_was_asked(const reply& request) {
  const bytes operation = text_field(request, "operation");
  const bytes handler = safe_line(text_field(request, "handler"));
  if (operation.empty()) return handler;
  return handler.empty() ? operation : operation + " " + handler;
}

/// What the majority took longer than the own disk is a step of its own.
std::vector<trace_step> steps_of(const reply& request) {
  bytes turn = fmt::format("fuel {}", number_field(request, "fuel").value_or(0));
  if (number_field(request, "activated") == 1) turn += ", the object was activated";
  const std::int64_t disk = time_of(request, "disk-us");
  std::vector<trace_step> steps{
      {"store", time_of(request, "store-us"), {}},
      {"line", time_of(request, "line-us"), {}},
      {"mailbox", time_of(request, "mailbox-us"), {}},
      {"turn", time_of(request, "turn-us"), turn},
      {"threads", time_of(request, "passing-us"), {}},
      {"disk", disk, {}},
      {"majority", std::max<std::int64_t>(time_of(request, "commit-us") - disk, 0), {}},
  };
  const bool ran = !text_field(request, "handler").empty();
  std::erase_if(steps,
                [&](const trace_step& s) { return s.us == 0 && !(ran && s.name == "turn"); });
  return steps;
}

bytes waterfalls(const reply& traces, std::size_t from) {
  const reply* requests = field(traces, "requests");
  bytes out;
  if (requests == nullptr) return out;
  for (std::size_t i = from; i < requests->items.size(); ++i)
    out += waterfall(requests->items[i]);
  return out;
}

}  // namespace comet::client
