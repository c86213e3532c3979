#include "lua/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "lua/allow_list.hpp"

namespace comet::lua {

namespace {

constexpr std::size_t columns = 96;

struct library_title {
  bytes_view library;
  bytes_view title;
  bytes_view about;
};

constexpr library_title libraries[] = {
    {"dht", "dht", "The node and the overlay."},
    {"comet", "comet", "What is not about the overlay."},
    {"", "Globals", "`_G` is the table of globals."},
    {"coroutine", "coroutine", "There is no `running` and no `close`."},
    {"math", "math", "There is no `randomseed`."},
    {"string", "string",
     "Strings have these as methods: `name:upper()`. There is no `dump`, `pack` and `unpack`."},
    {"table", "table", ""},
    {"utf8", "utf8", ""},
};

bytes qualified(const library_entry& row) {
  return *row.library == '\0' ? bytes{row.name} : fmt::format("{}.{}", row.library, row.name);
}

std::vector<const library_entry*> rows_of(bytes_view library) {
  std::vector<const library_entry*> rows;
  each_library_entry([&](const library_entry& row) {
    if (row.library == library) rows.push_back(&row);
  });
  std::sort(rows.begin(), rows.end(),
            [](const auto* a, const auto* b) { return bytes_view{a->name} < bytes_view{b->name}; });
  return rows;
}

/// Appends words in lines of at most `columns`, each after `indent`.
void append_wrapped(bytes& out, bytes_view text, bytes_view indent) {
  std::size_t column = 0;
  while (!text.empty()) {
    const bytes_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const bool fits = column != 0 && column + 1 + word.size() <= columns;
    if (column != 0) out.append(fits ? " " : "\n");
    if (!fits) out.append(indent);
    column = (fits ? column + 1 : indent.size()) + word.size();
    out.append(word);
  }
  out.push_back('\n');
}

bytes cost_of(const description& d) {
  if (*d.cost == '\0') return {};
  if (d.example_fuel == 0 || fmt::format("{}", d.example_fuel) == d.cost)
    return fmt::format("{}.", d.cost);
  return fmt::format("{} (example: {}).", d.cost, d.example_fuel);
}

void append_section(bytes& page, const library_entry& row) {
  const description& d = row.about;
  page += fmt::format("\n#### {}\n\n```lua\n{}\n```\n\n", qualified(row), d.signature);
  append_wrapped(page, d.summary, "");
  const auto fact = [&](bytes_view name, bytes_view text) {
    if (text.empty()) return;
    page.push_back('\n');
    append_wrapped(page, fmt::format("{}: {}", name, text), "");
  };
  fact("Errors", d.errors);
  fact("Cost", cost_of(d));
  page += fmt::format("\n```lua\n{}\n```\n", d.example);
}

void append_text(bytes& out, const library_entry& row) {
  const description& d = row.about;
  if (!out.empty()) out.push_back('\n');
  out.append(d.signature).push_back('\n');
  append_wrapped(out, d.summary, "  ");
  if (*d.errors != '\0') append_wrapped(out, fmt::format("Errors: {}", d.errors), "  ");
  if (*d.cost != '\0') append_wrapped(out, fmt::format("Cost: {}", cost_of(d)), "  ");
  out.append("  Example:\n");
  for (bytes_view rest = d.example; !rest.empty();) {
    const bytes_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    out.append("    ").append(line).push_back('\n');
  }
}

}  // namespace

bytes reference_page() {
  bytes page;
  for (const auto& [library, title, about] : libraries) {
    page += fmt::format("{}### {}\n", page.empty() ? "" : "\n", title);
    if (!about.empty()) page += fmt::format("\n{}\n", about);
    for (const library_entry* row : rows_of(library))
      append_section(page, *row);
  }
  return page;
}

bytes reference_text(bytes_view topic) {
  bytes out;
  for (const auto& [library, title, about] : libraries)
    for (const library_entry* row : rows_of(library))
      if (topic == title || topic == row->name || topic == qualified(*row)) append_text(out, *row);
  return out;
}

bytes reference_names() {
  const bytes indent(12, ' ');
  bytes out;
  for (const auto& [library, title, about] : libraries) {
    bytes names;
    for (const library_entry* row : rows_of(library))
      names += names.empty() ? row->name : fmt::format(" {}", row->name);
    bytes lines;
    append_wrapped(lines, names, indent);
    out += fmt::format("{}:", title) + lines.substr(title.size() + 1);
  }
  return out;
}

}  // namespace comet::lua
