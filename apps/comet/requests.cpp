#include "apps/comet/requests.hpp"

#include <fmt/format.h>

#include "runtime/setting_table.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

/// "LIMIT name value" of NAME=VALUE; sizes and times may have their units, as in the configuration.
result<void> add_limit(bytes_view text, request& words) {
  const std::size_t equals = text.find('=');
  const bytes_view name = text.substr(0, equals);
  const auto* row = runtime::find_setting(name);
  if (equals == bytes_view::npos || row == nullptr)
    return error{errc::syntax, fmt::format("--limit takes NAME=VALUE with a limit of the "
                                           "configuration, not '{}'",
                                           printable(shortened(text, 64)))};
  const bytes_view value = text.substr(equals + 1);
  const auto wrong = [&](const error& why) {
    return error{errc::syntax, fmt::format("--limit {}: {} {}", text, name, why.message)};
  };
  std::int64_t number = 0;
  if (row->kind == runtime::setting_kind::duration) {
    const auto read = runtime::parse_duration(value);
    if (!read) return wrong(read.failure());
    number = read->count();
  } else {
    const bool is_size = row->kind == runtime::setting_kind::size;
    const auto read = is_size ? runtime::parse_size(value) : runtime::parse_count(value);
    if (!read) return wrong(read.failure());
    number = *read;
  }
  words.insert(words.end(), {"LIMIT", bytes{name}, fmt::format("{}", number)});
  return {};
}

}  // namespace

result<request> put_request(const put_options& o) {
  if (o.ttl && o.ttl->count() <= 0) return error{errc::syntax, "--ttl has to be longer than 0"};
  if (!o.source) {
    if (!o.value) {
      return error{errc::syntax, "nothing to put: give a file of Lua, or --value V, or both"};
    }
    if (!o.args.empty()) {
      return error{errc::syntax, "--arg is for code: give a file of Lua with it"};
    }
    if (!o.limits.empty()) {
      return error{errc::syntax, "--limit is for code: give a file of Lua with it"};
    }
    if (o.compat) {
      return error{errc::syntax, "--compat is for code: give a file of Lua with it"};
    }
    if (o.record) return error{errc::syntax, "--record is for code: give a file of Lua with it"};
    request words{"SET", o.key, *o.value};
    if (o.ttl) words.insert(words.end(), {"PX", fmt::format("{}", o.ttl->count())});
    return words;
  }
  request words{"ASO.PUT", o.key, *o.source};
  if (o.compat) words.emplace_back("COMPAT");
  if (o.value) words.insert(words.end(), {"VALUE", *o.value});
  for (const bytes& arg : o.args)
    words.insert(words.end(), {"ARG", arg});
  if (o.ttl) {
    if (o.ttl->count() % 1'000 != 0) {
      return error{errc::syntax, "--ttl of an active object takes whole seconds"};
    }
    words.insert(words.end(), {"TTL", fmt::format("{}", o.ttl->count() / 1'000)});
  }
  if (o.record) words.insert(words.end(), {"RECORD", fmt::format("{}", *o.record)});
  for (const bytes& limit : o.limits)
    if (auto added = add_limit(limit, words); !added) return added.failure();
  return words;
}

request get_request(const bytes& key, const std::optional<bytes>& payload,
                    const std::optional<bytes>& callback_key) {
  if (!payload && !callback_key) return {"GET", key};
  request words{"ASO.GET", key};
  if (payload) words.insert(words.end(), {"PAYLOAD", *payload});
  if (callback_key) words.insert(words.end(), {"CALLBACK", *callback_key});
  return words;
}

request call_request(const bytes& key, const bytes& method, const std::vector<bytes>& args) {
  request words{"ASO.CALL", key, method};
  words.insert(words.end(), args.begin(), args.end());
  return words;
}

}  // namespace comet::client
