#pragma once
// A client of the node in its own process: what comes by HTTP asks the node through it.
//
// It holds one end of a pair of sockets; the other is an ordinary connection of the reactor, with
// an ordinary session. So rights, limits, figures, CLIENT LIST and an orderly stop hold for it as
// for every client. Errors come with their code, which RESP alone does not tell. For one thread at
// a time, which it blocks; never one of the node's actors. Made by node_system::connect.

#include <array>
#include <chrono>
#include <memory>
#include <span>

#include "actors/descriptor.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/wire/reply_reader.hpp"
#include "object/reply.hpp"

namespace comet::actors {

class local_client {
 public:
  /// A connected stream.
  explicit local_client(descriptor socket);
  local_client(const local_client&) = delete;
  local_client& operator=(const local_client&) = delete;

  /// Sends one request and waits for its answer. What the node refuses is a reply that failed. An
  /// error ends the connection: unavailable (the node closed it before it answered), uncertain (no
  /// answer in time), too_large (the reply).
  result<object::reply> ask(std::span<const bytes> words, std::chrono::milliseconds patience);

  /// The node has not closed it, as far as can be seen without asking.
  [[nodiscard]] bool is_open() const;

 private:
  static constexpr std::size_t reply_bytes_max = std::size_t{16} << 20U;

  result<void> send(bytes_view request);
  result<bytes_view> receive();
  result<void> wait_for(short events) const;

  descriptor socket_;
  mono_time deadline_{};
  std::chrono::milliseconds patience_{0};
  std::size_t received_ = 0;  ///< bytes of this reply
  std::array<char, 65'536> buffer_{};
  wire::reply_reader reader_{[this] { return receive(); }};
};

/// An error reply, whose text begins with the name of a code or with a prefix of RESP, gets the
/// code and keeps what is said.
object::reply with_code(object::reply failure);

}  // namespace comet::actors
