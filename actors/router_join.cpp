// The way into the network: whom to dial until somebody answers, and what to say meanwhile.
#include <algorithm>
#include <utility>

#include "actors/router.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

namespace {

constexpr std::size_t complaints_max = 256;
constexpr std::size_t reason_bytes_max = 500;

bytes text_of(const listen_address& where) {
  return wire::endpoint{where.host, where.port}.text();
}

bytes advice_for(errc code) {
  switch (code) {
    case errc::no_auth:
    case errc::conflict: return {};  // the message has it
    case errc::incompatible: return "; run the same version of comet on both";
    case errc::protocol: return "; is that the port for nodes, and no other service's?";
    default: return "; is the node started, and can it be reached from here?";
  }
}

}  // namespace

bool router::is_new_complaint(const bytes& what) {
  return complaints_.size() < complaints_max && complaints_.insert(what).second;
}

void router::begin_join() {
  for (const auto& where : setup_->join) {
    join_target one;
    one.text = text_of(where);
    if (const auto literal = parse_endpoint(one.text)) {
      one.addresses = {*literal};
    } else {
      one.to_resolve = where;
    }
    targets_.push_back(std::move(one));
  }
  for (const auto& [id, where] : setup_->remembered)
    if (id != id_) targets_.push_back({where.text(), {}, {where}, id, false, {}});
  reason_ = "no node of the network has answered yet";
  if (targets_.empty()) {
    joined_now("as its first node");
  } else {
    try_join(now());
  }
}

void router::try_join(mono_time now) {
  retry_pause_ = std::clamp(retry_pause_ * 2, retry_min, retry_max);
  next_try_ = now + (joined_ ? std::chrono::milliseconds{alone_retry} : retry_pause_);
  resolve_order names;
  for (const auto& one : targets_) {
    if (one.is_self) continue;
    if (one.to_resolve) names.names.push_back(*one.to_resolve);
    dial_target(one);
  }
  if (!names.names.empty() && setup_->resolver) self_->send(setup_->resolver, std::move(names));
  std::vector<digest> up;
  for (const auto& [id, facts] : peers_)
    if (links_.is_up(id)) up.push_back(id);
  std::ranges::sort(up);
  for (const auto& id : up)
    join_through(id);
}

void router::dial_target(const join_target& one) {
  for (const auto& where : one.addresses)
    if (auto begun = links_.dial(where, one.id); !begun) join_failed(where, begun.failure());
}

void router::names_known(const names_resolved& found) {
  if (ending_ || (joined_ && !members_.empty())) return;
  for (const auto& one : found.names) {
    const auto text = text_of(one.name);
    for (auto& target : targets_) {
      if (!target.to_resolve || target.text != text || target.is_self) continue;
      if (one.failure) {
        target.failure = one.failure->message;
        if (is_new_complaint(text + target.failure))
          log(severity::warning, "cannot join through " + text + ": " + target.failure);
        explain();
        continue;
      }
      target.addresses = one.addresses;
      dial_target(target);
    }
  }
  round_wanted();
}

/// A link is up. One is enough; more of them make sure when the first knows nobody.
void router::join_through(const digest& id) {
  if (ending_ || self_leaves_ || (joined_ && overlay_.table().size() > 0)) return;
  if (joined_ && targets_.empty()) return;  // the first node: others join through it
  const auto known = peers_.find(id);
  if (known == peers_.end()) return;
  overlay::effects todo;
  overlay_.join(known->second.who, now(), todo);
  apply(todo);
}

bool router::join_failed(const wire::endpoint& where, const error& why) {
  bool is_target = false;
  for (auto& one : targets_) {
    if (std::ranges::find(one.addresses, where) == one.addresses.end()) continue;
    is_target = true;
    if (why.code == errc::cycle) {
      one.is_self = true;
      log(severity::debug, "the address " + one.text + " to join through is this node's own");
      continue;
    }
    one.failure = why.message;
    const auto how = why.code == errc::conflict ? severity::error
                     : joined_                  ? severity::debug
                                                : severity::warning;
    if (is_new_complaint(one.text + why.message))
      log(how, "cannot join through " + one.text + ": " + why.message + advice_for(why.code));
  }
  explain();
  return is_target;
}

/// Draws up why it has not joined.
void router::explain() {
  if (joined_) return;
  bytes text;
  for (const auto& one : targets_) {
    if (one.is_self || one.failure.empty()) continue;
    text += (text.empty() ? "" : "; ") + one.text + ": " + one.failure;
  }
  if (text.empty()) return;
  text = "no node of the network has let this node in: " + shortened(text, reason_bytes_max);
  if (text == reason_) return;
  reason_ = std::move(text);
  map_changed_ = true;
  round_wanted();
}

void router::joined_now(const bytes& how) {
  if (std::exchange(joined_, true)) return;
  introducing_.reset();
  probe_due_ = now() + probe_first;
  stand(wire::standing::stays);
  const auto others = members_.size();
  log(severity::info, "the node has joined its network " + how + "; it knows " +
                          std::to_string(others) + (others == 1 ? " other node" : " other nodes"));
  map_changed_ = true;
  round_wanted();
}

void router::look_after_join(mono_time now) {
  if (self_leaves_) return;
  if (!joined_) {
    // Nobody but itself was named: then it is the first. Memory is a hint, and given up soon.
    const bool is_named = std::ranges::any_of(
        targets_, [](const join_target& one) { return !one.id && !one.is_self; });
    const bool hopes =
        std::ranges::any_of(targets_, [](const join_target& one) { return one.id.has_value(); });
    if (!is_named && (!hopes || now - started_ >= remembered_time_max)) {
      joined_now(hopes ? "as its first node, because none of those that it remembers answers"
                       : "as its first node");
      return;
    }
  }
  const bool alone = !joined_ || (members_.empty() && !targets_.empty());
  if (alone && now >= next_try_) try_join(now);
}

}  // namespace comet::actors
