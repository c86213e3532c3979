#pragma once
// One connection to another node in CAF's multiplexer, and its session.
//
// An event handler of its own, as actors/connection: one shared read buffer, sends straight out of
// the session's output, write events only while the kernel's buffer is full. It reads no clock:
// what takes time is judged by `tick`, so its deadlines are as exact as the ticks are frequent.
//
// What a peer can cost is bounded: time without a hello, silence, bytes a second (then it is not
// read from for a while), and output that it does not take. Over `output_soft` new commands are
// refused with busy and the peer is not read from; when then nothing moves from one tick to the
// next, it is read from again up to `output_hard`, because it may itself be waiting for us to read.
// Publications have a bound of their own and stand in nobody's way.
//
// Life: from `start` to `close`; the object may go once it is `released()` (link_table::bury).

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/event_handler.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "actors/link_session.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/wire/endpoint.hpp"

namespace comet::actors {

class link;

struct link_limits {
  std::chrono::milliseconds dial_time_max{2'000};
  std::chrono::milliseconds hello_time_max{5'000};  ///< from the connection to the hello
  std::chrono::milliseconds ping_after{10'000};     ///< of silence
  std::chrono::milliseconds silence_max{30'000};
  std::chrono::milliseconds end_time_max{2'000};  ///< for an orderly end
  std::size_t output_soft = std::size_t{4} << 20U;
  std::size_t output_hard = std::size_t{16} << 20U;
  std::size_t publications_max = std::size_t{2} << 20U;  ///< bytes that are unsent: then none more
  std::int64_t received_bytes_per_second = std::int64_t{256} << 20U;
};

struct link_totals {
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t frames_sent = 0;
};

/// The link table as a link sees it.
class link_owner {
 public:
  /// One buffer for all; its content is dead after the read event.
  virtual std::span<char> read_buffer() = 0;
  /// The hellos are exchanged. Once, before any frame.
  virtual void came_up(link& one) = 0;
  virtual void frame_received(link& from, const wire::node_frame& frame) = 0;
  /// Requests are taken again, after one was refused.
  virtual void has_room(link& one) = 0;
  /// It has something to do: let it `go_on` at the end of the round.
  virtual void look_again(link& one) = 0;
  /// The socket is closing: forget the link, keep the object until it is released.
  virtual void closed(link& gone, const error& why) = 0;
  virtual void released(link& gone) = 0;

 protected:
  ~link_owner() = default;
};

/// What all links of a node share.
struct link_setting {
  link_owner& owner;
  const tls_identity& self;
  const link_greeting& greeting;
  const link_limits& limits;
  link_totals& totals;
};

/// Where a link leads and who began it.
struct link_route {
  link_session::role side = link_session::role::acceptor;
  wire::endpoint remote;
  std::optional<digest> expected;  ///< of a dialer
  std::uint64_t dial = 0;          ///< of a dialer: number of the dial, from 1
  bool only_looks = false;         ///< of a dialer: whether `expected` is there; never up
};

class link final : public caf::io::network::event_handler {
 public:
  /// Takes `fd`; a dialer's is as `begin_dial` gave it. Keeps a reference to what `setting` refers
  /// to.
  link(caf::io::network::default_multiplexer& loop, int fd, const link_setting& setting,
       link_route route, mono_time now, std::chrono::milliseconds uptime);

  void start();

  /// Appends a frame; it leaves at the end of the round. Errors: unavailable (the link is not up,
  /// or ends), busy (too much is unsent), too_large.
  template <class Message>
  result<void> send(std::uint64_t request, const Message& content) {
    if (auto room = check_room(Message::kind); !room) return room;
    auto sent = session_.send(request, content);
    if (sent) {
      ++setting_.totals.frames_sent;
      setting_.owner.look_again(*this);
    }
    return sent;
  }

  /// Delivers what waits, sends what there is to send and sets what the socket waits for.
  void go_on();
  /// Deadlines, pings and the allowance of received bytes.
  void tick(mono_time now);
  /// Reads nothing until `release`; what was received waits.
  void hold();
  void release();
  /// Sends what it has, says that it is the end, and closes when the peer has, too.
  void finish(mono_time now);
  /// The peer is about to `finish`; there is a deadline for it.
  void expect_end(mono_time now);
  void close(const error& why);

  [[nodiscard]] const link_session& session() const { return session_; }
  [[nodiscard]] const link_route& route() const { return route_; }
  [[nodiscard]] bool is_closed() const { return closed_; }
  [[nodiscard]] bool released() const { return closed_ && eventbf() == 0; }

  bool listed = false;      ///< has something to do in this round; kept for the owner
  bool superseded = false;  ///< another link to the peer took its place; kept for the owner

  void handle_event(caf::io::network::operation op) override;
  void removed_from_loop(caf::io::network::operation op) override;
  void graceful_shutdown() override;

 private:
  static constexpr int sends_max = 16;  ///< pieces of output, an event
  /// What a frame costs of the allowance beside its bytes, so that tiny ones are not free.
  static constexpr std::int64_t frame_cost = 256;

  void conclude_dial();
  void read();
  void receive(bytes_view received);
  void settle();
  bool take(const wire::node_frame& frame);
  bool send_output();
  void set_interest();
  void ask_for_writes(bool wanted);
  void judge_silence(mono_time now);
  void fail(const error& why);
  [[nodiscard]] bool wants_read() const;
  [[nodiscard]] result<void> check_room(wire::frame_kind kind);

  link_setting setting_;
  link_route route_;
  link_session session_;
  mono_time deadline_;  ///< of the dial, of the hello, or of an orderly end
  mono_time last_tick_;
  mono_time last_heard_;
  mono_time last_moved_;    ///< when the kernel last took output, or there was none
  std::int64_t allowance_;  ///< bytes that may be received
  bool dialing_ = false;
  bool announced_ = false;
  bool heard_ = false;    ///< since the last tick
  bool moved_ = false;    ///< likewise, for output
  bool relaxed_ = false;  ///< read up to output_hard
  bool pinged_ = false;   ///< and nothing was heard since
  bool refused_ = false;  ///< a request, for want of room
  bool held_ = false;
  bool ending_ = false;
  bool reading_ = false;  ///< read events are asked for
  bool writing_ = false;  ///< write events are asked for
  bool blocked_ = false;  ///< the kernel's buffer is full
  bool delivering_ = false;
  bool closed_ = false;
};

}  // namespace comet::actors
