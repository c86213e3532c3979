#pragma once
// What the command line asks a node for, as argument vectors. Pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::client {

using request = std::vector<bytes>;

struct put_options {
  bytes key;
  std::optional<bytes> source;  ///< Lua text; nothing: a passive value
  std::optional<bytes> value;
  std::vector<bytes> args;
  std::optional<std::chrono::milliseconds> ttl;
  bool compat = false;                 ///< the source was written for the paper's prototype
  std::optional<std::int64_t> record;  ///< turns to keep
  std::vector<bytes> limits;           ///< "fuel-per-turn=5000", "memory-per-object=50kB"
};

/// ASO.PUT with a source, SET without. Errors: syntax (neither source nor value, arguments or a
/// time to live that cannot be given, a limit that is not NAME=VALUE).
result<request> put_request(const put_options& options);

/// GET, or ASO.GET when a payload or a callback key goes with it.
request get_request(const bytes& key, const std::optional<bytes>& payload,
                    const std::optional<bytes>& callback_key);

request call_request(const bytes& key, const bytes& method, const std::vector<bytes>& args);

}  // namespace comet::client
