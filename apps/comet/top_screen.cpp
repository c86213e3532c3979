#include "apps/comet/top_screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/comet/quantities.hpp"

namespace comet::client {
namespace {

using look = screen_line::look;

constexpr std::size_t figure_width = 8;
constexpr std::size_t node_width = 9;
constexpr std::size_t key_width_min = 8;
constexpr std::size_t node_rows_max = 6;    // with the heading; more are counted
constexpr std::size_t object_rows_min = 4;  // with the heading
constexpr std::size_t short_id_width = 8;
constexpr bytes_view unknown = "-";

/// All bytes are printable ASCII here, but for the blocks of sparklines.
bytes cut(bytes text, std::size_t width) {
  if (text.size() > width) {
    text.resize(width);
    if (width > 1) text.back() = '~';
  }
  return text;
}

bytes figure(std::optional<double> value) {
  return value ? count_text(*value) : bytes{unknown};
}

bytes size_figure(std::optional<double> value) {
  return value ? size_text(static_cast<std::int64_t>(*value)) : bytes{unknown};
}

bytes share_text(std::optional<double> share) {
  return share ? fmt::format("{:.0f}%", *share * 100) : bytes{unknown};
}

bytes short_node(bytes_view id) {
  return printable(id).substr(0, short_id_width);
}

constexpr std::array<bytes_view, measure_count> rate_names{"fuel/s", "memory",  "turns/s",
                                                           "msgs/s", "mailbox", "bytes/s"};
constexpr std::array<bytes_view, measure_count> total_names{"fuel",     "memory",  "turns",
                                                            "messages", "mailbox", "bytes"};

bytes object_figure(const top_object& row, std::size_t measure, bool rates) {
  return figure(rates ? row.current(static_cast<object::work_measure>(measure))
                      : row.by.at(measure).total);
}

/// The nodes, in as many rows as there is room for.
std::vector<bytes> nodes_that_fit(const top_model& model, std::size_t width, std::size_t rows) {
  std::vector<bytes> lines = node_rows(model, width);
  if (lines.size() <= rows) return lines;
  const std::size_t hidden = lines.size() - rows + 1;
  lines.resize(rows - 1);
  lines.push_back(fmt::format("and {} more nodes", hidden));
  return lines;
}

bytes head_line(const top_model& model, const top_setting& setting) {
  std::optional<std::int64_t> up;
  for (const top_node& one : model.nodes())
    if (one.node.is_here()) up = one.node.uptime_s;
  return fmt::format("comet top  {}  {} node{}  up {}  every {}", printable(setting.node),
                     model.nodes().size(), model.nodes().size() == 1 ? "" : "s",
                     up ? duration_text(*up) : bytes{unknown}, setting.interval);
}

bytes sums_line(const top_model& model) {
  return fmt::format("ops/s {}  turns/s {}  fuel/s {}  cpu {}  memory {}  objects {}",
                     figure(model.sum(&top_node::ops)), figure(model.sum(&top_node::turns)),
                     figure(model.sum(&top_node::fuel)), share_text(model.sum(&top_node::cpu)),
                     size_figure(model.sum(&top_node::memory_bytes)),
                     figure(model.sum(&top_node::keys)));
}

bytes history_line(const top_model& model, std::size_t width, bool utf8) {
  constexpr std::size_t names = 15;  // "ops/s " and "  fuel/s "
  const std::size_t each = width > names + 2 ? (width - names) / 2 : 1;
  return fmt::format("ops/s {}  fuel/s {}", sparkline(model.ops(), each, utf8),
                     sparkline(model.fuel(), each, utf8));
}

/// Why a node could not be asked, and what the nodes are concerned about.
std::vector<bytes> trouble(const top_model& model, const top_setting& setting) {
  std::vector<bytes> lines;
  if (!setting.complaint.empty()) lines.push_back("! " + printable(setting.complaint));
  for (const top_node& one : model.nodes()) {
    if (!one.failure.empty())
      lines.push_back(fmt::format("! {}: {}", short_node(one.node.id), printable(one.failure)));
    for (const node_concern& concern : one.node.concerns)
      lines.push_back(fmt::format("! {}: {}: {}", short_node(one.node.id), printable(concern.what),
                                  printable(concern.why)));
  }
  return lines;
}

class drawing {
 public:
  explicit drawing(const screen_size& size) : size_(size) {}

  void add(bytes text, look is = look::plain) {
    if (room() > 0) lines_.push_back({cut(std::move(text), size_.width), is});
  }
  /// One whose characters are known to fit.
  void add_whole(bytes text) {
    if (room() > 0) lines_.push_back({std::move(text)});
  }
  /// The first one is a heading.
  void add_table(const std::vector<bytes>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      add(rows[i], i == 0 ? look::heading : look::plain);
  }
  [[nodiscard]] std::size_t room() const {
    return size_.height - std::min(size_.height, lines_.size());
  }
  std::vector<screen_line> take() { return std::move(lines_); }

 private:
  screen_size size_;
  std::vector<screen_line> lines_;
};

/// All that stands above the objects.
void draw_head(drawing& to, const top_model& model, const top_setting& setting,
               const screen_size& size) {
  to.add(head_line(model, setting), look::heading);
  to.add(sums_line(model));
  to.add_whole(history_line(model, size.width, setting.utf8));
  const auto troubles = trouble(model, setting);
  const std::size_t shown = std::min<std::size_t>(troubles.size(), size.height >= 40 ? 6 : 2);
  for (std::size_t i = 0; i < shown; ++i)
    to.add(i + 1 == shown && troubles.size() > shown
               ? fmt::format("! {} more: comet doctor", troubles.size() - i)
               : troubles[i],
           look::warning);
  if (to.room() < object_rows_min + 3) return;
  const std::size_t for_nodes =
      std::max<std::size_t>(2, std::min(node_rows_max, (to.room() - object_rows_min) / 2));
  to.add_table(nodes_that_fit(model, size.width, for_nodes));
  for (bytes& line : actor_rows(model, size.width))
    if (to.room() > object_rows_min) to.add(std::move(line), look::faint);
}

bytes foot_line(const top_view& view) {
  if (view.typing_filter) return "/" + printable(view.filter) + "_";
  const bytes filter =
      view.filter.empty() ? bytes{} : "  filter " + printable(shortened(view.filter, 20));
  return "q quit  / filter  f m t e x b order  Enter object  ? help" + filter;
}

std::vector<screen_line> draw_objects(const top_model& model, const top_view& view,
                                      const top_setting& setting, const screen_size& size) {
  drawing to{{size.width, size.height - std::min<std::size_t>(size.height, 1)}};
  draw_head(to, model, setting, size);
  const auto objects = model.objects(view.sort, view.filter);
  const auto rows = object_rows(objects, model, view.sort, size.width);
  to.add(rows.front(), look::heading);
  const std::size_t room = to.room();
  const std::size_t selected = std::min(view.selected, objects.empty() ? 0 : objects.size() - 1);
  const std::size_t first = selected < room ? 0 : selected - room + 1;
  for (std::size_t i = first; i < objects.size() && i < first + room; ++i)
    to.add(i == selected ? fmt::format("{:<{}}", rows[i + 1], size.width) : rows[i + 1],
           i == selected ? look::selected : look::plain);
  if (objects.empty())
    to.add(view.filter.empty() ? "no active object has run yet" : "no object matches the filter",
           look::faint);
  while (to.room() > 0)
    to.add({});
  auto lines = to.take();
  if (size.height > 1) lines.push_back({cut(foot_line(view), size.width), look::faint});
  return lines;
}

/// A page of text under a title.
std::vector<screen_line> draw_text(const bytes& title, const std::vector<bytes>& text,
                                   std::size_t first, bytes_view foot, const screen_size& size) {
  drawing to{{size.width, size.height - std::min<std::size_t>(size.height, 1)}};
  to.add(title, look::heading);
  for (std::size_t i = first; i < text.size() && to.room() > 0; ++i)
    to.add(text[i]);
  while (to.room() > 0)
    to.add({});
  auto lines = to.take();
  if (size.height > 1) lines.push_back({cut(bytes{foot}, size.width), look::faint});
  return lines;
}

}  // namespace

std::vector<bytes> wrapped(const std::vector<bytes>& lines, std::size_t width) {
  std::vector<bytes> all;
  for (const bytes& line : lines) {
    std::size_t at = 0;
    do {
      all.push_back(line.substr(at, width));
      at += std::max<std::size_t>(width, 1);
    } while (at < line.size());
  }
  return all;
}

bytes sparkline(const std::deque<double>& history, std::size_t width, bool utf8) {
  constexpr std::array<bytes_view, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<bytes_view, 9> ascii{" ", ".", ":", "-", "=", "+", "*", "#", "@"};
  const auto& steps = utf8 ? blocks : ascii;
  const std::size_t shown = std::min(width, history.size());
  const auto first = history.end() - static_cast<std::ptrdiff_t>(shown);
  const double largest = shown == 0 ? 0 : *std::max_element(first, history.end());
  bytes line(width - shown, ' ');
  for (auto at = first; at != history.end(); ++at) {
    const double share = largest <= 0 ? 0 : std::max(0.0, *at) / largest;
    const auto top = static_cast<double>(steps.size() - 1);
    const auto step = share <= 0 ? std::size_t{0}
                                 : std::max<std::size_t>(1, static_cast<std::size_t>(share * top));
    line += steps.at(std::min(step, steps.size() - 1));
  }
  return line;
}

std::vector<bytes> object_rows(const std::vector<top_object>& objects, const top_model& model,
                               object::work_measure by, std::size_t width) {
  constexpr std::size_t beside = node_width + measure_count * (figure_width + 1) + 1;
  const std::size_t key_width = std::max(key_width_min, width - std::min(width, beside));
  const bool rates = model.has_rates();
  std::vector<bytes> lines;
  bytes heading = fmt::format("{:<{}} {:<{}}", "object", key_width, "node", node_width - 1);
  for (std::size_t i = 0; i < measure_count; ++i)
    heading += fmt::format(" {:>{}}",
                           fmt::format("{}{}", i == static_cast<std::size_t>(by) ? "*" : "",
                                       (rates ? rate_names : total_names).at(i)),
                           figure_width);
  lines.push_back(cut(std::move(heading), width));
  for (const top_object& row : objects) {
    bytes line = fmt::format("{:<{}} {:<{}}", cut(printable(row.key), key_width), key_width,
                             short_node(row.node_id), node_width - 1);
    for (std::size_t i = 0; i < measure_count; ++i)
      line += fmt::format(" {:>{}}", object_figure(row, i, rates), figure_width);
    lines.push_back(cut(std::move(line), width));
  }
  return lines;
}

std::vector<bytes> node_rows(const top_model& model, std::size_t width) {
  std::vector<bytes> lines{
      cut(fmt::format("{:<8} {:<9} {:<21} {:>7} {:>7} {:>6} {:>5} {:>9}", "node", "state",
                      "address", "ops/s", "turns/s", "fuel/s", "cpu", "memory"),
          width)};
  for (const top_node& one : model.nodes()) {
    const bytes where = one.node.resp.empty() ? one.node.address : one.node.resp;
    lines.push_back(
        cut(fmt::format("{:<8} {:<9} {:<21} {:>7} {:>7} {:>6} {:>5} {:>9}", short_node(one.node.id),
                        one.failure.empty() ? cut(printable(one.node.state), 9) : "NO ANSWER",
                        cut(printable(where), 21), figure(one.ops), figure(one.turns),
                        figure(one.fuel), share_text(one.cpu), size_figure(one.memory_bytes)),
            width));
  }
  return lines;
}

std::vector<bytes> actor_rows(const top_model& model, std::size_t width) {
  constexpr std::size_t cell = 26;
  const std::size_t in_a_line = std::max<std::size_t>(1, width / cell);
  std::vector<bytes> lines;
  std::size_t at = 0;
  for (const top_actors& one : model.actors()) {
    if (one.count == 0) continue;
    const bytes busy = one.busy ? share_text(one.busy) : bytes{unknown};
    const bytes text =
        fmt::format("{} {} {}/s wait {}", one.kind == "executors" ? "exec" : printable(one.kind),
                    busy, figure(one.work), count_text(static_cast<double>(one.waiting)));
    if (at++ % in_a_line == 0) lines.emplace_back();
    lines.back() += fmt::format("{:<{}}", cut(text, cell - 1), cell);
  }
  for (bytes& line : lines)
    line = cut(std::move(line), width);
  return lines;
}

std::size_t rows_shown(const top_model& model, const top_view& view, const top_setting& setting,
                       const screen_size& size) {
  if (view.at != top_view::page::objects)
    return size.height - std::min<std::size_t>(size.height, 2);
  drawing to{{size.width, size.height - std::min<std::size_t>(size.height, 1)}};
  draw_head(to, model, setting, size);
  return to.room() - std::min<std::size_t>(to.room(), 1);
}

std::vector<screen_line> top_lines(const top_model& model, const top_view& view,
                                   const top_setting& setting, const screen_size& size) {
  switch (view.at) {
    case top_view::page::object: {
      static const std::vector<bytes> none_yet{"asking for it ..."};
      return draw_text("object " + printable(view.object_key),
                       view.object.empty() ? none_yet : view.object, view.scrolled,
                       "q back  Up Down scroll", size);
    }
    case top_view::page::help: {
      const std::vector<bytes> help{top_help().begin(), top_help().end()};
      return draw_text("comet top", help, 0, "any key: back", size);
    }
    default: return draw_objects(model, view, setting, size);
  }
}

}  // namespace comet::client
