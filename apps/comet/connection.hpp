#pragma once
// One connection of the command line to a node: a request, its answer, in turn. Blocking.
//
// The sole includer of hiredis is connection.cpp. Errors are `unavailable`: nobody listens, the
// connection broke, or no answer came in time.

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"
#include "runtime/value.hpp"

namespace comet::client {

struct credentials {
  bytes user = "default";
  bytes password;
};

struct connection_patience {
  std::chrono::milliseconds to_connect{5'000};
  std::chrono::milliseconds to_answer{30'000};
};

class connection {
 public:
  /// Connects, says who asks and asks for RESP3; a server that has only RESP2 is fine too. Errors
  /// besides: no_auth, when the node does not take the password.
  static result<connection> open(const runtime::address& node,
                                 const std::optional<credentials>& who = {},
                                 const connection_patience& patience = {});

  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();

  /// An error that the node answers is a reply (`failed()`), not a failure.
  result<object::reply> ask(const std::vector<bytes>& words);

  /// The two halves of `ask`, for who does something else meanwhile: as many answers are received
  /// as requests were sent, in their order.
  result<void> send(const std::vector<bytes>& words);
  result<object::reply> receive();
  /// Waits for the begin of an answer, or for the end of the connection.
  [[nodiscard]] bool answers_within(std::chrono::milliseconds time) const;

 private:
  struct parts;
  explicit connection(std::unique_ptr<parts> content);

  std::unique_ptr<parts> parts_;
};

}  // namespace comet::client
