#pragma once
// The way of the next requests to a key through this node: where each of them spent its time.
//
// COMET TRACE arms a trace at the node that leads the key, and the shard tells it of every step of
// the requests that come: waiting for the store, in line, at the executor, in its turn, for the
// commit. A request is known again by whom its answer goes to; a turn for which nobody waits (a
// timer, a message) by its number, so it is seen from its turn on. Times are those that the shard
// is given, one a poll round: what needs no round of its own takes none.
//
// Bounded by keys, requests and time. A shard has a tracer only while something is traced, so
// requests pay one look at a pointer otherwise. Pure; object/shard alone uses it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/command.hpp"
#include "object/exchange.hpp"
#include "object/pending_command.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::object {

/// A request whose answer has left.
struct traced_request {
  wall_time began{};                    ///< when it reached the node that leads the key
  bytes_view operation;                 ///< "GET"; empty: a timer or a function
  bytes_view kind;                      ///< as turn_view has it; "passive": no code ran
  bytes handler;                        ///< empty: none
  caller from;                          ///< `node`: where it came into the network
  bytes id;                             ///< that the client gave it (COMET WITH ID)
  std::uint8_t hops = 0;                ///< from node to node
  std::chrono::nanoseconds store{0};    ///< waited for the record or the code
  std::chrono::nanoseconds line{0};     ///< waited behind others of its key, or for its range
  std::chrono::nanoseconds passing{0};  ///< between the threads of I/O and of handlers
  std::chrono::nanoseconds mailbox{0};
  std::chrono::nanoseconds turn{0};    ///< what the handler waited for included
  std::chrono::nanoseconds disk{0};    ///< until this node's store had the change
  std::chrono::nanoseconds commit{0};  ///< until the change was safe, `disk` included
  std::chrono::nanoseconds total{0};
  bool activated = false;
  std::int64_t fuel = 0;
  bytes outcome;  ///< "ok", or the error
};

class request_tracer {
 public:
  static constexpr std::size_t keys_max = 16;
  static constexpr std::size_t requests_max = 64;
  static constexpr std::chrono::minutes lasts{10};

  /// Instead of an earlier trace of the key. Returns its number. Errors: busy (`keys_max` others).
  result<std::uint64_t> arm(bytes_view key, bytes_view user, std::size_t requests,
                            const instant& now);
  /// Who armed the trace of the key; null: it is not traced.
  [[nodiscard]] const bytes* armed_by(bytes_view key) const;
  /// Of a key that is traced, what has been seen.
  [[nodiscard]] reply view(bytes_view key) const;
  /// Ends traces that are over their time. False: none is left.
  bool forget_old(mono_time now);

  // The steps of a request, in their order.
  void arrived(bytes_view key, const command& c, const caller& from, const origin& to,
               std::uint8_t hops_left, const instant& now);
  /// It has to be decided anew: `arrived` is called again.
  void waits(const origin& to, bool for_store);
  void ordered(std::uint64_t turn, const turn_request& request, const origin& to,
               const instant& now);
  void ran(const finished_turn& done, mono_time now);
  /// The outcome is folded in, and depends on the batch of that number; of batches up to `durable`
  /// nothing has to be waited for.
  void folded(std::uint64_t turn, std::uint64_t depends_on, std::uint64_t durable, mono_time now);
  /// The answer waits for the batch; those up to `stored` are on the disk.
  void held(const origin& to, std::uint64_t depends_on, std::uint64_t stored);
  void answered(const origin& to, const reply& content, mono_time now);
  /// Another node has carried it out.
  void passed_on(const origin& to);

  // What becomes of batches.
  void stored(std::uint64_t number, mono_time now);
  void settled(std::uint64_t number, mono_time now);
  void lost(std::uint64_t number, mono_time now);

 private:
  struct armed_trace {
    std::uint64_t number = 0;
    bytes key;
    bytes user;
    std::size_t asked = 0;
    std::size_t begun = 0;
    wall_time ends{};
    mono_time until{};
    std::vector<traced_request> seen;
  };
  struct under_way {
    std::uint64_t trace = 0;  ///< number
    bytes key;
    origin to;
    std::uint64_t turn = 0;        ///< at the executor, or folded in; 0: neither
    std::uint64_t depends_on = 0;  ///< the batch that its answer waits for; 0: none
    bool for_store = false;
    bool on_disk = false;
    mono_time arrived{};
    mono_time since{};  ///< of the step that lasts
    traced_request so_far;
  };
  using request_list = std::vector<under_way>;

  [[nodiscard]] const armed_trace* find(bytes_view key) const;
  armed_trace* open_trace(bytes_view key, mono_time now);
  under_way& begin(armed_trace& trace, const caller& from, const origin& to, const instant& now);
  request_list::iterator find(const origin& to);
  request_list::iterator find_turn(std::uint64_t turn);
  void end_wait(under_way& request, mono_time now);
  request_list::iterator end(request_list::iterator request, bytes outcome, mono_time now);
  request_list::iterator drop(request_list::iterator request);

  std::uint64_t last_number_ = 0;
  std::vector<armed_trace> traces_;
  request_list under_way_;
};

}  // namespace comet::object
