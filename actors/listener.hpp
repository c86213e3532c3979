#pragma once
// A listening socket in CAF's multiplexer: accepts without blocking, a bounded number an event.
//
// When the process runs out of descriptors a level-triggered socket would report the same client
// for ever. So each listener keeps a descriptor in reserve: it is given up to accept that client
// and turn it away. Where even that does not help, accepting pauses until `resume`.

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/event_handler.hpp>
#include <memory>

#include "actors/options.hpp"
#include "base/result.hpp"
#include "net/wire/session.hpp"

namespace comet::actors {

/// A bound, listening socket that is in nobody's hands yet; closes what is not released.
class listening_socket {
 public:
  /// Fails with errc::config: what was wrong, for which address.
  static result<listening_socket> open(const listen_address& where);

  listening_socket(listening_socket&& other) noexcept;
  listening_socket& operator=(listening_socket&&) = delete;
  listening_socket(const listening_socket&) = delete;
  listening_socket& operator=(const listening_socket&) = delete;
  ~listening_socket();

  [[nodiscard]] const wire::endpoint& local() const { return local_; }
  int release();

 private:
  listening_socket(int fd, wire::endpoint local) : fd_(fd), local_(std::move(local)) {}

  int fd_;
  wire::endpoint local_;
};

/// Who gets the accepted sockets.
class acceptor {
 public:
  /// The non-blocking `fd` belongs to the callee.
  virtual void accepted(int fd, wire::endpoint peer) = 0;
  /// A client was turned away, or nobody can be accepted for now; `why` for the log.
  virtual void not_accepted(bytes_view why) = 0;

 protected:
  ~acceptor() = default;
};

class listener final : public caf::io::network::event_handler {
 public:
  /// Starts to accept at once.
  listener(caf::io::network::default_multiplexer& loop, listening_socket socket, acceptor& owner);
  ~listener() override;

  /// Goes on after a pause; cheap when there was none.
  void resume();
  /// Accepts no more. The socket closes with the object, which may go once `released()`.
  void stop();
  [[nodiscard]] bool released() const { return eventbf() == 0; }

  void handle_event(caf::io::network::operation op) override;
  void removed_from_loop(caf::io::network::operation op) override;
  void graceful_shutdown() override;

 private:
  static constexpr int accepts_max = 64;  ///< an event

  bool accept_one();
  bool turn_one_away();
  void pause(bytes_view why);

  acceptor& owner_;
  int reserve_ = -1;
  bool paused_ = false;
  bool stopped_ = false;
};

}  // namespace comet::actors
