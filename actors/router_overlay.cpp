// Requests of the overlay on their way, and their answers.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "actors/router.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

namespace {

wire::position to_wire(const overlay::coordinate& c) {
  return {c.x, c.y, c.height, c.error};
}

/// What does not fit a float is no coordinate; the overlay ignores those.
overlay::coordinate to_overlay(const wire::position& p) {
  return {static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(p.height),
          static_cast<float>(p.error)};
}

overlay::request to_overlay(const wire::ping&) {
  return overlay::ping{};
}
overlay::request to_overlay(const wire::announce&) {
  return overlay::announce{};
}
overlay::request to_overlay(const wire::leave&) {
  return overlay::leave{};
}
overlay::request to_overlay(const wire::find_node& asked) {
  return overlay::find_node{overlay::to_node_id(asked.target), asked.count};
}

wire::contacts to_wire(const overlay::reply& said) {
  wire::contacts out;
  out.where = to_wire(said.position);
  for (const auto& who : said.contacts) {
    const auto where = parse_endpoint(overlay::to_text(who.where));
    if (where) out.nodes.push_back({overlay::to_digest(who.id), {*where}, who.version});
  }
  return out;
}

overlay::reply to_overlay(const wire::contacts& said) {
  overlay::reply out{to_overlay(said.where), {}};
  for (const auto& one : said.nodes) {
    if (one.addresses.empty()) continue;
    const auto where = overlay::parse_address(one.addresses.front().text());
    if (where) out.contacts.push_back({overlay::to_node_id(one.id), *where, one.version});
  }
  return out;
}

bytes short_name(const digest& id) {
  return shortened(to_hex(as_bytes(id)), 12);
}

}  // namespace

/// Does what the overlay wants, and what it wants after what could not be done.
void router::apply(const overlay::effects& todo) {
  for (const auto& who : todo.gone)
    gone(overlay::to_digest(who.id));
  for (const auto& who : todo.arrived)
    arrived(who);
  for (const auto& done : todo.lookups) {
    ++account_.searches;
    account_.search_hops += done.outcome.hops;
    account_.search_requests += done.outcome.requests;
    account_.search_failures += done.outcome.failures;
    answer_lookup(done);
  }
  std::vector<overlay::request_id> failed;
  for (const auto& one : todo.requests) {
    const digest to = overlay::to_digest(one.to.id);
    if (links_.is_up(to)) {
      if (!send_request(one)) failed.push_back(one.number);
    } else {
      awaited_[to].requests.push_back(one);
      want_link(one.to);
    }
  }
  if (todo.joined) introduce("through nodes that it was told of");
  if (todo.join_failed) next_try_ = std::min(next_try_, now() + retry_min);
  on_failures(failed);
}

bool router::send_request(const overlay::outgoing& one) {
  const digest to = overlay::to_digest(one.to.id);
  const auto request = ++last_request_;
  const auto sent = std::visit(
      [&](const auto& what) {
        using kind = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<kind, overlay::ping>) {
          return links_.send(to, request, wire::ping{});
        } else if constexpr (std::is_same_v<kind, overlay::find_node>) {
          const auto most = std::min<std::size_t>(what.count, wire::contacts_max);
          return links_.send(
              to, request,
              wire::find_node{overlay::to_digest(what.target), static_cast<std::uint8_t>(most)});
        } else if constexpr (std::is_same_v<kind, overlay::announce>) {
          const auto uptime =
              std::chrono::duration_cast<std::chrono::milliseconds>(now() - started_);
          return links_.send(to, request, wire::announce{addresses_, uptime});
        } else {
          return links_.send(to, request, wire::leave{});
        }
      },
      one.what);
  if (!sent) return false;
  const auto at = now();
  asked_[request] = {one.number, to, at,
                     at + std::max<std::chrono::nanoseconds>(one.timeout, patience_min)};
  return true;
}

void router::on_failures(const std::vector<overlay::request_id>& failed) {
  for (const auto number : failed) {
    overlay::effects todo;
    overlay_.on_failure(number, now(), todo);
    apply(todo);
  }
}

void router::fail_requests(const digest& peer) {
  std::vector<overlay::request_id> failed;
  std::erase_if(asked_, [&](const auto& one) {
    if (one.second.peer != peer) return false;
    failed.push_back(one.second.number);
    return true;
  });
  std::ranges::sort(failed);
  on_failures(failed);
}

void router::expire_requests(mono_time now) {
  std::vector<overlay::request_id> failed;
  std::erase_if(asked_, [&](const auto& one) {
    if (one.second.deadline > now) return false;
    failed.push_back(one.second.number);
    return true;
  });
  account_.requests_timed_out += failed.size();
  std::ranges::sort(failed);
  on_failures(failed);
}

template <class Message>
void router::answer(const digest& to, std::uint64_t request, const Message& content) {
  // A peer that takes no answers gives its request up; there is nobody else to tell.
  if (auto sent = links_.send(to, request, content); !sent)
    log(severity::debug, "no answer to the node " + short_name(to) + ": " + sent.failure().message);
}

template <class Message>
void router::take_request(const digest& from, const wire::node_frame& frame) {
  const auto said = wire::decode<Message>(frame);
  if (!said) {
    answer(from, frame.request, wire::refusal{said.failure()});
    return;
  }
  const auto known = peers_.find(from);
  if (known == peers_.end()) return;
  const auto who = known->second.who;
  if constexpr (std::is_same_v<Message, wire::leave>)
    heard_of(from, wire::standing::leaves, life_of(from));
  overlay::effects todo;
  const auto reply = overlay_.on_request(who, to_overlay(*said), now(), todo);
  if constexpr (std::is_same_v<Message, wire::find_node>) {
    answer(from, frame.request, to_wire(reply));
  } else {
    answer(from, frame.request, wire::pong{to_wire(reply.position), setup_->clock().wall});
  }
  apply(todo);
}

template <class Message>
void router::take_reply(const digest& from, const wire::node_frame& frame) {
  const auto found = asked_.find(frame.request);
  if (found == asked_.end() || found->second.peer != from) return;  // late, or not asked for
  const auto request = found->second;
  asked_.erase(found);
  const auto said = wire::decode<Message>(frame);
  if (!said) return on_failures({request.number});
  overlay::effects todo;
  if constexpr (std::is_same_v<Message, wire::pong>) {
    judge_clock(from, request, *said);
    overlay_.on_reply(request.number, {to_overlay(said->where), {}}, now(), todo);
  } else {
    overlay_.on_reply(request.number, to_overlay(*said), now(), todo);
  }
  apply(todo);
}

template void router::take_request<wire::ping>(const digest&, const wire::node_frame&);
template void router::take_request<wire::find_node>(const digest&, const wire::node_frame&);
template void router::take_request<wire::announce>(const digest&, const wire::node_frame&);
template void router::take_request<wire::leave>(const digest&, const wire::node_frame&);
template void router::take_reply<wire::pong>(const digest&, const wire::node_frame&);
template void router::take_reply<wire::contacts>(const digest&, const wire::node_frame&);
template void router::answer(const digest&, std::uint64_t, const wire::reply&);
template void router::answer(const digest&, std::uint64_t, const wire::refusal&);
template void router::answer(const digest&, std::uint64_t, const wire::present&);
template void router::answer(const digest&, std::uint64_t, const wire::probed&);

/// Timers and expiries move between nodes, so they have to agree about the time.
void router::judge_clock(const digest& peer, const asked& request, const wire::pong& said) {
  const auto known = peers_.find(peer);
  if (!said.clock || known == peers_.end()) return;
  const auto read = setup_->clock();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(read.mono - request.sent);
  const auto apart = *said.clock + took / 2 - read.wall;
  auto& doubted = known->second.clock_doubted;
  known->second.clock_apart = std::chrono::abs(apart) > clock_error_max + took / 2;
  if (!known->second.clock_apart) return;
  if (doubted && read.mono - *doubted < std::chrono::hours{1}) return;
  doubted = read.mono;
  log(severity::warning, "the clock of the node " + short_name(peer) + " at " +
                             overlay::to_text(known->second.who.where) + " is " +
                             std::to_string(std::chrono::abs(apart).count()) + " ms " +
                             (apart.count() > 0 ? "ahead" : "behind") +
                             "; timers and expiries will be off by as much: let both follow NTP");
}

}  // namespace comet::actors
