#pragma once
// Requests and replies of commands as JSON, for the dashboard.
//
// A text that is not UTF-8 has no form in JSON: its bytes from 0x80 up are shown as \xNN, and
// nothing tells that from a text which has these characters. Who needs every byte asks with a
// client of RESP. Pure. Called by dashboard_api.

#include <nlohmann/json.hpp>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

namespace comet::runtime {

/// `text` itself when it is UTF-8.
bytes utf8_or_escaped(bytes_view text);

/// Maps become objects with their fields in order; numbers that JSON has not ("inf") become texts.
/// A failure within is {"error": {...}}.
nlohmann::ordered_json json_of(const object::reply& r);

/// {"error": {"code", "message"}}
nlohmann::ordered_json json_of(const error& why);

/// A JSON object, nested no deeper than a request has reason to. Errors: syntax.
result<nlohmann::json> read_object(bytes_view body);
/// The words of {"argv": ["GET", "key"]}; numbers count as their text. Errors: syntax.
result<std::vector<bytes>> read_words(bytes_view body);

}  // namespace comet::runtime
