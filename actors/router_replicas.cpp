// What replicas of ranges say to those of other nodes: nobody waits for it, and any of it may be
// lost.
#include <utility>

#include "actors/router.hpp"
#include "net/wire/replica_batch.hpp"
#include "net/wire/replica_codec.hpp"

namespace comet::actors {

void router::deliver(object::peer_delivery what) {
  const digest to = what.to.node;
  if (ending_ || is_over_) return;
  if (!links_.is_up(to)) {
    const auto known = members_.find(to);
    if (known != members_.end() && !awaited_.contains(to)) want_link(known->second.who);
    return;
  }
  const wire::lives between{what.from.life, what.to.life};
  wire::replica_batch batch{between, wire::frame_limits{}};
  const auto flush = [&] {
    if (batch.empty()) return;
    if (const auto sent = links_.send(to, 0, batch); !sent)
      log(severity::debug, "replicas have to say it again: " + sent.failure().message);
    batch.clear();
  };
  for (auto& item : what.items) {
    if (const auto* asked = std::get_if<object::replica::lease_request>(&item)) {
      static_cast<void>(links_.send(to, 0, wire::lease{between, *asked}));
    } else if (const auto* answered = std::get_if<object::replica::lease_answer>(&item)) {
      static_cast<void>(links_.send(to, 0, wire::lease_answer{between, *answered}));
    } else {
      auto& ranged = std::get<object::ranged_message>(item);
      has_spoken_ = has_spoken_ || !std::holds_alternative<object::replica::leading>(ranged.what);
      using fit = wire::replica_batch::fit;
      for (auto room = batch.append(ranged.range, ranged.what); room != fit::taken;
           room = batch.append(ranged.range, ranged.what)) {
        if (room == fit::too_large) {
          log(severity::error, "a value is too large to be replicated: lower `value-bytes-max`");
          break;
        }
        flush();
      }
    }
  }
  flush();
}

void router::take_delivery(const digest& from, const wire::node_frame& frame) {
  auto said = wire::decode<wire::replica_messages>(frame);
  if (!said) return drop_unreadable(from, "of replicas", said.failure());
  if (!counts(from, said->between.sender)) return;
  object::peer_delivery came{{from, said->between.sender}, {id_, said->between.receiver}, {}};
  for (auto& one : said->messages)
    came.items.emplace_back(object::ranged_message{one.range, std::move(one.what)});
  arrivals_.deliveries.push_back(std::move(came));
}

void router::take_lease(const digest& from, const wire::node_frame& frame) {
  const auto deliver_up = [&](const wire::lives& between, object::peer_item what) {
    if (!counts(from, between.sender)) return;
    object::peer_delivery came{{from, between.sender}, {id_, between.receiver}, {}};
    came.items.push_back(std::move(what));
    arrivals_.leases.push_back(std::move(came));
  };
  const auto take = [&](const auto& said) {
    if (!said) return drop_unreadable(from, "of leases", said.failure());
    deliver_up(said->between, said->what);
  };
  if (frame.kind == wire::frame_kind::lease) {
    take(wire::decode<wire::lease>(frame));
  } else {
    take(wire::decode<wire::lease_answer>(frame));
  }
}

}  // namespace comet::actors
