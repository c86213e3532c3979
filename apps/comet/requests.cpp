#include "apps/comet/requests.hpp"

#include <fmt/format.h>

namespace comet::client {

result<request> put_request(const put_options& o) {
  if (o.ttl && o.ttl->count() <= 0) return error{errc::syntax, "--ttl has to be longer than 0"};
  if (!o.source) {
    if (!o.value) {
      return error{errc::syntax, "nothing to put: give a file of Lua, or --value V, or both"};
    }
    if (!o.args.empty()) {
      return error{errc::syntax, "--arg is for code: give a file of Lua with it"};
    }
    request words{"SET", o.key, *o.value};
    if (o.ttl) words.insert(words.end(), {"PX", fmt::format("{}", o.ttl->count())});
    return words;
  }
  request words{"ASO.PUT", o.key, *o.source};
  if (o.value) words.insert(words.end(), {"VALUE", *o.value});
  for (const bytes& arg : o.args)
    words.insert(words.end(), {"ARG", arg});
  if (o.ttl) {
    if (o.ttl->count() % 1'000 != 0) {
      return error{errc::syntax, "--ttl of an active object takes whole seconds"};
    }
    words.insert(words.end(), {"TTL", fmt::format("{}", o.ttl->count() / 1'000)});
  }
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
