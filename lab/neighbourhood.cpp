#include "lab/neighbourhood.hpp"

#include <algorithm>
#include <utility>

namespace comet::lab {

namespace {

constexpr std::chrono::milliseconds patience_min{500};
constexpr std::chrono::seconds dial_time_max{2};
constexpr std::chrono::milliseconds presence_time_max{2'000};
constexpr int presence_tries_max = 3;
constexpr std::size_t neighbours_told = 20;
constexpr std::size_t lookup_results_max = 20;
constexpr std::chrono::seconds remembered_time_max{5};
constexpr std::chrono::seconds join_pause{1};
constexpr std::chrono::seconds round_trips_pause{5};

overlay::node_options overlay_options() {
  overlay::node_options options;
  options.table.exempt = overlay::caps_exemption::private_networks;
  return options;
}

}  // namespace

neighbourhood::neighbourhood(neighbourhood_options options, neighbourhood_host& host,
                             mono_time started)
    : options_(options),
      host_(host),
      id_(overlay::to_digest(options.self.id)),
      started_(started),
      overlay_(options.self, overlay_options(), options.seed) {}

void neighbourhood::start(mono_time now) {
  draw(now);
  look_after_join(now);
  draw_if_changed(now);
}

void neighbourhood::leave(mono_time now) {
  if (std::exchange(self_leaves_, true)) return;
  stand(standing::leaves, now);
  overlay::effects todo;
  overlay_.depart(now, todo);
  apply(todo, now);
  draw(now);
}

// ---- links ----

void neighbourhood::link_up(const digest& peer, const greeting& said, mono_time now) {
  auto& facts = peers_[peer];
  facts.who = said.who;
  if (facts.run != said.run) facts.life = 0;
  facts.run = said.run;
  const bool together = said.began < started_ + std::chrono::seconds{1} &&
                        started_ < said.began + std::chrono::seconds{1};
  facts.is_elder = together ? peer < id_ : said.began < started_;
  if (const auto known = members_.find(peer); known != members_.end()) {
    auto& one = known->second;
    map_changed_ = map_changed_ || one.is_elder != facts.is_elder || one.run != facts.run;
    one.is_elder = facts.is_elder;
    one.run = facts.run;
  }
  std::vector<std::uint64_t> waiting;
  for (const auto& [request, one] : asked_)
    if (one.peer == peer && !one.sent) waiting.push_back(request);
  for (const auto request : waiting) {
    const auto one = asked_.extract(request);
    send_request(one.mapped().what, now);
  }
  if (members_.contains(peer) || telling_.contains(peer)) tell_presence(facts.who, now);
  join_through(peer, now);
  draw_if_changed(now);
}

void neighbourhood::link_down(const digest& peer, mono_time now) {
  peers_.erase(peer);
  const auto known = members_.find(peer);
  const bool stays_away =
      known != members_.end() && (known->second.stands == standing::leaves || self_leaves_ ||
                                  overlay_.table().find(known->second.who.id) == nullptr);
  if (stays_away) gone(peer);
  presence_failed(peer, now);
  std::vector<std::uint64_t> failed;
  for (const auto& [request, one] : asked_)
    if (one.peer == peer) failed.push_back(request);
  fail(failed, now);
  if (!self_leaves_) {
    overlay::effects todo;
    overlay_.doubt(overlay::to_node_id(peer), now, todo);
    apply(todo, now);
  }
  draw_if_changed(now);
}

// ---- the overlay ----

/// Does what the overlay wants, and what it wants after what could not be done.
void neighbourhood::apply(const overlay::effects& todo, mono_time now) {
  for (const auto& who : todo.gone)
    gone(overlay::to_digest(who.id));
  for (const auto& who : todo.arrived)
    arrived(who, now);
  for (const auto& done : todo.lookups) {
    const auto found = lookups_.find(done.number);
    if (found == lookups_.end()) continue;
    std::vector<object::reply> nodes;
    for (const auto& who : done.outcome.nearest)
      nodes.push_back(object::reply::map(
          {object::reply::bulk("id"), object::reply::bulk(overlay::to_hex(who.id)),
           object::reply::bulk("address"), object::reply::bulk(overlay::to_text(who.where))}));
    const auto number = found->second;
    lookups_.erase(found);
    host_.lookup_ended({number, object::reply::list(std::move(nodes)), id_});
  }
  for (const auto& one : todo.requests)
    send_request(one, now);
  if (todo.joined && !joined_ && !introducing_) {
    introducing_ = true;
    stand(standing::arrives, now);
    end_introduction(now);
  }
}

void neighbourhood::send_request(const overlay::outgoing& one, mono_time now) {
  const auto request = ++last_request_;
  const digest to = overlay::to_digest(one.to.id);
  const bool sent = peers_.contains(to) && host_.send(to, overlay_request{request, one.what});
  const auto patience = sent ? std::max<std::chrono::nanoseconds>(one.timeout, patience_min)
                             : std::chrono::nanoseconds{dial_time_max};
  asked_.emplace(request, asked{one, to, sent, now + patience});
}

void neighbourhood::fail(const std::vector<std::uint64_t>& requests, mono_time now) {
  for (const auto request : requests) {
    const auto found = asked_.find(request);
    if (found == asked_.end()) continue;
    const auto number = found->second.what.number;
    asked_.erase(found);
    overlay::effects todo;
    overlay_.on_failure(number, now, todo);
    apply(todo, now);
  }
}

void neighbourhood::receive(const digest& from, const overlay_request& said, mono_time now) {
  const auto known = peers_.find(from);
  if (known == peers_.end()) return;
  if (std::holds_alternative<overlay::leave>(said.what))
    heard_of(from, standing::leaves, known->second.life);
  overlay::effects todo;
  auto answer = overlay_.on_request(known->second.who, said.what, now, todo);
  static_cast<void>(host_.send(from, overlay_reply{said.request, std::move(answer)}));
  apply(todo, now);
  draw_if_changed(now);
}

void neighbourhood::receive(const digest& from, const overlay_reply& said, mono_time now) {
  const auto found = asked_.find(said.request);
  if (found == asked_.end() || found->second.peer != from) return;  // late
  const auto number = found->second.what.number;
  asked_.erase(found);
  overlay::effects todo;
  overlay_.on_reply(number, said.what, now, todo);
  apply(todo, now);
  draw_if_changed(now);
}

void neighbourhood::look_up(const object::forward_order& order, mono_time now) {
  const auto& c = order.what->get();
  overlay::lookup_options how;
  how.results = c.number <= 0 ? lookup_results_max
                              : std::min(static_cast<std::size_t>(c.number), lookup_results_max);
  overlay::effects todo;
  const auto begun = overlay_.find(overlay::id_of_key(c.key), how, now, todo);
  if (begun)
    lookups_.emplace(*begun, order.number);
  else
    host_.lookup_ended({order.number, object::reply::failure(begun.failure()), {}});
  apply(todo, now);
}

void neighbourhood::tick(mono_time now) {
  std::vector<std::uint64_t> late;
  for (const auto& [request, one] : asked_)
    if (one.deadline <= now) late.push_back(request);
  fail(late, now);
  expire_presence(now);
  if (!self_leaves_ && now - overlay_ticked_ >= overlay_pause) {
    overlay_ticked_ = now;
    overlay::effects todo;
    overlay_.tick(now, todo);
    apply(todo, now);
  }
  if (now - drawn_at_ >= round_trips_pause && round_trips_moved()) map_changed_ = true;
  look_after_join(now);
  draw_if_changed(now);
}

// ---- who is there ----

void neighbourhood::arrived(const overlay::contact& who, mono_time now) {
  const digest id = overlay::to_digest(who.id);
  auto& one = members_[id];
  one.who = who;
  if (const auto facts = peers_.find(id); facts != peers_.end()) {
    one.is_elder = facts->second.is_elder;
    one.run = facts->second.run;
  }
  map_changed_ = true;
  if (joined_ || introducing_) tell_presence(who, now);
}

void neighbourhood::gone(const digest& id) {
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  // One that leaves stays until its link is down.
  if (found->second.stands == standing::leaves && peers_.contains(id)) return;
  members_.erase(found);
  map_changed_ = true;
}

void neighbourhood::heard_of(const digest& id, standing stands, std::uint64_t life) {
  const auto facts = peers_.find(id);
  if (facts == peers_.end()) return;
  facts->second.life = life;
  auto& one = members_[id];
  if (one.who.id != facts->second.who.id || one.stands != stands || one.run != facts->second.run ||
      one.life != life)
    map_changed_ = true;
  one = {facts->second.who, stands, facts->second.run, life, facts->second.is_elder};
}

bool neighbourhood::counts(const digest& id, std::uint64_t life) const {
  const auto facts = peers_.find(id);
  return life != 0 && facts != peers_.end() && facts->second.life == life;
}

void neighbourhood::stand(standing as, mono_time now) {
  stands_ = as;
  std::vector<overlay::contact> all;
  for (const auto& [id, one] : members_)
    all.push_back(one.who);
  for (const auto& who : all)
    tell_presence(who, now);
}

void neighbourhood::tell_presence(const overlay::contact& to, mono_time now) {
  const digest id = overlay::to_digest(to.id);
  if (id == id_) return;
  auto& one = telling_[id];
  one = {to, 0, {}, 0};
  send_presence(id, one, now);
}

void neighbourhood::send_presence(const digest& id, told& one, mono_time now) {
  one.deadline = now + presence_time_max;
  one.request = 0;
  ++one.tries;
  if (!peers_.contains(id)) return;
  const auto request = ++last_request_;
  if (host_.send(id, presence{request, stands_, options_.life})) one.request = request;
}

/// It cannot be told now: nobody can take it for a place where something is.
void neighbourhood::presence_failed(const digest& id, mono_time now) {
  if (telling_.erase(id) > 0) end_introduction(now);
}

void neighbourhood::expire_presence(mono_time now) {
  std::vector<digest> late;
  for (const auto& [id, one] : telling_)
    if (one.deadline <= now) late.push_back(id);
  for (const auto& id : late) {
    const auto found = telling_.find(id);
    if (found == telling_.end()) continue;
    if (found->second.tries >= presence_tries_max)
      presence_failed(id, now);
    else
      send_presence(id, found->second, now);
  }
}

void neighbourhood::receive(const digest& from, const presence& said, mono_time now) {
  heard_of(from, said.stands, said.life);
  // Before the answer: who is told knows that the shard decides by it already.
  draw_if_changed(now);
  present mine{said.request, stands_, options_.life, {}};
  for (const auto& [id, one] : members_)
    if (id != from) mine.near.push_back(one.who);  // those that leave have keys, too
  const auto asker = overlay::to_node_id(from);
  std::ranges::sort(mine.near, [&](const auto& a, const auto& b) {
    return overlay::is_nearer(asker, a.id, b.id);
  });
  if (mine.near.size() > neighbours_told) mine.near.resize(neighbours_told);
  static_cast<void>(host_.send(from, std::move(mine)));
}

void neighbourhood::receive(const digest& from, const present& said, mono_time now) {
  const auto asked = telling_.find(from);
  if (asked == telling_.end() || asked->second.request != said.request) return;
  heard_of(from, said.stands, said.life);
  if (introducing_) {
    for (const auto& who : said.near) {
      const digest id = overlay::to_digest(who.id);
      if (id != id_ && !members_.contains(id) && !telling_.contains(id)) tell_presence(who, now);
    }
  }
  telling_.erase(from);
  end_introduction(now);
  draw_if_changed(now);
}

// ---- the way into the network ----

void neighbourhood::end_introduction(mono_time now) {
  if (introducing_ && telling_.empty() && !self_leaves_) joined_now(now);
}

void neighbourhood::joined_now(mono_time now) {
  if (std::exchange(joined_, true)) return;
  introducing_ = false;
  map_changed_ = true;
  stand(standing::stays, now);
}

void neighbourhood::join_through(const digest& id, mono_time now) {
  if (self_leaves_ || (joined_ && overlay_.table().size() > 0)) return;
  if (joined_ && !options_.joins && !options_.remembers) return;  // the first: others join
  tried_ = now;
  overlay::effects todo;
  overlay_.join(peers_.at(id).who, now, todo);
  apply(todo, now);
}

void neighbourhood::look_after_join(mono_time now) {
  if (self_leaves_) return;
  if (!joined_ && !introducing_ && !options_.joins &&
      (!options_.remembers || now - started_ >= remembered_time_max))
    return joined_now(now);
  const bool alone = (!joined_ && !introducing_) || (members_.empty() && options_.joins);
  if (alone && !peers_.empty() && now - tried_ >= join_pause)
    join_through(peers_.begin()->first, now);
}

// ---- the map ----

std::vector<object::peer> neighbourhood::draw_peers() const {
  std::vector<object::peer> all;
  for (const auto& [id, one] : members_) {
    object::peer drawn;
    drawn.id = id;
    drawn.address = overlay::to_text(one.who.where);
    drawn.run = one.run;
    drawn.life = one.life;
    drawn.arrives = one.stands == standing::arrives;
    drawn.leaves = one.stands == standing::leaves;
    drawn.is_elder = one.is_elder;
    if (const auto* entry = overlay_.table().find(one.who.id))
      drawn.round_trip =
          std::chrono::duration_cast<std::chrono::microseconds>(entry->life.measured().smoothed());
    all.push_back(std::move(drawn));
  }
  return all;
}

/// By more than a quarter and a millisecond.
bool neighbourhood::round_trips_moved() const {
  if (!drawn_) return false;
  const auto drawn = draw_peers();
  return std::ranges::any_of(drawn, [&](const object::peer& one) {
    const auto* told = drawn_->find(one.id);
    if (told == nullptr) return false;
    const auto moved = std::chrono::abs(one.round_trip - told->round_trip);
    return moved > std::chrono::milliseconds{1} && moved * 4 > told->round_trip;
  });
}

void neighbourhood::draw(mono_time now) {
  map_changed_ = false;
  drawn_at_ = now;
  drawn_ = std::make_shared<const object::key_map>(
      id_, self_leaves_, joined_ ? draw_peers() : std::vector<object::peer>{});
  std::optional<bytes> joining;
  if (!joined_) joining = "the node looks for its network";
  host_.map_drawn(drawn_, std::move(joining));
}

void neighbourhood::draw_if_changed(mono_time now) {
  if (map_changed_) draw(now);
}

}  // namespace comet::lab
