#include "runtime/reply_json.hpp"

#include <cmath>
#include <cstdint>

#include "base/number.hpp"

namespace comet::runtime {
namespace {

using object::reply;
using ordered_json = nlohmann::ordered_json;

constexpr int depth_max = 8;
constexpr std::size_t words_max = 4'096;

/// The length of the character that `text` begins with; 0: it begins with none.
std::size_t character_length(bytes_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto follows = [&](std::size_t i, int lowest = 0x80, int highest = 0xbf) {
    return i < text.size() && at(i) >= lowest && at(i) <= highest;
  };
  const std::uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    // Neither longer than need be nor half of a pair of UTF-16.
    const int lowest = first == 0xe0 ? 0xa0 : 0x80;
    const int highest = first == 0xed ? 0x9f : 0xbf;
    return follows(1, lowest, highest) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const int lowest = first == 0xf0 ? 0x90 : 0x80;
    const int highest = first == 0xf4 ? 0x8f : 0xbf;
    return follows(1, lowest, highest) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_utf8(bytes_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bytes field_name(const reply& r) {
  if (r.what == reply::kind::integer) return std::to_string(r.integer);
  if (r.what == reply::kind::real) return format_double(r.real);
  if (r.what == reply::kind::boolean) return r.integer != 0 ? "true" : "false";
  return utf8_or_escaped(r.text);
}

ordered_json list_of(const reply& r) {
  auto list = ordered_json::array();
  for (const reply& item : r.items)
    list.push_back(json_of(item));
  return list;
}

ordered_json object_of(const reply& r) {
  auto made = ordered_json::object();
  for (std::size_t i = 0; i + 1 < r.items.size(); i += 2)
    made[field_name(r.items[i])] = json_of(r.items[i + 1]);
  return made;
}

/// How deep brackets outside of texts are nested; counted before anything is built.
int depth_of(bytes_view body) {
  int depth = 0;
  int deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_text && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '{' || c == '[')) {
      deepest = std::max(deepest, ++depth);
    } else if (!in_text && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

bytes utf8_or_escaped(bytes_view text) {
  if (is_utf8(text)) return bytes{text};
  bytes shown;
  for (const char c : text) {
    if (static_cast<std::uint8_t>(c) < 0x80) {
      shown += c;
    } else {
      shown += "\\x" + to_hex({&c, 1});
    }
  }
  return shown;
}

ordered_json json_of(const reply& r) {
  using kind = reply::kind;
  switch (r.what) {
    case kind::null: return nullptr;
    case kind::status:
    case kind::bulk:
    case kind::verbatim: return utf8_or_escaped(r.text);
    case kind::failure: return json_of(error{r.code, r.text});
    case kind::integer: return r.integer;
    case kind::real:
      if (std::isfinite(r.real)) return r.real;
      return format_double(r.real);
    case kind::boolean: return r.integer != 0;
    case kind::array:
    case kind::set:
    case kind::push: return list_of(r);
    case kind::map: return object_of(r);
  }
  return nullptr;
}

ordered_json json_of(const error& why) {
  return {{"error", {{"code", name_of(why.code)}, {"message", utf8_or_escaped(why.message)}}}};
}

result<nlohmann::json> read_object(bytes_view body) {
  if (depth_of(body) > depth_max)
    return error{errc::syntax, "the JSON is nested deeper than " + std::to_string(depth_max)};
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object()) return error{errc::syntax, "the body has to be a JSON object, in UTF-8"};
  return parsed;
}

result<std::vector<bytes>> read_words(bytes_view body) {
  const auto parsed = read_object(body);
  if (!parsed) return parsed.failure();
  const auto argv = parsed->find("argv");
  const error expected{
      errc::syntax, "the body has to be {\"argv\": [\"COMMAND\", \"argument\", ...]}, with 1 to " +
                        std::to_string(words_max) + " texts or numbers"};
  if (argv == parsed->end() || !argv->is_array() || argv->empty() || argv->size() > words_max)
    return expected;
  std::vector<bytes> words;
  for (const auto& word : *argv) {
    if (!word.is_string() && !word.is_number()) return expected;
    words.push_back(word.is_string() ? word.get<bytes>() : word.dump());
  }
  return words;
}

}  // namespace comet::runtime
