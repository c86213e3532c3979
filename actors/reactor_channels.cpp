// Publish and subscribe: messages go to subscribers of this node at once, and at the end of the
// round to the nodes that listen. What comes from other nodes goes no further.
#include <utility>

#include "actors/reactor.hpp"

namespace comet::actors {

std::int64_t reactor::publish(bytes_view channel, bytes_view message) {
  send_to_listeners(channel, message);
  return channels_.publish(channel, message);
}

void reactor::deliver_publications() {
  const auto publications = std::exchange(shard_.effects().publications, {});
  for (const auto& [channel, message] : publications)
    publish(channel, message);
}

void reactor::send_to_listeners(bytes_view channel, bytes_view message) {
  auto listeners = directory_.listeners_of(channel);
  if (listeners.empty()) return;
  publications_.push_back({std::move(listeners), bytes{channel}, bytes{message}});
  request_round();
}

void reactor::take_channel_news(const std::vector<channel_news>& news) {
  for (const auto& one : news) {
    switch (one.what) {
      case channel_news::kind::up: directory_.link_up(one.peer); break;
      case channel_news::kind::down: directory_.link_down(one.peer); break;
      case channel_news::kind::said: directory_.heard(one.peer, one.listens); break;
    }
  }
}

}  // namespace comet::actors
