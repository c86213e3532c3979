#include "net/wire/resp_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "base/number.hpp"
#include "net/wire/error_map.hpp"

namespace comet::wire {

namespace {

constexpr bytes_view line_end = "\r\n";

void append_number_line(bytes& out, char mark, std::int64_t n) {
  std::array<char, 24> line;  // '*', 20 characters of any number, line end
  line[0] = mark;
  char* end = std::to_chars(line.data() + 1, line.data() + line.size(), n).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(line.data(), static_cast<std::size_t>(end - line.data()));
}

void append_header(bytes& out, char mark, std::size_t n) {
  append_number_line(out, mark, static_cast<std::int64_t>(n));
}

/// A line may not hold the end of a line.
void append_line(bytes& out, bytes_view text) {
  const std::size_t start = out.size();
  out.append(text);
  const auto is_break = [](char c) { return c == '\r' || c == '\n'; };
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), is_break, ' ');
  out.append(line_end);
}

void append_items(bytes& out, const object::reply& r, protocol p) {
  for (const object::reply& item : r.items)
    append(out, item, p);
}

void append_truth(bytes& out, bool yes, protocol p) {
  if (p == protocol::resp3) {
    out.append(yes ? "#t\r\n" : "#f\r\n");
  } else if (yes) {
    append_integer(out, 1);
  } else {
    append_null(out, p);
  }
}

}  // namespace

void append_bulk(bytes& out, bytes_view text) {
  append_header(out, '$', text.size());
  out.append(text);
  out.append(line_end);
}

void append_null(bytes& out, protocol p) {
  out.append(p == protocol::resp3 ? bytes_view{"_\r\n"} : bytes_view{"$-1\r\n"});
}

void append_ok(bytes& out) {
  out.append("+OK\r\n", 5);
}

void append_status(bytes& out, bytes_view text) {
  out.push_back('+');
  append_line(out, text);
}

void append_integer(bytes& out, std::int64_t n) {
  append_number_line(out, ':', n);
}

void append_real(bytes& out, double x, protocol p) {
  const bytes text = format_double(x);
  if (p == protocol::resp2) return append_bulk(out, text);
  out.push_back(',');
  append_line(out, text);
}

void append_error(bytes& out, errc code, bytes_view message) {
  const error_form& form = form_of(code);
  out.push_back('-');
  out.append(form.prefix);
  out.push_back(' ');
  append_line(out, message.empty() ? form.meaning : message);
}

void append_error_line(bytes& out, bytes_view line) {
  out.push_back('-');
  append_line(out, line);
}

void append_array_header(bytes& out, std::size_t items) {
  append_header(out, '*', items);
}

void append_map_header(bytes& out, std::size_t pairs, protocol p) {
  if (p == protocol::resp3) return append_header(out, '%', pairs);
  append_header(out, '*', 2 * pairs);
}

void append_set_header(bytes& out, std::size_t items, protocol p) {
  append_header(out, p == protocol::resp3 ? '~' : '*', items);
}

void append_push_header(bytes& out, std::size_t items, protocol p) {
  append_header(out, p == protocol::resp3 ? '>' : '*', items);
}

void append_verbatim(bytes& out, bytes_view text, protocol p) {
  if (p == protocol::resp2) return append_bulk(out, text);
  append_header(out, '=', text.size() + 4);
  out.append("txt:");
  out.append(text);
  out.append(line_end);
}

void append(bytes& out, const object::reply& r, protocol p) {
  using kind = object::reply::kind;
  switch (r.what) {
    case kind::null: return append_null(out, p);
    case kind::status: return append_status(out, r.text);
    case kind::failure: return append_error(out, r.code, r.text);
    case kind::integer: return append_integer(out, r.integer);
    case kind::real: return append_real(out, r.real, p);
    case kind::boolean: return append_truth(out, r.integer != 0, p);
    case kind::bulk: return append_bulk(out, r.text);
    case kind::array: append_array_header(out, r.items.size()); break;
    case kind::map: append_map_header(out, r.items.size() / 2, p); break;
    case kind::set: append_set_header(out, r.items.size(), p); break;
    case kind::push: append_push_header(out, r.items.size(), p); break;
    case kind::verbatim: return append_verbatim(out, r.text, p);
  }
  append_items(out, r, p);
}

}  // namespace comet::wire
