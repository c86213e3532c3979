#pragma once
// The turn: one message handled by one object, from the call of a handler to its commit or failure.
//
// The shard makes a `turn_request` and, later, folds the `turn_outcome` into the record; lua/ runs
// what is between. Both are plain values that cross threads in batches. A turn is atomic: an
// outcome either carries everything it changed, or an error and nothing.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/command.hpp"
#include "object/known_group.hpp"
#include "object/record.hpp"
#include "object/reply.hpp"
#include "object/timer.hpp"

namespace comet::object {

/// Who asked: what a handler sees as its `caller` table.
struct caller {
  bytes ip;
  std::uint16_t port = 0;
  bytes user;                  ///< empty: the default user
  bytes node;                  ///< id of the node it came through, hex
  bool administrator = false;  ///< may do with every object what its owner may
  bytes key = {};              ///< of the object whose handler asks; empty: no object does
};

enum class turn_kind : std::uint8_t {
  create,   ///< ASO.PUT of a key that does not exist: run the script, then onPut
  replace,  ///< ASO.PUT over a living object: onUpdate({value=,code=}), then the successor's onPut
  operate,  ///< a string command (op::get, set, incrby, del ...) through onGet/onUpdate/onDelete
  fetch,    ///< ASO.GET: onGet with payload and callback key
  call,     ///< ASO.CALL: a method
  timer,    ///< onTimer(name)
  answer,   ///< result of an operation that a handler started with a function as last argument
};

struct turn_request {
  turn_kind kind = turn_kind::operate;
  bytes key;
  caller from;
  /// operate: the command. fetch, call, create, replace: value, method, args, callback_key, ttl.
  std::shared_ptr<const owned_command> what;
  code_ref successor;       ///< create, replace: the code to put
  bytes successor_owner;    ///< create, replace: whose the object then is
  bytes timer_name;         ///< timer
  std::uint64_t token = 0;  ///< answer: the continuation's token (see `outcall`)
  reply answer;             ///< answer: what the operation gave
  /// Keys of the objects that wait for this turn, outermost first; ends call cycles.
  std::vector<bytes> chain;
  std::shared_ptr<const known_group> group;  ///< null: nothing is known of other nodes
};

/// What a handler asked of another object or of the overlay.
struct outcall {
  enum class kind : std::uint8_t { get, put, call, lookup };
  kind what = kind::get;
  bytes key;
  bool has_value = false;
  bytes value;  ///< put: the value; get: the payload
  bytes method;
  std::vector<bytes> args;  ///< call: each argument as its text
  std::uint64_t token = 0;  ///< names who waits (a suspended turn) or the continuation; 0: nobody
  bool by_right = false;    ///< the key was named by the caller of the get (one-time right)
};

struct turn_trace;

/// What a turn did to the object as a whole.
enum class disposition : std::uint8_t { keep, erase };

struct turn_outcome {
  std::optional<error> failure;  ///< set: nothing below changed anything, except the accounts
  bool breach = false;           ///< the failure was a breach of a budget (counts to quarantine)
  bytes traceback;               ///< of a failure, with lines; empty if none
  bool in_own_words = false;     ///< the failure is text that the code meant for who asked
  reply answer;                  ///< to the asker; a failure's reply is made from `failure`
  disposition fate = disposition::keep;
  bool created = false;        ///< create, replace: the object now has `successor`'s code
  std::optional<bytes> state;  ///< msgpack, when the turn changed it
  std::vector<timer_change> timers;
  std::optional<asked_replicas> replicas;  ///< asked for instead of what was; empty: none
  std::vector<outcall> messages;  ///< leave after the commit; their `token` names a continuation
  std::vector<std::pair<bytes, bytes>> publications;  ///< comet.publish: channel, message
  std::vector<bytes> log;                             ///< comet.log lines, kept for failures too
  std::shared_ptr<const turn_trace> trace;            ///< of a turn that is recorded; null: not
  // accounts
  std::uint64_t replicas_refused = 0;  ///< times that the policy allowed less than was asked for
  std::int64_t fuel = 0;               ///< instructions charged
  std::size_t memory = 0;              ///< bytes in use after the turn
  std::size_t memory_peak = 0;         ///< highest use, bytes
};

}  // namespace comet::object
