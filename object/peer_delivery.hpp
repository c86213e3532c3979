#pragma once
// What the replicas of two nodes say to each other, as shard and router exchange it.
//
// One delivery a poll round and peer. Unlike commands these are not answered one by one: any may be
// lost, and what has to be known is asked again (object/replica/message.hpp).

#include <utility>
#include <variant>
#include <vector>

#include "object/replica/lease_book.hpp"
#include "object/replica/message.hpp"

namespace comet::object {

struct ranged_message {
  replica::range_id range = 0;
  replica::message what;
};

using peer_item = std::variant<ranged_message, replica::lease_request, replica::lease_answer>;

struct peer_delivery {
  replica::member from;
  replica::member to;
  std::vector<peer_item> items;
};

}  // namespace comet::object
