#include "net/wire/command_syntax.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/check.hpp"

namespace comet::wire {

namespace {

using kind = syntax_node::kind;
using nodes = std::vector<syntax_node>;

constexpr bytes_view marks = "[]<>|";

std::vector<bytes_view> lexemes_of(bytes_view text) {
  std::vector<bytes_view> lexemes;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = marks.find(text[at]) != bytes_view::npos
                                 ? 1
                                 : std::min(text.find_first_of(" []<>|", at), text.size()) - at;
    if (size > 0) lexemes.push_back(text.substr(at, size));
    at += std::max(size, std::size_t{1});
  }
  return lexemes;
}

bool is_mark(bytes_view lexeme) {
  return marks.find(lexeme[0]) != bytes_view::npos;
}

bool is_token(bytes_view lexeme) {
  return std::isupper(static_cast<unsigned char>(lexeme[0])) != 0;
}

bool is_value(bytes_view lexeme) {
  return !is_mark(lexeme) && !is_token(lexeme);
}

kind kind_of_value(bytes_view name) {
  constexpr std::array integers{
      "client-id", "count",   "cursor",       "decrement", "destination-db", "end",
      "increment", "index",   "milliseconds", "number",    "numreplicas",    "offset",
      "protover",  "seconds", "start",        "timeout",   "turns"};
  if (std::ranges::find(integers, name) != integers.end()) return kind::integer;
  if (name.starts_with("unix-time")) return kind::unix_time;
  return name == "pattern" ? kind::pattern : kind::string;
}

bytes lower(bytes_view word) {
  bytes folded{word};
  for (char& c : folded)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
}

syntax_node value_node(bytes_view name) {
  syntax_node node;
  node.what = kind_of_value(name);
  node.name = name;
  return node;
}

/// Several nodes as one.
syntax_node joined(kind what, nodes parts) {
  if (parts.size() == 1) return std::move(parts.front());
  syntax_node node;
  node.what = what;
  for (const syntax_node& part : parts)
    node.name += (node.name.empty() ? "" : "_") + part.name;
  node.parts = std::move(parts);
  return node;
}

/// Recursive descent; a text is a sequence of items.
class syntax_reader {
 public:
  explicit syntax_reader(bytes_view text) : lexemes_(lexemes_of(text)) {}

  nodes read_all() {
    nodes items = read_sequence();
    COMET_CHECK(done());
    return items;
  }

 private:
  nodes read_sequence() {
    nodes items;
    while (!done() && (next() == "[" || next() == "<" || !is_mark(next())))
      read_item(items);
    return items;
  }

  void read_item(nodes& items) {
    if (next() == "[") return read_optional(items);
    if (next() == "<") {
      items.push_back(read_choice("<", ">"));
    } else if (is_token(next())) {
      items.push_back(read_token());
    } else {
      items.push_back(value_node(take()));
    }
  }

  /// `[a ...]` after the same `a` makes that repeatable; otherwise it is optional.
  void read_optional(nodes& items) {
    syntax_node inner = read_choice("[", "]");
    const std::size_t size = inner.what == kind::block ? inner.parts.size() : 1;
    const auto repeats = [&] {
      if (!inner.multiple || items.size() < size) return false;
      if (inner.what != kind::block) return items.back().name == inner.name;
      return std::equal(inner.parts.begin(), inner.parts.end(),
                        items.end() - static_cast<std::ptrdiff_t>(size),
                        [](const auto& a, const auto& b) { return a.name == b.name; });
    };
    if (!repeats()) {
      inner.optional = true;
      items.push_back(std::move(inner));
    } else if (size == 1) {
      items.back().multiple = true;
    } else {
      items.resize(items.size() - size);
      items.push_back(std::move(inner));
    }
  }

  syntax_node read_choice(bytes_view open, bytes_view close) {
    expect(open);
    nodes alternatives;
    do {
      alternatives.push_back(joined(kind::block, read_sequence()));
    } while (take_if("|"));
    syntax_node choice = joined(kind::one_of, std::move(alternatives));
    expect(close);
    if (std::exchange(ellipsis_, false)) {
      choice.multiple = true;
      choice.multiple_token = !choice.token.empty();
    }
    return choice;
  }

  /// A word to type, with the values or the choice that belong to it.
  syntax_node read_token() {
    const bytes_view token = take();
    if (done() || (next() != "<" && !is_value(next()))) {
      syntax_node node;
      node.what = kind::token;
      node.name = lower(token);
      node.token = token;
      return node;
    }
    nodes values;
    if (next() == "<") {
      values.push_back(read_choice("<", ">"));
    } else {
      while (!done() && is_value(next()))
        values.push_back(value_node(take()));
    }
    syntax_node node = joined(kind::block, std::move(values));
    node.token = token;
    return node;
  }

  [[nodiscard]] bool done() {
    if (at_ < lexemes_.size() && lexemes_[at_] == "...") {
      ellipsis_ = true;
      ++at_;
    }
    return at_ == lexemes_.size();
  }
  [[nodiscard]] bytes_view next() const { return lexemes_[at_]; }
  bytes_view take() { return lexemes_[at_++]; }
  bool take_if(bytes_view mark) {
    if (done() || next() != mark) return false;
    ++at_;
    return true;
  }
  void expect(bytes_view mark) { COMET_CHECK(take_if(mark)); }

  std::vector<bytes_view> lexemes_;
  std::size_t at_ = 0;
  bool ellipsis_ = false;  ///< "..." was read and belongs to the bracket around it
};

/// Positions say which arguments are keys: the n-th word of the request, or a `key` that repeats.
void mark_keys(nodes& items, const key_positions& keys) {
  if (keys.first == 0) return;
  int word = 1;
  for (syntax_node& item : items) {
    if (item.what == kind::block && !item.optional)
      for (syntax_node& part : item.parts)
        if (part.name == "key") part.what = kind::key;
    const bool in_range = word >= keys.first && (keys.last < 0 || word <= keys.last);
    if (in_range && item.token.empty() && item.what != kind::block) item.what = kind::key;
    ++word;
  }
}

}  // namespace

std::vector<syntax_node> syntax_of(const command_row& row) {
  nodes items = syntax_reader{row.syntax}.read_all();
  key_positions keys = row.keys;
  if (keys.first > 1) keys = {keys.first - 1, keys.last - 1, keys.step};  // after a subcommand
  mark_keys(items, keys);
  return items;
}

bytes_view name_of(syntax_node::kind what) {
  switch (what) {
    case kind::key: return "key";
    case kind::string: return "string";
    case kind::integer: return "integer";
    case kind::real: return "double";
    case kind::unix_time: return "unix-time";
    case kind::pattern: return "pattern";
    case kind::token: return "pure-token";
    case kind::one_of: return "oneof";
    case kind::block: return "block";
  }
  return "unknown";
}

}  // namespace comet::wire
