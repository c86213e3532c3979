// Commands of this node's shard for others, and commands of others for this node's shard.
#include <algorithm>
#include <utility>

#include "actors/router.hpp"

namespace comet::actors {

namespace {

constexpr std::size_t lookup_results_max = 20;

wire::forward to_frame(const object::forward_order& order) {
  wire::forward f;
  f.what = order.what->get();
  f.hops_left = order.hops_left;
  f.again = order.again;
  f.origin = order.name.origin;
  f.number = order.name.number;
  f.caller = {order.from.ip, order.from.port};
  f.user = order.from.user;
  f.caller_key = order.from.key;
  if (const auto raw = from_hex(order.from.node); raw && raw->size() == sizeof(digest))
    f.entry = digest_from(*raw);
  f.chain.assign(order.chain.begin(), order.chain.end());
  return f;
}

object::arrived_command to_command(const wire::forward& f) {
  object::arrived_command c;
  c.what = std::make_shared<const object::owned_command>(f.what);
  c.from.ip = f.caller.ip;
  c.from.port = f.caller.port;
  c.from.user = f.user;
  c.from.key = f.caller_key;
  if (f.entry) c.from.node = to_hex(as_bytes(*f.entry));
  c.chain.assign(f.chain.begin(), f.chain.end());
  c.hops_left = f.hops_left;
  c.again = f.again;
  c.name = {f.origin, f.number};
  return c;
}

}  // namespace

void router::forward(object::forward_order order) {
  const digest to = order.to;
  if (ending_) {
    arrivals_.outcomes.push_back(
        {order.number, object::reply::failure(errc::unavailable, "this node stops"), {}});
    return;
  }
  if (to == id_) {
    look_up(order);
    return;
  }
  forwarding_.add(std::move(order), now(), arrivals_.outcomes);
  send_waiting(to);
}

/// op::lookup; the router answers it.
void router::look_up(const object::forward_order& order) {
  const auto& c = order.what->get();
  COMET_CHECK(c.what == object::op::lookup);
  overlay::lookup_options how;
  how.results = c.number <= 0 ? lookup_results_max
                              : std::min(static_cast<std::size_t>(c.number), lookup_results_max);
  overlay::effects todo;
  const auto begun = overlay_.find(overlay::id_of_key(c.key), how, now(), todo);
  if (begun) {
    lookups_.emplace(*begun, order.number);
  } else {
    arrivals_.outcomes.push_back({order.number, object::reply::failure(begun.failure()), {}});
  }
  apply(todo);
}

void router::answer_lookup(const overlay::finished_lookup& done) {
  const auto found = lookups_.find(done.number);
  if (found == lookups_.end()) return;
  ++account_.lookups;
  std::vector<object::reply> nodes;
  for (const auto& who : done.outcome.nearest) {
    nodes.push_back(object::reply::map(
        {object::reply::bulk("id"), object::reply::bulk(overlay::to_hex(who.id)),
         object::reply::bulk("address"), object::reply::bulk(overlay::to_text(who.where))}));
  }
  arrivals_.outcomes.push_back({found->second, object::reply::list(std::move(nodes)), id_});
  lookups_.erase(found);
  round_wanted();
}

/// As much as the link takes; dials when there is none.
void router::send_waiting(const digest& peer) {
  while (const auto* order = forwarding_.next(peer)) {
    if (!links_.is_up(peer)) {
      const auto known = members_.find(peer);
      if (known != members_.end()) {
        if (!awaited_.contains(peer)) want_link(known->second.who);
      } else {
        forwarding_.unreachable(peer, {errc::unavailable, "it is not in the network any more"},
                                arrivals_.outcomes);
      }
      return;
    }
    const auto request = ++last_request_;
    const auto left = links_.send(peer, request, to_frame(*order));
    if (left) {
      ++account_.forwarded;
      forwarding_.sent(peer, request);
    } else if (left.failure().code == errc::too_large) {
      forwarding_.refuse(peer, left.failure(), arrivals_.outcomes);
    } else {
      return;  // busy: until it has room; or the link ends, and its end is told
    }
  }
}

void router::take_command(const digest& from, const wire::node_frame& frame) {
  const auto known = peers_.find(from);
  if (known == peers_.end() || ending_) return;
  const auto said = wire::decode<wire::forward>(frame);
  if (!said) {
    answer(from, frame.request, wire::refusal{said.failure()});
    return;
  }
  auto& facts = known->second;
  if (facts.arrived >= arrived_max || facts.arrived_bytes >= arrived_bytes_max) {
    answer(from, frame.request,
           wire::refusal{{errc::busy,
                          "the node has too many commands of yours to do already; try "
                          "again later"}});
    return;
  }
  ++facts.arrived;
  facts.arrived_bytes += frame.body.size();
  ++account_.arrived;
  const auto number = ++last_arrived_;
  arrived_commands_.emplace(number, arrived_from{from, frame.request, frame.body.size()});
  auto command = to_command(*said);
  command.number = number;
  arrivals_.commands.push_back(std::move(command));
}

void router::answer_command(object::node_answer done) {
  const auto found = arrived_commands_.find(done.number);
  if (found == arrived_commands_.end()) return;  // who asked is gone
  const auto [to, request, size] = found->second;
  arrived_commands_.erase(found);
  if (const auto known = peers_.find(to); known != peers_.end()) {
    --known->second.arrived;
    known->second.arrived_bytes -= size;
  }
  auto sent = links_.send(
      to, request, wire::reply{std::move(done.content), done.holder, std::move(done.copies)});
  if (sent) return;
  if (sent.failure().code == errc::too_large) {
    answer(to, request,
           wire::reply{object::reply::failure(errc::too_large,
                                              "it is done, but its answer is too large to be sent "
                                              "from one node to another"),
                       done.holder,
                       {}});
  } else {
    log(severity::debug, "an answer cannot be sent: " + sent.failure().message);
  }
}

/// A reply, or the refusal of any request.
void router::take_answer(const digest& from, const wire::node_frame& frame) {
  if (frame.kind == wire::frame_kind::error) {
    const auto refused = wire::decode<wire::refusal>(frame);
    const error why = refused ? refused->why : refused.failure();
    if (const auto request = asked_.find(frame.request);
        request != asked_.end() && request->second.peer == from) {
      const auto number = request->second.number;
      asked_.erase(request);
      on_failures({number});
      return;
    }
    forwarding_.answered(from, frame.request, object::reply::failure(why), {}, arrivals_.outcomes);
    return;
  }
  auto said = wire::decode<wire::reply>(frame);
  if (!said) {
    const bytes what = "it is done, but its answer cannot be read: " + said.failure().message;
    forwarding_.answered(from, frame.request, object::reply::failure(errc::uncertain, what), {},
                         arrivals_.outcomes);
    return;
  }
  forwarding_.answered(from, frame.request, std::move(said->content), said->holder,
                       arrivals_.outcomes, std::move(said->copies));
}

}  // namespace comet::actors
