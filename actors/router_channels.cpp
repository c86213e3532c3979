// Publish and subscribe among nodes: what clients listen to, and messages for them. Which node is
// told and sent what, the reactor decides (net/wire/channel_directory).
#include <utility>

#include "actors/router.hpp"

namespace comet::actors {

void router::tell(const wire::listening_order& order) {
  const auto known = peers_.find(order.to);
  if (known == peers_.end() || ending_) return;
  const auto sent = links_.send(order.to, 0, *order.what);
  if (sent || sent.failure().code == errc::unavailable) return;
  known->second.untold = true;
  log(severity::debug, "what is listened to has to be told again: " + sent.failure().message);
}

/// What did not fit the link: the reactor tells the whole of it, as it does with a new link.
void router::tell_again() {
  for (auto& [id, facts] : peers_)
    if (std::exchange(facts.untold, false))
      arrivals_.channels.push_back({channel_news::kind::up, id, {}});
}

void router::publish_to(const publication_order& order) {
  for (const auto& peer : order.to)
    publish_to(peer, {order.channel, order.message});
}

void router::publish_to(const digest& peer, const wire::publication& what) {
  const auto sent = links_.send(peer, 0, what);
  if (sent) {
    ++account_.publications_sent;
    return;
  }
  ++account_.publications_dropped;
  if (sent.failure().code == errc::unavailable) return;  // its link just ended
  const auto known = peers_.find(peer);
  if (known == peers_.end() || std::exchange(known->second.misses_publications, true)) return;
  log(severity::warning,
      "the node " + shortened(to_hex(as_bytes(peer)), 12) +
          " misses messages of channels, as many as `comet_publications_dropped_total` counts: " +
          sent.failure().message);
}

void router::take_listening(const digest& from, const wire::node_frame& frame) {
  auto said = wire::decode<wire::listening>(frame);
  if (!said) return drop_unreadable(from, "of channels", said.failure());
  arrivals_.channels.push_back({channel_news::kind::said, from, std::move(*said)});
}

void router::take_publication(const digest& from, const wire::node_frame& frame) {
  const auto said = wire::decode<wire::publication>(frame);
  if (!said) return drop_unreadable(from, "in a channel", said.failure());
  ++account_.publications_arrived;
  arrivals_.publications.emplace_back(said->channel, said->message);
}

}  // namespace comet::actors
