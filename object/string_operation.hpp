#pragma once
// The string commands as functions of one value: what GET, INCR, SETRANGE ... answer and leave.
//
// The shard applies them to a passive value; a turn applies them to what onGet returned and hands
// the new value to onUpdate. Replies and error texts are those of Redis 7.0.

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "object/command.hpp"
#include "object/reply.hpp"

namespace comet::object {

struct string_effect {
  reply answer;                ///< a failure leaves the value as it was
  std::optional<bytes> value;  ///< the value to store, if it changes
  bool erase = false;          ///< GETDEL
  bool clears_expiry = false;  ///< SET without KEEPTTL, GETSET, GETEX PERSIST: the expiry goes
};

/// Is `what` carried out by `operate`? (get, set, getex, getdel, getset, setnx, append, strlen,
/// getrange, setrange, incrby, incrbyfloat)
bool is_string_operation(op what);

/// Applies `c` to `current` (nothing: the key does not exist). SET's conditions are decided here;
/// expiry itself is the caller's business.
string_effect operate(const command& c, std::optional<bytes_view> current,
                      std::size_t value_bytes_max);

}  // namespace comet::object
