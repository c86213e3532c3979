#pragma once
// One client connection as a state machine: received bytes in, commands and bytes to send out.
//
// No socket, no clock: the reactor feeds what it read and sends `output()`. A session answers by
// itself what needs no object (PING, HELLO, CLIENT, COMMAND ...) and hands the rest to its host.
// Replies leave in the order of the requests: while nothing is pending, an answer given during
// `execute` goes straight to the output; otherwise it waits in its slot.
//
// The reactor's part, for a session s:
//   bytes arrived     if (s.wants_read()) s.feed(bytes, now)
//   an answer came    s.complete(slot, reply); if (s.resumable()) s.feed({}, now)
//   then              send s.output(), s.consume(sent); if (s.resumable()) s.feed({}, now) and
//                     again; if (s.must_close()) close the connection and destroy s
// When a slot's session is gone, its answer is dropped by the reactor.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "net/wire/channels.hpp"
#include "net/wire/command_table.hpp"
#include "net/wire/endpoint.hpp"
#include "net/wire/resp_parser.hpp"
#include "net/wire/resp_writer.hpp"
#include "net/wire/session_host.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::wire {

/// Client and library names: printable ASCII without spaces.
bool is_client_text(bytes_view text);
inline constexpr bytes_view bad_client_name =
    "ERR Client names cannot contain spaces, newlines or special characters.";

class session final : public subscriber {
 public:
  session(session_id id, endpoint peer, endpoint local, instant now, session_context& shared);
  ~session() override;

  /// Takes received bytes (none: goes on with what is kept) and runs all whole requests, as far as
  /// the limits allow. What cannot run yet is kept. Not reentrant over all sessions of a context.
  void feed(bytes_view input, instant now);

  /// Requests are kept that `feed({}, now)` can run now.
  [[nodiscard]] bool resumable() const;

  /// The request just handed out cannot be carried out yet, and what follows might overtake it at
  /// another key: nothing more is taken until all that is pending is answered.
  void hold_requests() { waits_alone_ = true; }

  // The answer to `slot`, exactly once.
  void complete(slot_id slot, const object::reply& r);
  void complete_bulk(slot_id slot, bytes_view text);
  void complete_null(slot_id slot);
  void complete_ok(slot_id slot);
  void complete_integer(slot_id slot, std::int64_t n);
  void complete_error(slot_id slot, errc code, bytes_view message);

  /// Bytes to send; valid until the next call of a member that is not const.
  [[nodiscard]] bytes_view output() const { return bytes_view{output_}.substr(sent_); }
  /// The first `n` bytes of `output()` were sent.
  void consume(std::size_t n);

  /// False: leave the socket unread (too much output, too many pending requests, closing).
  [[nodiscard]] bool wants_read() const;
  /// Close now: killed, too much unread output, or a farewell that is sent completely.
  [[nodiscard]] bool must_close() const;
  /// It was killed because it did not read what was sent to it.
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  /// The connection ends as soon as what is pending is answered and sent.
  [[nodiscard]] bool closing() const { return closing_ || killed_; }
  /// CLIENT KILL, idle timeouts, a node that stops.
  void kill() { killed_ = true; }

  /// The client is `who` without having said so: one that the node itself made.
  void sign_in(user_ref who) { become(std::move(who)); }
  /// Errors begin with the name of their code ("wall_time") in place of the prefix of RESP, of
  /// which several codes share one. Lines of a protocol's own (WRONGPASS) stay as they are.
  void tell_codes() { tells_codes_ = true; }

  /// The table of users is another one: goes on as the same user under its new rules, or is killed,
  /// when that user is gone, off, has other passwords, or may not listen to what it listens to.
  void adopt_users();

  [[nodiscard]] session_id id() const { return id_; }
  [[nodiscard]] const endpoint& peer() const { return peer_; }
  [[nodiscard]] const endpoint& local() const { return local_; }
  /// What handlers see as their caller; `node` is the host's to fill in.
  [[nodiscard]] const object::caller& caller() const { return caller_; }
  [[nodiscard]] protocol speaks() const { return protocol_; }
  [[nodiscard]] const bytes& name() const { return name_; }
  [[nodiscard]] std::size_t pending() const { return static_cast<std::size_t>(next_ - oldest_); }
  [[nodiscard]] std::size_t subscription_count() const;
  [[nodiscard]] wall_time created() const { return created_.wall; }
  [[nodiscard]] mono_time last_interaction() const { return last_.mono; }
  [[nodiscard]] std::uint64_t commands() const { return commands_; }
  [[nodiscard]] const resolved_command& last_command() const { return last_command_; }
  /// Memory held for this connection, in bytes.
  [[nodiscard]] std::size_t memory() const;
  /// The line of CLIENT LIST, without its line break.
  [[nodiscard]] bytes description(instant now) const;

  void on_message(bytes_view channel, bytes_view message) override;
  void on_pattern_message(bytes_view pattern, bytes_view channel, bytes_view message) override;

 private:
  /// What is known of a request until it is answered. Only of one that has to wait its key is
  /// noted.
  struct request_mark {
    static constexpr std::size_t key_shown_max = 40;

    mono_time read{};
    command_counts::place command = 0;
    std::uint8_t key_shown = 0;
    std::uint32_t key_bytes = 0;
    std::array<char, key_shown_max> key{};
    bytes request_id;
  };
  /// An answer that came before its turn.
  struct waiting_answer {
    bytes encoded;
    request_mark mark;
    bool ready = false;
  };
  using name_set = std::set<bytes, std::less<>>;
  struct subscriptions {
    name_set channels;
    name_set patterns;
  };
  /// CLIENT REPLY. `skip_next`: the next request's reply is dropped; `skip`: that request runs.
  enum class reply_mode : std::uint8_t { on, off, skip_next, skip };

  // session.cpp: requests in, answers out in their order
  [[nodiscard]] bool full() const;
  [[nodiscard]] bool blocked() const;
  void look_ahead();
  bool take_request(instant now);
  bool serve(argument_list argv, instant now);
  bool serve_other(argument_list argv, instant now);
  bool refuse(const error& why);
  void become(user_ref who);
  [[nodiscard]] bool keys_permitted(const object::command& c) const;
  void execute(const command_row& row, argument_list argv, instant now);
  static std::optional<bytes> denied_command(const user& who, const resolved_command& asked,
                                             argument_list argv);
  static void ask_for_copy(object::command& c);
  void wait_for_copies(slot_id slot, argument_list argv);
  void note_write(const object::command& c);
  void count_request();
  slot_id open_slot(const command_row* row);
  void grow_ring();
  void note_request(slot_id slot, const object::command& c);
  bytes& begin_answer(slot_id slot);
  void end_answer(slot_id slot);
  void count_answer(slot_id slot, const request_mark& of);
  void count_error();
  void release_ready();
  void check_output();
  [[nodiscard]] bool muted() const { return mode_ == reply_mode::off || mode_ == reply_mode::skip; }
  [[nodiscard]] std::size_t unsent() const { return output_.size() - sent_; }
  waiting_answer& waiting(slot_id slot) { return ring_[slot & (ring_.size() - 1)]; }
  request_mark& mark_of(slot_id slot) { return ring_.empty() ? lone_mark_ : waiting(slot).mark; }

  // session_commands.cpp: what a session answers itself
  void answer(const command_row& row, argument_list argv, instant now, bytes& out);
  void answer_auth(argument_list argv, bytes& out);
  void answer_config_get(argument_list argv, bytes& out);
  void answer_config_set(argument_list argv, bytes& out);
  void answer_hello(argument_list argv, bytes& out);
  void answer_ping(argument_list argv, bytes& out);
  void answer_reset(bytes& out);
  void answer_top(argument_list argv, bytes& out);
  void answer_select(argument_list argv, bytes& out);
  result<void> make_wait(argument_list argv, object::command& out) const;
  bool log_in(bytes_view name, bytes_view password, bytes& out);
  void fail(const error& why, bytes& out);
  void fail_line(bytes_view line, bytes& out);
  void write(const object::reply& r, bytes& out);
  void write_error(errc code, bytes_view message, bytes& out) const;

  // session_access.cpp: who the client is, what it may do, and ACL
  void answer_acl(const command_row& row, argument_list argv, bytes& out);
  void answer_acl_cat(argument_list argv, bytes& out);
  void answer_acl_dryrun(argument_list argv, bytes& out);
  void answer_acl_genpass(argument_list argv, bytes& out);
  void answer_acl_getuser(argument_list argv, bytes& out);

  // session_client.cpp: CLIENT
  void answer_client(const command_row& row, argument_list argv, instant now, bytes& out);
  void answer_client_kill(argument_list argv, bytes& out);
  void answer_client_list(argument_list argv, instant now, bytes& out);
  void answer_client_reply(argument_list argv, bytes& out);
  void answer_client_setinfo(argument_list argv, bytes& out);
  void kill_client(session& victim);

  // session_pubsub.cpp: SUBSCRIBE and its kin
  void answer_pubsub(const command_row& row, argument_list argv, bytes& out);
  void answer_subscribe(const command_row& row, argument_list names, bytes& out);
  void answer_unsubscribe(const command_row& row, argument_list names, bytes& out);
  void answer_channels(argument_list argv, bytes& out);
  void answer_numsub(argument_list names, bytes& out);
  void confirm(bytes_view kind, std::optional<bytes_view> name, bytes& out);
  void leave(bytes_view name, bool patterns);
  void pushed();
  void leave_channels();
  [[nodiscard]] bool may_listen_to(bytes_view name, bool pattern) const;
  [[nodiscard]] bool may_listen_on() const;
  [[nodiscard]] bool subscribed_mode() const {
    return subscribed_ != nullptr && protocol_ == protocol::resp2 && subscription_count() > 0;
  }

  session_context& shared_;
  resp_parser parser_;
  bytes output_;
  std::size_t sent_ = 0;              ///< bytes of output_ that are sent
  std::size_t answer_start_ = 0;      ///< where the answer being written to output_ begins
  slot_id oldest_ = 1;                ///< first request whose answer is not in output_
  slot_id next_ = 1;                  ///< of the next request
  std::vector<waiting_answer> ring_;  ///< by slot; its size is 0 or a power of two
  std::size_t encoded_ = 0;           ///< bytes in ring_
  request_mark lone_mark_;            ///< of the one pending request while ring_ is empty
  bool answer_failed_ = false;        ///< the answer being written is an error
  bool closing_ = false;
  bool killed_ = false;
  bool overflowed_ = false;
  bool tells_codes_ = false;
  bool stalled_ = false;       ///< `feed` stopped before the end of what it has
  bool waits_alone_ = false;   ///< the next request starts when nothing is pending
  user_ref user_;              ///< null: has to authenticate
  bool reads_copies_ = false;  ///< READONLY
  bytes last_written_;         ///< key of the last write, where replicas may be waited for
  bool unrestricted_ = false;  ///< nothing of what the user sends needs to be checked
  reply_mode mode_ = reply_mode::on;
  protocol protocol_ = protocol::resp2;

  session_id id_;
  endpoint peer_;
  endpoint local_;
  object::caller caller_;
  bytes name_;
  bytes library_name_;
  bytes library_version_;
  resolved_command last_command_;
  std::unique_ptr<subscriptions> subscribed_;
  instant created_;
  instant last_;
  std::uint64_t commands_ = 0;
};

}  // namespace comet::wire
