#include "apps/comet/rendering.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace comet::client {
namespace {

using object::reply;

constexpr bytes_view bold = "\x1b[1m";
constexpr bytes_view faint = "\x1b[2m";
constexpr bytes_view red = "\x1b[31m";
constexpr bytes_view plain = "\x1b[0m";

bytes coloured(bytes_view text, bytes_view colour, const rendering& how) {
  return how.colours ? fmt::format("{}{}{}", colour, text, plain) : bytes{text};
}

/// Printable ASCII and whole UTF-8 sequences stay; what could steer a terminal is escaped.
bytes safe_text(bytes_view text, bool line_breaks_stay) {
  bytes safe;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    if (c >= 0xC2 && c <= 0xF4) length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    bool whole = i + length <= text.size();
    for (std::size_t k = 1; whole && k < length; ++k) {
      whole = (static_cast<unsigned char>(text[i + k]) & 0xC0U) == 0x80U;
    }
    // U+0080 to U+009F are control characters too.
    const bool control = c == 0xC2 && whole && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    const bool shown = (length > 1 && whole && !control) || (c >= ' ' && c < 127) ||
                       (line_breaks_stay && (c == '\n' || c == '\t'));
    if (!shown) length = 1;
    safe += shown ? bytes{text.substr(i, length)} : printable(text.substr(i, 1));
    i += length;
  }
  return safe;
}

bool is_nested(const reply& r) {
  switch (r.what) {
    case reply::kind::array:
    case reply::kind::map:
    case reply::kind::set:
    case reply::kind::push: return true;
    default: return false;
  }
}

bytes scalar(const reply& r, const rendering& how, bool alone) {
  switch (r.what) {
    case reply::kind::null: return how.terminal ? coloured("(nil)", faint, how) : bytes{};
    case reply::kind::integer: return fmt::format("{}", r.integer);
    case reply::kind::real: return fmt::format("{}", r.real);
    case reply::kind::boolean: return r.integer != 0 ? "true" : "false";
    case reply::kind::failure: return coloured("(error) " + safe_text(r.text, false), red, how);
    default: return how.terminal ? safe_text(r.text, alone) : r.text;
  }
}

/// Characters that a terminal shows of `text`: no escape sequences, one for each UTF-8 sequence.
std::size_t shown_width(bytes_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size() - 1);
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
      ++width;
    }
  }
  return width;
}

/// A cell of a map or a table: like `scalar`, and times get their date.
bytes cell(bytes_view name, const reply& r, const rendering& how) {
  bytes text = scalar(r, how, false);
  if (how.terminal && r.what == reply::kind::integer && name.ends_with("-unix-ms")) {
    constexpr std::int64_t last_shown = 253'402'300'799;  // the end of the year 9999
    const auto seconds = static_cast<std::time_t>(r.integer / 1'000);
    if (seconds >= 0 && seconds <= last_shown) {
      text += coloured(fmt::format("  {:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(seconds)), faint, how);
    }
  }
  return text;
}

std::vector<bytes> names_in(const reply& map) {
  std::vector<bytes> names;
  for (std::size_t i = 0; i < map.items.size(); i += 2)
    names.push_back(map.items[i].text);
  return names;
}

/// Maps that all have the same names, without anything nested.
bool is_table(const reply& list) {
  if (list.items.empty() || list.items.front().items.empty()) return false;
  const std::vector<bytes> names = names_in(list.items.front());
  return std::all_of(list.items.begin(), list.items.end(), [&](const reply& row) {
    return row.what == reply::kind::map && names_in(row) == names &&
           std::none_of(row.items.begin(), row.items.end(), is_nested);
  });
}

void append_block(bytes& out, const reply& r, std::size_t indent, const rendering& how);

void append_lines(bytes& out, bytes_view text, std::size_t indent) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.append(indent, ' ');
    out += text.substr(0, end);
    out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void append_table(bytes& out, const reply& list, std::size_t indent, const rendering& how) {
  const std::vector<bytes> names = names_in(list.items.front());
  std::vector<std::vector<bytes>> rows;
  for (const reply& row : list.items) {
    std::vector<bytes>& cells = rows.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) {
      cells.push_back(cell(names[i], row.items[2 * i + 1], how));
    }
  }
  append_lines(out, table(names, rows, how), indent);
}

void append_map(bytes& out, const reply& map, std::size_t indent, const rendering& how) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < map.items.size(); i += 2) {
    width = std::max(width, shown_width(scalar(map.items[i], how, false)));
  }
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
    const bytes name = scalar(map.items[i], how, false);
    const reply& value = map.items[i + 1];
    out.append(indent, ' ');
    out += coloured(name, bold, how);
    if (is_nested(value) && !value.items.empty()) {
      out += '\n';
      append_block(out, value, indent + 2, how);
      continue;
    }
    out.append(width - shown_width(name) + 2, ' ');
    out += is_nested(value) ? coloured("(none)", faint, how) : cell(name, value, how);
    out += '\n';
  }
}

void append_list(bytes& out, const reply& list, std::size_t indent, const rendering& how) {
  const std::size_t digits = fmt::format("{}", list.items.size()).size();
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const reply& item = list.items[i];
    const bytes number = how.terminal ? fmt::format("{:>{}}) ", i + 1, digits) : bytes{};
    out.append(indent, ' ');
    out += coloured(number, faint, how);
    if (is_nested(item) && !item.items.empty()) {
      if (how.terminal) out += '\n';
      append_block(out, item, how.terminal ? indent + number.size() : 0, how);
      continue;
    }
    out += is_nested(item) ? coloured("(none)", faint, how) : scalar(item, how, false);
    out += '\n';
  }
}

void append_block(bytes& out, const reply& r, std::size_t indent, const rendering& how) {
  if (r.what == reply::kind::map) return append_map(out, r, indent, how);
  if (is_table(r)) return append_table(out, r, indent, how);
  append_list(out, r, indent, how);
}

}  // namespace

bytes rendered(const reply& r, const rendering& how) {
  bytes out;
  if (is_nested(r)) {
    if (!r.items.empty()) append_block(out, r, 0, how);
    if (r.items.empty() && how.terminal) out = coloured("(empty)", faint, how) + "\n";
    return out;
  }
  out = scalar(r, how, true);
  const bool is_nothing = r.what == reply::kind::null && !how.terminal;
  if (!is_nothing && !out.ends_with('\n')) out += '\n';
  return out;
}

bytes safe_line(bytes_view text) {
  return safe_text(text, false);
}

bytes rendered_error(bytes_view message, const rendering& how) {
  return coloured("error:", red, how) + " " + safe_text(message, false) + "\n";
}

bytes table(const std::vector<bytes>& headings, const std::vector<std::vector<bytes>>& rows,
            const rendering& how) {
  std::vector<std::size_t> widths;
  widths.reserve(headings.size());
  for (const bytes& heading : headings)
    widths.push_back(shown_width(heading));
  for (const std::vector<bytes>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], shown_width(row[i]));
  }
  bytes out;
  const auto append_row = [&](const std::vector<bytes>& row, bytes_view colour) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += colour.empty() ? row[i] : coloured(row[i], colour, how);
      if (i + 1 < row.size()) out.append(widths[i] - shown_width(row[i]) + 2, ' ');
    }
    out += '\n';
  };
  append_row(headings, bold);
  for (const std::vector<bytes>& row : rows)
    append_row(row, {});
  return out;
}

}  // namespace comet::client
