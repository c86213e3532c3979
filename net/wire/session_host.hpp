#pragma once
// What a session needs from the node around it, and what all sessions of one I/O thread share.
//
// The reactor implements `session_host`; tests and the fuzzer implement it in a few lines. All
// calls come on the thread that called `session::feed`.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/wire/channels.hpp"
#include "net/wire/command_figures.hpp"
#include "net/wire/info_text.hpp"
#include "net/wire/resp_parser.hpp"
#include "net/wire/user_table.hpp"
#include "object/command.hpp"
#include "object/policy.hpp"
#include "object/work_figures.hpp"

namespace comet::wire {

class session;

/// A request that was answered late, for who logs it. No value of it is told.
struct slow_request {
  std::uint64_t number = 0;  ///< of the session's requests, from 1; names it with the session's id
  bytes_view command;        ///< "get", "client|kill"
  bytes_view key;            ///< its beginning; empty: it has none, or several
  std::size_t key_bytes = 0;
  bytes_view request_id;  ///< that the client gave it (COMET WITH ID); empty: none
  std::chrono::nanoseconds took{0};
};

/// Names one request of one session until it is answered. Grows by one a request.
using slot_id = std::uint64_t;
/// Unique in the life of a node, from 1 up; what CLIENT ID answers.
using session_id = std::uint64_t;

class session_host {
 public:
  session_host() = default;
  session_host(const session_host&) = delete;
  session_host& operator=(const session_host&) = delete;
  virtual ~session_host() = default;

  /// Carries out an operation on objects. Answers with exactly one `from.complete*(slot, ...)`,
  /// during this call (the fast path) or at any time later. `c` and what it views are valid during
  /// the call only: keep an `owned_command`. Must not feed any session.
  virtual void execute(session& from, slot_id slot, const object::command& c) = 0;

  /// These keys, or words in their place, are about to be named by requests: a hint to fetch what
  /// is known of them into the processor's cache. Changes nothing.
  virtual void expect(std::span<const bytes_view> keys) = 0;

  /// For INFO.
  virtual server_figures figures() = 0;
  /// CONFIG RESETSTAT.
  virtual void reset_figures() = 0;

  /// COMET TOP: the objects of this node with the most of it.
  virtual std::vector<object::top_list::row> top(object::work_measure by, std::size_t count) = 0;

  /// CONFIG GET: parameters whose name matches the glob `pattern` (without regard to case).
  virtual std::vector<std::pair<bytes, bytes>> config_get(bytes_view pattern) = 0;
  /// CONFIG SET: all or none. The error's message goes to the client as it is.
  virtual result<void> config_set(std::span<const std::pair<bytes_view, bytes_view>> changes) = 0;

  /// ACL LOAD: reads the users file again and puts the new table in `session_context::users`; all
  /// sessions learn of it (`session::adopt_users`). The error's message goes to the client.
  virtual result<void> reload_users() = 0;
  /// ACL GENPASS: bytes that nobody can guess.
  virtual bytes secret(std::size_t count) = 0;

  /// All sessions of the node that this thread may read, in order of id: CLIENT LIST and KILL.
  virtual std::vector<session*> clients() = 0;

  /// PUBLISH, to every subscriber of the node and to other nodes; how many subscribers of this node
  /// received it: `channels::publish` of the shared registry.
  virtual std::int64_t publish(bytes_view channel, bytes_view message) = 0;

  /// A session other than the one being fed has output to send, or has to be closed: look at it
  /// before the poll round ends. May come several times for the same session.
  virtual void touched(session& other) = 0;

  /// A request of `from` is answered, later than `session_limits::slow_request` after it was read.
  virtual void took_long(const session& /*from*/, const slow_request& /*what*/) {}
};

struct session_limits {
  parser_limits parser;
  std::size_t output_bytes_soft = std::size_t{1} << 20U;   ///< above: stop reading
  std::size_t output_bytes_hard = std::size_t{64} << 20U;  ///< above: the connection is closed
  std::size_t pending_max = 65'536;           ///< requests of one session that wait for an answer
  std::size_t subscriptions_max = 16'384;     ///< channels and patterns of one session
  std::chrono::milliseconds slow_request{0};  ///< what took longer is told to the host; 0: nothing
};

/// Counted by all sessions of a thread; the reactor reads them for INFO and metrics.
struct session_totals {
  std::uint64_t commands = 0;
  std::uint64_t errors = 0;           ///< error replies
  std::uint64_t protocol_errors = 0;  ///< connections closed for bytes that are not RESP
  std::uint64_t overflows = 0;        ///< connections closed for too much unread output
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// What all sessions of one I/O thread share. Outlives them.
struct session_context {
  session_context(session_host& host, std::shared_ptr<const user_table> users,
                  channels& subscriptions, const object::policy& policy,
                  const session_limits& limits)
      : host(host),
        users(std::move(users)),
        subscriptions(subscriptions),
        policy(policy),
        limits(limits) {}

  session_host& host;
  std::shared_ptr<const user_table> users;
  channels& subscriptions;
  object::policy policy;
  session_limits limits;
  session_totals totals;
  command_counts counts;
  mono_time now{};  ///< of the read or poll round under way

  // Scratch of the one `feed` in progress; kept so that a request allocates nothing.
  std::vector<bytes_view> argv;
  object::command command;
  std::array<bytes_view, 16> glanced;
  std::size_t until_glance = 0;  ///< requests
  bool feeding = false;
  bool tracks_writes = false;  ///< the node has replicas, whom WAIT may ask for
};

}  // namespace comet::wire
