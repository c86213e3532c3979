#include "runtime/log_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace comet::runtime {
namespace {

bool needs_quotes(bytes_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           return c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 127;
         });
}

void append_value(bytes& line, bytes_view value) {
  if (!needs_quotes(value)) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (c >= ' ' && c < 127) {
      line += c;
    } else {
      line += printable(bytes_view{&c, 1});
    }
  }
  line += '"';
}

void append_field(bytes& line, bytes_view name, bytes_view value) {
  if (!line.empty()) line += ' ';
  line += name;
  line += '=';
  append_value(line, value);
}

bytes logfmt(log_room room, bytes_view message, std::span<const log_field> fields) {
  bytes line;
  append_field(line, "room", name_of(room));
  append_field(line, "msg", message);
  for (const auto& [name, value] : fields)
    append_field(line, name, value);
  return line;
}

/// The members of an object, without its braces.
bytes json(log_room room, bytes_view message, std::span<const log_field> fields) {
  nlohmann::ordered_json object;
  object["room"] = name_of(room);
  object["msg"] = message;
  for (const auto& [name, value] : fields)
    object[bytes{name}] = value;
  const bytes text = object.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  return text.substr(1, text.size() - 2);
}

}  // namespace

bytes log_text(log_format form, log_room room, bytes_view message,
               std::span<const log_field> fields) {
  return form == log_format::json ? json(room, message, fields) : logfmt(room, message, fields);
}

}  // namespace comet::runtime
