#include "lua/code_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/spelling.hpp"
#include "lua/allow_list.hpp"
#include "lua/handler_table.hpp"

namespace comet::lua {

namespace {

/// Of Lua 5.4, but not of handlers.
struct removed_name {
  bytes_view name;
  bytes_view instead;
};

constexpr removed_name removed_names[] = {
    {"collectgarbage", "memory is freed without it; comet.memory() tells what is used"},
    {"coroutine.close", "let go of the coroutine instead"},
    {"coroutine.running", "handlers need to know no coroutine"},
    {"debug", "nothing stands for it"},
    {"dofile", "an object is one script"},
    {"io", "handlers reach no files; keep data in self"},
    {"load", "nothing stands for it: code comes with ASO.PUT only"},
    {"loadfile", "an object is one script"},
    {"math.randomseed", "comet.random and math.random are seeded by the node"},
    {"os", "dht.getSystemTime() tells the time"},
    {"package", "an object is one script"},
    {"print", "comet.log writes a line for ASO.INFO"},
    {"require", "an object is one script"},
    {"string.dump", "nothing stands for it"},
    {"string.pack", "comet.pack makes a string of any value"},
    {"string.packsize", "comet.pack makes a string of any value"},
    {"string.unpack", "comet.unpack reads what comet.pack made"},
    {"warn", "comet.log writes a line for ASO.INFO"},
};

bytes qualified(const library_entry& row) {
  return *row.library == '\0' ? bytes{row.name} : fmt::format("{}.{}", row.library, row.name);
}

/// All that a script finds: libraries, and names with their library.
std::set<bytes> known_names() {
  std::set<bytes> known{"_G"};
  each_library_entry([&](const library_entry& row) {
    if (*row.library != '\0') known.insert(row.library);
    known.insert(qualified(row));
  });
  return known;
}

bytes lower(bytes_view text) {
  bytes result{text};
  for (char& c : result)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// The handler that a name was probably meant to be; empty: none. Names of methods ("get", "out")
/// are near handlers too, so what does not begin with `on` has to be very near.
bytes_view meant_handler(bytes_view name) {
  const bytes wanted = lower(name);
  const std::size_t edits_max = wanted.starts_with("on") ? 2 : wanted.starts_with('o') ? 1 : 0;
  for (std::size_t edits = 0; edits <= edits_max; ++edits)
    for (const handler_row& row : handler_table)
      if (edits_between(wanted, lower(row.name)) == edits) return row.name;
  return {};
}

class checker {
 public:
  explicit checker(const code_names& names) : names_(names) {
    if (names.compat) known_.insert({"dht.key", "dht.sysTime", "object", "self"});
    for (const auto* list : {&names.assigned, &names.changed})
      for (const named_global& global : *list)
        own_.insert(global.name);
  }

  std::vector<code_finding> findings() {
    for (const code_field& field : names_.fields)
      check_field(field);
    for (const named_global& read : names_.reads)
      check_read(read);
    for (const named_global& changed : names_.changed)
      found_.push_back({changed.line, fmt::format("global '{}' does not last: it is gone when the "
                                                  "object is loaded anew; keep it in self",
                                                  printable(changed.name))});
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return std::move(found_);
  }

 private:
  void check_field(const code_field& field);
  void check_read(const named_global& read);

  const code_names& names_;
  std::set<bytes> known_ = known_names();
  std::set<bytes> own_;  ///< globals that the script sets somewhere
  std::vector<code_finding> found_;
};

void checker::check_field(const code_field& field) {
  const bytes name = printable(field.name);
  if (is_handler(field.name)) {
    if (field.what == code_field::kind::data)
      found_.push_back({field.line, fmt::format("handler '{}' is not a function: it is kept as "
                                                "state and never called",
                                                name)});
    return;
  }
  if (field.what != code_field::kind::function) return;
  const bytes_view meant = meant_handler(field.name);
  const bytes hint =
      meant.empty() ? bytes{"name it otherwise"} : fmt::format("is '{}' meant?", meant);
  if (field.name.starts_with("on")) {
    found_.push_back({field.line, fmt::format("'{}' is no handler, and names that begin with 'on' "
                                              "are no methods: {}",
                                              name, hint)});
  } else if (!meant.empty()) {
    found_.push_back({field.line, fmt::format("'{}' is no handler: {}", name, hint)});
  }
}

void checker::check_read(const named_global& read) {
  const bytes outer = read.name.substr(0, read.name.find('.'));
  if (known_.contains(read.name) || own_.contains(outer) || outer == "_G") return;
  const bytes name = printable(read.name);
  for (const removed_name& row : removed_names) {
    if (row.name != read.name) continue;
    found_.push_back({read.line, fmt::format("handlers have no '{}': {}", name, row.instead)});
    return;
  }
  // A field of what does not exist: what is missing was told of the outer name.
  if (outer != read.name && !known_.contains(outer)) return;
  // Fields of globals that are functions or constants are not known.
  nearest_name nearest(read.name);
  for (const bytes& known : known_)
    nearest.consider(known);
  const bytes hint = nearest.found().empty() ? bytes{"; `comet help lua` lists what there is"}
                                             : fmt::format("; is '{}' meant?", nearest.found());
  found_.push_back({read.line, outer == read.name
                                   ? fmt::format("global '{}' does not exist{}", name, hint)
                                   : fmt::format("'{}' does not exist{}", name, hint)});
}

}  // namespace

std::vector<code_finding> findings_of(const code_names& names) {
  return checker(names).findings();
}

}  // namespace comet::lua
