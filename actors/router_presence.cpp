// How this node stands to the others, and they to it.
//
// A node that comes tells every node that it knows, and every node that those know, that it
// arrives; it stays, and holds keys, once each of them has answered or cannot. Of two that come at
// the same time the later one is told of the earlier by a node that both know. News travel on the
// link between the two nodes, in order with their commands.
#include <algorithm>
#include <utility>

#include "actors/router.hpp"

namespace comet::actors {

namespace {

constexpr std::size_t neighbours_told = 20;

}  // namespace

void router::stand(wire::standing as) {
  stands_ = as;
  std::vector<overlay::contact> all;
  for (const auto& [id, one] : members_)
    all.push_back(one.who);
  for (const auto& who : all)
    tell_presence(who);
}

void router::tell_presence(const overlay::contact& to) {
  const digest id = overlay::to_digest(to.id);
  if (id == id_ || ending_) return;
  auto& one = telling_[id];
  one = {to, 0, {}, 0};
  send_presence(id, one);
}

void router::send_presence(const digest& id, told& one) {
  one.deadline = now() + presence_time_max;
  one.request = 0;
  ++one.tries;
  if (!links_.is_up(id)) {
    if (!awaited_.contains(id)) want_link(one.who);
    return;
  }
  const auto request = ++last_request_;
  if (auto sent =
          links_.send(id, request, wire::presence{stands_, setup_->life, age_, over_of(id)});
      sent)
    one.request = request;
}

/// It cannot be told now: nobody can take it for a place where something is.
void router::presence_failed(const digest& id) {
  if (telling_.erase(id) > 0) end_introduction();
}

void router::expire_presence(mono_time now) {
  std::vector<digest> late;
  for (const auto& [id, one] : telling_)
    if (one.deadline <= now) late.push_back(id);
  for (const auto& id : late) {
    const auto found = telling_.find(id);
    if (found == telling_.end()) continue;
    if (found->second.tries >= presence_tries_max) {
      presence_failed(id);
    } else {
      send_presence(id, found->second);
    }
  }
}

void router::heard_of(const digest& id, wire::standing stands, std::uint64_t life) {
  const auto facts = peers_.find(id);
  if (facts == peers_.end()) return;
  auto& one = members_[id];
  if (one.who.id != facts->second.who.id || one.stands != stands || one.run != facts->second.run ||
      one.life != life)
    map_changed_ = true;
  one.who = facts->second.who;
  one.is_elder = facts->second.is_elder;
  one.run = facts->second.run;
  one.stands = stands;
  one.life = life;
}

std::uint64_t router::life_of(const digest& id) const {
  const auto known = members_.find(id);
  return known == members_.end() ? 0 : known->second.life;
}

void router::take_presence(const digest& from, const wire::node_frame& frame) {
  const auto said = wire::decode<wire::presence>(frame);
  if (!said) {
    answer(from, frame.request, wire::refusal{said.failure()});
    return;
  }
  heard_of(from, said->sender, judge(from, said->life, said->age));
  told_that_over(from, said->over);
  // Before the answer: who is told knows that the shard decides by it already.
  if (map_changed_) publish();
  wire::present mine{stands_, {}, setup_->life, age_, over_of(from)};
  std::vector<const member*> near;
  const auto asker = overlay::to_node_id(from);
  for (const auto& [id, one] : members_)
    if (id != from) near.push_back(&one);  // those that leave have keys, too
  std::ranges::sort(near, [&](const member* a, const member* b) {
    return overlay::is_nearer(asker, a->who.id, b->who.id);
  });
  if (near.size() > neighbours_told) near.resize(neighbours_told);
  for (const auto* one : near)
    if (const auto where = parse_endpoint(overlay::to_text(one->who.where)))
      mine.nodes.push_back({overlay::to_digest(one->who.id), {*where}, one->who.version});
  answer(from, frame.request, mine);
}

void router::take_present(const digest& from, const wire::node_frame& frame) {
  const auto asked = telling_.find(from);
  if (asked == telling_.end() || asked->second.request != frame.request) return;
  const auto said = wire::decode<wire::present>(frame);
  if (!said) return presence_failed(from);
  const auto was_over = over_of(from);
  heard_of(from, said->answerer, judge(from, said->life, said->age));
  told_that_over(from, said->over);
  if (introducing_) {
    for (const auto& one : said->nodes) {
      if (one.id == id_ || one.addresses.empty() || members_.contains(one.id) ||
          telling_.contains(one.id))
        continue;
      if (const auto where = overlay::parse_address(one.addresses.front().text()))
        tell_presence({overlay::to_node_id(one.id), *where, one.version});
    }
  }
  const auto to = asked->second.who;
  telling_.erase(from);
  if (over_of(from) != was_over) tell_presence(to);
  end_introduction();
}

/// The overlay has found this node's neighbours.
void router::introduce(const bytes& how) {
  if (joined_ || introducing_) return;
  introducing_ = how;
  stand(wire::standing::arrives);
  end_introduction();
}

void router::end_introduction() {
  if (introducing_ && telling_.empty() && !self_leaves_ && !is_over_)
    joined_now(bytes{*introducing_});
}

}  // namespace comet::actors
