#pragma once
// One RESP client's socket in CAF's multiplexer, and its session.
//
// An own event handler instead of CAF's scribe, which zeroes a buffer of its own for each read and
// changes its epoll interest for each answer: all connections read into one shared buffer, send
// directly out of the session's output, and ask for write events only while the kernel's buffer is
// full. A client that does not read what it asked for is not read from either.
//
// Life: in the loop from `start` to `close`; the object may go once it is `released()` and no event
// of the same poll is left (connection_table::bury). Descriptor and Nagle flags are set by
// event_handler, which also closes the socket.

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/event_handler.hpp>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "net/wire/session.hpp"

namespace comet::actors {

class connection;

/// The reactor as a connection sees it.
class connection_owner {
 public:
  /// One buffer for all; its content is dead after the read event.
  virtual std::span<char> read_buffer() = 0;
  /// `session.feed(input, now)`, with the session known to be the one that is fed.
  virtual void feed(connection& to, bytes_view input) = 0;
  /// The node stops: nothing is read or run any more.
  [[nodiscard]] virtual bool draining() const = 0;
  /// There is more to do than one event may take: `settle` it in the next round.
  virtual void look_again(connection& at) = 0;
  /// The socket is closing: forget the session, keep the object until it is released.
  virtual void closed(connection& gone) = 0;
  /// The multiplexer has let go of a closed connection: it may be buried, after this call.
  virtual void released(connection& gone) = 0;

 protected:
  ~connection_owner() = default;
};

class connection final : public caf::io::network::event_handler {
 public:
  /// Takes `fd`.
  connection(caf::io::network::default_multiplexer& loop, int fd, connection_owner& owner,
             wire::session_id id, wire::endpoint peer, const instant& now,
             wire::session_context& shared);

  void start();

  /// Sends what there is to send, runs what can run now, and sets what the socket waits for; closes
  /// the connection when its time has come. Call after anything changed in the session.
  void settle();
  void close();

  [[nodiscard]] wire::session& client() { return session_; }
  [[nodiscard]] const wire::session& client() const { return session_; }
  /// Nothing is pending and nothing is left to send.
  [[nodiscard]] bool quiet() const;
  [[nodiscard]] bool is_closed() const { return closed_; }
  [[nodiscard]] bool released() const { return closed_ && eventbf() == 0; }

  /// What the shard knows this connection by; given by connection_table.
  [[nodiscard]] std::uint64_t handle() const { return handle_; }
  void set_handle(std::uint64_t handle) { handle_ = handle; }
  /// Is it on the list of those to settle at the end of the round? Kept for the owner.
  bool listed = false;

  void handle_event(caf::io::network::operation op) override;
  void removed_from_loop(caf::io::network::operation op) override;
  void graceful_shutdown() override;

 private:
  static constexpr int resumptions_max = 8;  ///< of kept requests, an event

  void read();
  bool send();
  void set_interest();

  connection_owner& owner_;
  wire::session session_;
  std::uint64_t handle_ = 0;
  bool reading_ = false;    ///< read events are asked for
  bool blocked_ = false;    ///< the kernel's buffer is full; write events are asked for
  bool peer_done_ = false;  ///< it sent FIN: it may still read answers
  bool settling_ = false;
  bool closed_ = false;
};

}  // namespace comet::actors
