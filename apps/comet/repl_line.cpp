#include "apps/comet/repl_line.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "base/number.hpp"
#include "base/spelling.hpp"
#include "lab/duration_text.hpp"
#include "runtime/value.hpp"

namespace comet::client {

namespace {

constexpr auto any = repl_row::any;
using verb = repl_verb;

constexpr std::array table{
    repl_row{"load", verb::load, 1, any, "FILE [OPTION]...",
             "Put an object; options: --key --value --arg --ttl --limit --compat"},
    repl_row{"reload", verb::reload, 0, 0, "", "Read the file again and put it again"},
    repl_row{"reset", verb::reset, 0, 0, "", "Begin anew: a new network, and the file put into it"},
    repl_row{"key", verb::key, 0, 1, "[KEY]", "The key that commands are about; another one"},
    repl_row{"get", verb::get, 0, 2, "[PAYLOAD [CALLBACK]]", "Read it"},
    repl_row{"set", verb::set, 1, 1, "VALUE", "Write it"},
    repl_row{"put", verb::set, 1, 1, "VALUE", "The same"},
    repl_row{"call", verb::call, 1, any, "METHOD [ARG]...", "Call a method"},
    repl_row{"delete", verb::erase, 0, 0, "", "Delete it"},
    repl_row{"command", verb::command, 1, any, "WORD...", "Any command of the store: INCR hits"},
    repl_row{"as", verb::as, 0, 1, "[USER][@IP[:PORT]]",
             "Who asks from now on; without a word the default user"},
    repl_row{"at", verb::at, 1, 1, "NODE", "Which node is asked from now on, by its number"},
    repl_row{"state", verb::state, 0, 0, "", "The object's state"},
    repl_row{"info", verb::info, 0, 0, "", "What it used and how it fared"},
    repl_row{"timers", verb::timers, 0, 0, "", "Its timers"},
    repl_row{"log", verb::log, 0, 1, "[LINES]", "The last lines that it logged, 20 by default"},
    repl_row{"journal", verb::journal, 0, 1, "[TURNS]", "Its last turns, 20 by default"},
    repl_row{"code", verb::code, 0, 0, "", "Its source"},
    repl_row{"messages", verb::messages, 0, 0, "", "What was published since they were last shown"},
    repl_row{"now", verb::now, 0, 0, "", "The virtual time"},
    repl_row{"advance", verb::advance, 1, any, "DURATION | until next timer",
             "Let time pass: 250ms, 10s, 2h, 1d 12h"},
    repl_row{"settle", verb::settle, 0, 0, "", "Let time pass until all copies are whole"},
    repl_row{"nodes", verb::nodes, 0, 0, "", "The nodes, and who keeps the object"},
    repl_row{"add", verb::add, 0, 1, "[COUNT]", "Start more nodes"},
    repl_row{"start", verb::start, 1, 1, "NODE", "Start a node that is down, over its disk"},
    repl_row{"stop", verb::stop, 1, 1, "NODE", "Stop a node; it hands over its keys first"},
    repl_row{"kill", verb::kill, 1, 1, "NODE", "Power off"},
    repl_row{"restart", verb::restart, 1, 1, "NODE", "Stop and start"},
    repl_row{"pause", verb::pause, 1, 1, "NODE", "It does nothing at all until it is resumed"},
    repl_row{"resume", verb::resume, 1, 1, "NODE", "It goes on"},
    repl_row{"=", verb::lua, 1, 1, "LUA", "The same as lua"},
    repl_row{"lua", verb::lua, 1, 1, "LUA",
             "Lua with the network `net` of docs/testing.md; shows its values"},
    repl_row{"help", verb::help, 0, 1, "[COMMAND]", "What there is"},
    repl_row{"quit", verb::quit, 0, 0, "", "End; so does Ctrl-D"},
    repl_row{"exit", verb::quit, 0, 0, "", "The same"},
};

constexpr bytes_view blanks = " \t\r\n";

bytes_view trimmed(bytes_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == bytes_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

error syntax(bytes message) {
  return {errc::syntax, std::move(message)};
}

// Strings ----------------------------------------------------------------------------------------

/// The value of a digit in base 16; 16 for what is none.
unsigned digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? static_cast<unsigned>(small - 'a') + 10U : 16U;
}

/// Takes digits of a base from the front of `text`: at least one, at most so many.
std::optional<unsigned> take_number(bytes_view& text, unsigned base, std::size_t digits_max) {
  unsigned value = 0;
  std::size_t digits = 0;
  while (digits < digits_max && digits < text.size() && digit_of(text[digits]) < base)
    value = value * base + digit_of(text[digits++]);
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bytes utf8(unsigned code) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code < 0x80U) return {static_cast<char>(code)};
  if (code < 0x800U) return {static_cast<char>(0xC0U | (code >> 6U)), tail(0)};
  if (code < 0x10000U) return {static_cast<char>(0xE0U | (code >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

/// \u{20AC}, past the `u`.
std::optional<bytes> take_code_point(bytes_view& text) {
  constexpr unsigned last = 0x10FFFF;
  constexpr std::size_t digits_max = 6;
  if (!text.starts_with('{')) return std::nullopt;
  text.remove_prefix(1);
  const auto code = take_number(text, 16, digits_max);
  if (!code || *code > last || !text.starts_with('}')) return std::nullopt;
  text.remove_prefix(1);
  return utf8(*code);
}

/// What an escape stands for; `text` begins after its backslash. Nothing: Lua has no such escape.
std::optional<bytes> take_escape(bytes_view& text) {
  constexpr bytes_view letters = "abfnrtv\\\"'";
  constexpr bytes_view meant = "\a\b\f\n\r\t\v\\\"'";
  constexpr unsigned byte_max = 255;
  if (text.empty()) return std::nullopt;
  const char c = text.front();
  if (const auto at = letters.find(c); at != bytes_view::npos) {
    text.remove_prefix(1);
    return bytes{meant[at]};
  }
  if (c == 'u') {
    text.remove_prefix(1);
    return take_code_point(text);
  }
  if (c == 'x') {
    text.remove_prefix(1);
    const std::size_t before = text.size();
    const auto code = take_number(text, 16, 2);
    if (!code || before - text.size() != 2) return std::nullopt;
    return bytes{static_cast<char>(*code)};
  }
  const auto code = take_number(text, 10, 3);
  if (!code || *code > byte_max) return std::nullopt;
  return bytes{static_cast<char>(*code)};
}

/// A string of Lua from the front of `text`, its quotes included. Errors without a column.
result<bytes> take_string(bytes_view& text) {
  const char quote = text.front();
  text.remove_prefix(1);
  bytes value;
  while (!text.empty() && text.front() != quote) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      value += c;
      continue;
    }
    const bytes_view rest = text;
    const auto escaped = take_escape(text);
    if (!escaped)
      return syntax(fmt::format("'\\{}' is no escape of Lua", printable(rest.substr(0, 1))));
    value += *escaped;
  }
  if (text.empty()) return syntax("the text that begins here has no end");
  text.remove_prefix(1);
  if (!text.empty() && blanks.find(text.front()) == bytes_view::npos)
    return syntax("a blank is missing after the text that begins here");
  return value;
}

result<std::vector<bytes>> split(bytes_view line, std::size_t from) {
  std::vector<bytes> words;
  bytes_view text = line.substr(from);
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    if (text.empty()) return words;
    if (text.front() == '\'' || text.front() == '"') {
      const std::size_t column = line.size() - text.size() + 1;
      auto word = take_string(text);
      if (!word) return syntax(fmt::format("column {}: {}", column, word.failure().message));
      words.push_back(std::move(*word));
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(blanks), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

error unknown_command(bytes_view name) {
  nearest_name nearest(name);
  for (const repl_row& row : table)
    nearest.consider(row.name);
  return syntax(fmt::format("there is no command '{}'{}", printable(shortened(name, 64)),
                            nearest.found().empty()
                                ? bytes{"; `help` lists what there is"}
                                : fmt::format("; is `{}` meant?", nearest.found())));
}

/// The value after an option of `load`; null: nothing follows it.
const bytes* value_after(const std::vector<bytes>& words, std::size_t option) {
  return option + 1 < words.size() ? &words[option + 1] : nullptr;
}

result<void> set_option(load_terms& terms, const bytes& name, const bytes& value) {
  if (name == "--key") {
    terms.put.key = value;
  } else if (name == "--value") {
    terms.put.value = value;
  } else if (name == "--arg") {
    terms.put.args.push_back(value);
  } else if (name == "--limit") {
    terms.put.limits.push_back(value);
  } else if (name == "--ttl") {
    const auto ttl = runtime::parse_duration(value);
    if (!ttl) return syntax("--ttl " + ttl.failure().message);
    terms.put.ttl = *ttl;
  } else {
    return syntax(fmt::format(
        "load has no option '{}'; there are --key, --value, --arg, --ttl, --limit, --compat",
        printable(name)));
  }
  return {};
}

}  // namespace

std::span<const repl_row> repl_table() {
  return table;
}

const repl_row* find_repl_row(bytes_view name) {
  for (const repl_row& row : table)
    if (row.name == name) return &row;
  return nullptr;
}

result<repl_line> parse_line(bytes_view text) {
  const bytes_view line = trimmed(text);
  if (line.empty() || line.starts_with("--")) return repl_line{};
  // No blank has to follow `=`.
  const std::size_t name_end =
      line.starts_with('=') ? 1 : std::min(line.find_first_of(blanks), line.size());
  const repl_row* row = find_repl_row(line.substr(0, name_end));
  if (row == nullptr) return unknown_command(line.substr(0, name_end));
  repl_line parsed{row->verb, {}};
  if (row->verb == verb::lua) {
    const bytes_view code = trimmed(line.substr(name_end));
    if (!code.empty()) parsed.words.emplace_back(code);
  } else {
    auto words = split(line, name_end);
    if (!words) return words.failure();
    parsed.words = std::move(*words);
  }
  if (parsed.words.size() < row->words_min || parsed.words.size() > row->words_max)
    return syntax(fmt::format("this command is: {}{}{}{}", row->name,
                              row->syntax.empty() ? "" : " ", row->syntax,
                              row->words_max == 1 ? "; a word with blanks stands in quotes" : ""));
  return parsed;
}

result<load_terms> parse_load(const std::vector<bytes>& words) {
  load_terms terms;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--compat") {
      terms.put.compat = true;
    } else if (words[i].starts_with("--")) {
      const bytes* value = value_after(words, i);
      if (value == nullptr) return syntax(words[i] + " has no value after it");
      if (auto set = set_option(terms, words[i], *value); !set) return set.failure();
      ++i;
    } else if (terms.file.empty()) {
      terms.file = words[i];
    } else {
      return syntax(fmt::format("one file is loaded, '{}' or '{}'", printable(terms.file),
                                printable(words[i])));
    }
  }
  if (terms.file.empty()) return syntax("load takes a file of Lua");
  if (terms.put.key.empty()) terms.put.key = std::filesystem::path(terms.file).stem().string();
  return terms;
}

result<lab::client_options> parse_caller(bytes_view text, lab::client_options from) {
  constexpr std::int64_t port_max = 65'535;
  const lab::client_options usual;
  const auto at = text.find('@');
  from.user = bytes{text.substr(0, at)};
  from.ip = usual.ip;
  from.port = usual.port;
  if (at == bytes_view::npos) return from;
  bytes_view address = text.substr(at + 1);
  bytes_view port;
  const auto colon = address.rfind(':');
  // Several colons without brackets are an IPv6 number alone.
  const bool has_port = colon != bytes_view::npos &&
                        (address.find(':') == colon || address.substr(0, colon).ends_with(']'));
  if (has_port) {
    port = address.substr(colon + 1);
    address = address.substr(0, colon);
    const auto number = parse_integer(port);
    if (!number || *number < 1 || *number > port_max)
      return syntax(fmt::format("a port is 1 to 65535, not '{}'", printable(port)));
    from.port = static_cast<std::uint16_t>(*number);
  }
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (address.empty()) return syntax("an address is missing after the @: alice@10.0.0.7");
  from.ip = bytes{address};
  return from;
}

result<std::optional<std::chrono::milliseconds>> parse_advance(const std::vector<bytes>& words) {
  using answer = std::optional<std::chrono::milliseconds>;
  const bytes text = fmt::format("{}", fmt::join(words, " "));
  if (text == "until next timer") return answer{};
  if (words.front() == "until") return syntax("time goes on `until next timer`, or for a duration");
  const auto span = lab::parse_duration(text);
  if (!span) return span.failure();
  return answer{*span};
}

}  // namespace comet::client
