#pragma once
// A client of one simulated node: its requests, their answers in order, what its subscriptions
// brought.
//
// It holds no connection: lab/node does, hands it the bytes that its session wrote and tells it of
// the end. Requests without an answer fail then. Owned by lab/world.

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "lab/heard_message.hpp"
#include "lab/resp_reader.hpp"
#include "lab/world_options.hpp"
#include "object/reply.hpp"

namespace comet::lab {

class client {
 public:
  client(client_id id, client_options options) : id_(id), options_(std::move(options)) {}

  [[nodiscard]] client_id id() const { return id_; }
  [[nodiscard]] const client_options& options() const { return options_; }
  [[nodiscard]] bool connected() const { return connected_; }

  /// A connection begins: the bytes to send first, by which it says who it is.
  bytes connect();
  /// The connection has ended.
  void disconnected(bytes_view why);

  /// The bytes to send; its answer goes to `asked`.
  bytes request(ticket asked, const std::vector<bytes>& words);
  /// What the node wrote.
  void take(bytes_view written);

  /// Null: `asked` has no answer yet, or is not one of this client's.
  [[nodiscard]] const object::reply* answer(ticket asked) const;
  [[nodiscard]] bool knows(ticket asked) const;
  /// It is answered so, whatever comes later.
  void give_up(ticket asked, object::reply content);
  void forget(ticket asked);
  std::vector<heard_message> messages() { return std::exchange(messages_, {}); }

 private:
  /// A request without an answer. 0: nobody wants to know.
  struct pending {
    ticket asked = 0;
    bool subscribes = false;
    std::size_t confirmations = 0;  ///< to come; of SUBSCRIBE and its like
    std::vector<object::reply> confirmed;
  };

  void take(object::reply content);
  void take_push(object::reply content);
  void answered(ticket asked, object::reply content);
  [[nodiscard]] std::size_t confirmations_of(const std::vector<bytes>& words) const;

  client_id id_;
  client_options options_;
  bool connected_ = false;
  resp_reader reader_;
  std::deque<pending> pending_;
  std::map<ticket, std::optional<object::reply>> answers_;
  std::vector<heard_message> messages_;
  std::size_t channels_ = 0;  ///< listened to, as it was confirmed
  std::size_t patterns_ = 0;
};

}  // namespace comet::lab
