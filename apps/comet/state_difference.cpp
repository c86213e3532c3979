#include "apps/comet/state_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace comet::client {
namespace {

using object::reply;

bool is_table(const reply& r) {
  return r.what == reply::kind::array || r.what == reply::kind::map;
}

bytes quoted(bytes_view text) {
  bytes out = "\"";
  for (const char c : text)
    out += c == '"' || c == '\\' ? bytes{'\\', c} : printable(bytes_view{&c, 1});
  return out + "\"";
}

bool is_name(bytes_view text) {
  const auto fits = [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)); };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::ranges::all_of(text, fits);
}

bytes scalar(const reply& r) {
  switch (r.what) {
    case reply::kind::null: return "nil";
    case reply::kind::integer: return fmt::format("{}", r.integer);
    case reply::kind::boolean: return r.integer != 0 ? "true" : "false";
    case reply::kind::real: {
      bytes text = fmt::format("{}", r.real);
      const bool looks_whole = text.find_first_not_of("-0123456789") == bytes::npos;
      return looks_whole ? text + ".0" : text;
    }
    case reply::kind::array:
    case reply::kind::map: return "{}";
    default: return quoted(r.text);
  }
}

/// A key as it stands behind the path of its table.
bytes step_to(const reply& key, bool at_root) {
  const bool is_text = key.what == reply::kind::bulk;
  if (is_text && is_name(key.text)) return at_root ? key.text : "." + key.text;
  return "[" + scalar(key) + "]";
}

using field = std::pair<bytes, const reply*>;

std::vector<field> fields_of(const reply& table, bool at_root) {
  std::vector<field> fields;
  if (table.what == reply::kind::array) {
    for (std::size_t i = 0; i < table.items.size(); ++i)
      fields.emplace_back(fmt::format("[{}]", i + 1), &table.items[i]);
    return fields;
  }
  for (std::size_t i = 0; i + 1 < table.items.size(); i += 2)
    fields.emplace_back(step_to(table.items[i], at_root), &table.items[i + 1]);
  return fields;
}

/// Every value of `r`, a line each.
void list(char mark, const bytes& path, const reply& r, std::vector<bytes>& out) {
  if (is_table(r) && !r.items.empty()) {
    for (const auto& [step, value] : fields_of(r, path.empty()))
      list(mark, path + step, *value, out);
  } else {
    out.push_back(fmt::format("{} {} = {}", mark, path.empty() ? "self" : path, scalar(r)));
  }
}

void compare(const bytes& path, const reply& before, const reply& after, std::vector<bytes>& out) {
  const bool tables =
      is_table(before) && is_table(after) && !(before.items.empty() && after.items.empty());
  if (!tables) {
    if (is_table(before) == is_table(after) && scalar(before) == scalar(after)) return;
    list('-', path, before, out);
    list('+', path, after, out);
    return;
  }
  const auto old_fields = fields_of(before, path.empty());
  const auto new_fields = fields_of(after, path.empty());
  const auto value_in = [](const std::vector<field>& fields, const bytes& step) {
    const auto found = std::ranges::find(fields, step, &field::first);
    return found == fields.end() ? nullptr : found->second;
  };
  for (const auto& [step, value] : old_fields) {
    const reply* now = value_in(new_fields, step);
    if (now != nullptr) {
      compare(path + step, *value, *now, out);
    } else {
      list('-', path + step, *value, out);
    }
  }
  for (const auto& [step, value] : new_fields)
    if (value_in(old_fields, step) == nullptr) list('+', path + step, *value, out);
}

}  // namespace

std::vector<bytes> state_difference(const reply& before, const reply& after) {
  std::vector<bytes> lines;
  const auto is_none = [](const reply& r) { return r.what == reply::kind::null; };
  if (is_none(before) && is_none(after)) return lines;
  if (is_none(before)) {
    list('+', {}, after, lines);
  } else if (is_none(after)) {
    list('-', {}, before, lines);
  } else {
    compare({}, before, after, lines);
  }
  return lines;
}

}  // namespace comet::client
