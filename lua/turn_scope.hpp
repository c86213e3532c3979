#pragma once
// What the libraries see of the object and its turn, and where they record what the turn asked for.
//
// The library functions are C functions that Lua may leave by longjmp, so everything they produce
// lives here: they check arguments (which may raise) first and call in here afterwards (which never
// does). What is refused is kept as `refusal` and then raised; the activation finds the code of an
// error by it. Lives as long as the activation.

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "lua/callback_rights.hpp"
#include "object/policy.hpp"
#include "object/record.hpp"
#include "object/turn.hpp"
#include "object/turn_trace.hpp"

struct lua_State;

namespace comet::lua {

struct environment;
class turn_witness;

/// An operation as a library function has read it from its arguments; views Lua's strings.
struct operation {
  object::outcall::kind what;
  bytes_view key{};
  bool has_value = false;
  bytes_view value{};
  bytes_view method{};
  int first_arg = 0;  ///< call: stack indices of the arguments, all strings
  int last_arg = -1;
};

/// What a turn has asked for, to happen when it commits; the log is kept in any case.
struct turn_requests {
  object::disposition fate = object::disposition::keep;
  std::vector<object::timer_change> timers;
  std::optional<object::asked_replicas> replicas;
  std::uint64_t replicas_refused = 0;  ///< kept in any case
  std::vector<object::outcall> messages;
  std::vector<std::pair<bytes, bytes>> publications;
  std::vector<bytes> log;
};

/// A timer as setTimer has read it.
struct timer_request {
  bytes_view name;
  object::timer_kind kind;
  double seconds;   ///< after, every
  bytes_view cron;  ///< cron
  object::missed_policy missed;
};

class turn_scope {
 public:
  turn_scope(bytes key, const object::policy& limits, const environment& world, std::uint64_t seed);

  // The object and its turn.
  [[nodiscard]] const bytes& key() const { return key_; }
  /// What holds for this object: the node's policy, lowered to what the object asked for.
  [[nodiscard]] const object::policy& limits() const {
    return lowered_ ? *lowered_ : *node_limits_;
  }
  void ask_for(std::span<const object::asked_limit> limits);
  [[nodiscard]] const environment& world() const { return *world_; }
  [[nodiscard]] const object::caller* caller() const { return caller_; }
  [[nodiscard]] const instant& now() const { return now_; }
  prng& chance() { return chance_; }
  void set_chance(std::uint64_t seed) { chance_ = prng{seed}; }
  /// Of a turn that is recorded, or runs again; null: an ordinary one.
  void set_witness(turn_witness* witness) { witness_ = witness; }
  [[nodiscard]] turn_witness* witness() const { return witness_; }

  void begin(const object::turn_request& request, object::record_ref current);
  void set_now(const instant& now) { now_ = now; }
  /// Code that an administrator has signed may address any key.
  void set_trusted(bool trusted) { trusted_ = trusted; }
  /// While the script itself runs, it may not ask for anything.
  void set_loading(bool loading) { loading_ = loading; }

  // What libraries record. False: refused, see `refusal`.
  /// Sends it with the commit when `token` names a continuation, else makes the turn wait for it.
  bool ask(lua_State* L, const operation& o, std::uint64_t token);
  /// A put of the object's own key, which the library carries out itself.
  bool put_itself(bytes_view value);
  /// Nodes that keep the object, this one among them.
  [[nodiscard]] std::size_t copies() const;
  bool set_timer(const timer_request& t);
  bool cancel_timer(bytes_view name);
  bool publish(bytes_view channel, bytes_view message);
  bool delete_self();
  /// What dht.replicas reads before it asks: nodes by their ids, known here or not.
  void begin_naming();
  void name_node(bytes_view id);
  [[nodiscard]] std::size_t named() const { return named_.size() + unknown_.size(); }
  /// For the nodes named, and `count` copies; without a count, as many as nodes. `seconds`: between
  /// two comparisons.
  bool ask_for_replicas(bytes_view function, std::optional<std::int64_t> count,
                        std::optional<double> seconds);
  bool refuse_replicas(bytes_view function, std::size_t count);  ///< over the limit; returns false
  /// As the turn leaves it: asked for in this turn, or before.
  [[nodiscard]] const object::asked_replicas& asked_replicas() const;
  /// Null: nothing is known of other nodes.
  [[nodiscard]] const object::known_group* group() const;
  void log(bytes_view line);
  bool refuse(errc code, bytes message);  ///< returns false
  [[nodiscard]] const error& refusal() const { return refusal_; }

  /// Callback keys held, and the bytes they take beside Lua's memory.
  [[nodiscard]] std::vector<bytes> rights() const { return rights_.keys(); }
  void set_rights(const std::vector<bytes>& keys);
  [[nodiscard]] std::size_t right_count() const { return rights_.count(); }
  [[nodiscard]] std::size_t memory() const { return rights_.bytes_held(); }
  /// The turn failed: they are as they were before it.
  void take_back_rights() { rights_.take_back(); }

  // Continuations: functions kept in Lua's registry under their tokens.
  [[nodiscard]] std::uint64_t draw_token() { return next_token_++; }
  [[nodiscard]] bool has_continuations() const { return !continuations_.empty(); }
  void forget_continuations() { continuations_.clear(); }
  /// Which operation the function waits for; it is then forgotten. Nothing: there is none.
  std::optional<object::outcall::kind> take_continuation(std::uint64_t token);

  // What the turn asked for.
  std::optional<object::outcall> awaited;
  turn_requests recorded;
  bytes scratch;  ///< for one library call at a time

 private:
  using access = object::call_access;

  [[nodiscard]] bool owner_may(object::key_access what, bytes_view key) const;
  [[nodiscard]] access access_to(const operation& o) const;
  [[nodiscard]] std::optional<access> witnessed_access(const operation& o) const;
  [[nodiscard]] bool may_publish(bytes_view channel) const;
  bool take_message();
  bool fits(const operation& o);
  bool check_not_loading(const char* what);
  bool check_interval(bytes_view function, double seconds);
  std::optional<wall_time> first_due(const timer_request& t);
  bool check_timer_count(bytes_view name);
  bool record_timer(object::timer_change change);

  bytes key_;
  const object::policy* node_limits_;
  std::optional<object::policy> lowered_;
  const environment* world_;
  prng chance_;
  turn_witness* witness_ = nullptr;
  std::uint64_t next_token_;
  object::record_ref current_;
  bytes owner_;
  const object::known_group* group_ = nullptr;
  std::vector<digest> named_;   ///< of the call that is being read
  std::vector<bytes> unknown_;  ///< likewise; shown to the script
  bool trusted_ = false;
  const object::caller* caller_ = nullptr;
  instant now_{};
  bool loading_ = false;
  int messages_ = 0;
  error refusal_;
  callback_rights rights_;
  std::unordered_map<std::uint64_t, object::outcall::kind> continuations_;
};

/// Raises the refusal of the scope that `L` runs for, with the line of the script.
int raise_refusal(lua_State* L);

}  // namespace comet::lua
