#pragma once
// One operation on objects, parsed and checked, in the vocabulary of the store: not of RESP.
//
// net/wire makes commands out of argument vectors (every syntax error ends there); object/shard
// carries them out; a handler's `dht.*` call makes them too. A command views bytes owned by its
// maker: it is valid during the call it is passed to. What has to wait is kept as `owned_command`.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/asked_limits.hpp"
#include "object/asks.hpp"
#include "object/user_rights.hpp"

namespace comet::object {

/// What to do. The comment names the fields of `command` that matter besides `key`.
enum class op : std::uint8_t {
  // strings; all work on `self.value` of an active object through onGet and onUpdate
  get,
  set,    ///< value, condition, expiry, keep_expiry, want_old (the GET option)
  getex,  ///< expiry, persist
  getdel,
  getset,  ///< value
  setnx,   ///< value
  append,  ///< value
  strlen,
  getrange,     ///< number = start, number2 = end (also SUBSTR)
  setrange,     ///< number = offset, value
  incrby,       ///< number (INCR, DECR, DECRBY too)
  incrbyfloat,  ///< real
  // keys
  del,     ///< keys
  exists,  ///< keys
  touch,   ///< keys
  type,
  copy,    ///< keys = {source, destination}, replace
  rename,  ///< keys = {source, destination}; `exclusive` for RENAMENX
  expire,  ///< when, condition of EXPIRE (nx, xx, gt, lt)
  ttl,     ///< unit and form: see `ttl_form`
  persist,
  object_encoding,
  object_freq,
  object_idletime,
  object_refcount,
  // several keys
  mget,    ///< keys
  mset,    ///< keys, values
  msetnx,  ///< keys, values
  // the whole space
  keys,  ///< value = pattern
  scan,  ///< number = cursor, number2 = count, value = pattern (empty: all), type filter
  randomkey,
  dbsize,
  flush,
  // active objects
  aso_put,   ///< source, compat, has_value and value, args, ttl (expiry), limits, number = turns
             ///< to record
  aso_get,   ///< has_value and value = payload, callback_key
  aso_call,  ///< method, args
  aso_code,
  aso_hash,
  aso_state,
  aso_info,
  aso_resume,
  aso_record,  ///< number = turns to keep, 0: none
  aso_turns,
  aso_turn,  ///< number
  // about the network
  where,      ///< the way to a key's holder
  lookup,     ///< the nodes nearest to a key; the router answers it
  nodes,      ///< who is there, as this node knows it
  node_info,  ///< between nodes: this node's part of `nodes`
  code_text,  ///< between nodes: the source of the code whose hash is `method`, if it is known
  /// How many replicas besides the leader have the key as it is: number = those asked for, number2
  /// =
  /// milliseconds to wait for them, 0: without end.
  count_copies,
  // what one object is and does
  inspect,
  trace,   ///< number = requests
  traces,  ///< what `trace` has seen
};

enum class set_condition : std::uint8_t { always, if_absent, if_present };
enum class expire_condition : std::uint8_t {
  always,
  if_none,
  if_any,
  if_greater,
  if_less,
  if_any_and_less,
};
enum class ttl_form : std::uint8_t { seconds_left, milliseconds_left, unix_seconds, unix_ms };

struct command {
  op what = op::get;
  set_condition condition = set_condition::always;
  expire_condition expire_if = expire_condition::always;
  ttl_form form = ttl_form::seconds_left;
  bool keep_expiry = false;   ///< SET ... KEEPTTL
  bool want_old = false;      ///< SET ... GET
  bool clear_expiry = false;  ///< GETEX ... PERSIST
  bool replace = false;       ///< COPY ... REPLACE
  bool exclusive = false;     ///< RENAMENX
  bool has_value = false;     ///< ASO.PUT ... VALUE, ASO.GET ... PAYLOAD
  bool compat = false;        ///< ASO.PUT ... COMPAT
  bytes_view key;
  bytes_view value;
  bytes_view source;        ///< ASO.PUT: Lua text
  bytes_view method;        ///< ASO.CALL
  bytes_view callback_key;  ///< ASO.GET ... CALLBACK
  bytes_view type_filter;   ///< SCAN ... TYPE; empty: all
  std::int64_t number = 0;
  std::int64_t number2 = 0;
  long double real = 0;
  /// Absolute time of expiry, or nothing. Relative forms are made absolute by the parser.
  std::optional<wall_time> when;
  std::vector<bytes_view> keys;
  std::vector<bytes_view> values;
  std::vector<bytes_view> args;
  asked_limits limits;  ///< ASO.PUT ... LIMIT
  std::optional<asks> asked;
};

/// A command together with a copy of all bytes it views.
class owned_command {
 public:
  explicit owned_command(const command& original);

  owned_command(owned_command&&) = default;
  owned_command& operator=(owned_command&&) = default;
  owned_command(const owned_command&) = delete;
  owned_command& operator=(const owned_command&) = delete;
  ~owned_command() = default;

  [[nodiscard]] const command& get() const { return copy_; }

 private:
  std::unique_ptr<char[]> storage_;
  command copy_;
};

/// What the operation does to the key at `index` of `keys` (0, too, for `key`), as its caller's
/// rights have to allow. As Redis 7.0 says of its commands; a method of an object does both.
key_access access_to_key(const command& c, std::size_t index);

/// A copy that is not the newest can answer it: it reads passive values and changes nothing.
bool may_read_stale(op what);
/// It changes nothing and runs no handler, unless it reads the value of an active object.
bool changes_nothing(op what);
/// Asked with an id it either fails or leaves its answer in the record, so that the same request
/// finds it.
bool keeps_its_answer(const command& c);
/// It changes several keys, all or none of them.
bool is_one_change_of_several(op what);

}  // namespace comet::object
