#include "actors/router.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <utility>

#include "actors/type_ids.hpp"

namespace comet::actors {

namespace {

std::vector<wire::endpoint> addresses_of(const router_setup& setup) {
  auto addresses = setup.advertised;
  if (addresses.empty())
    for (const auto& socket : setup.sockets)
      addresses.push_back(socket.local());
  if (addresses.size() > wire::addresses_max) addresses.resize(wire::addresses_max);
  return addresses;
}

bool is_everywhere(const bytes& ip) {
  return ip == "0.0.0.0" || ip == "::";
}

/// The first address that can be one; seen from `remote`.
overlay::address address_in(const std::vector<wire::endpoint>& addresses, const bytes& remote) {
  for (const auto& one : addresses) {
    const wire::endpoint seen{is_everywhere(one.ip) ? remote : one.ip, one.port};
    if (const auto parsed = overlay::parse_address(seen.text()))
      if (is_reachable(*parsed)) return *parsed;
  }
  return {};
}

overlay::contact self_of(const router_setup& setup) {
  return {overlay::to_node_id(setup.identity->id()), address_in(addresses_of(setup), "127.0.0.1"),
          wire::node_version_highest};
}

link_table_setup links_of(const router_setup& setup, mono_time started) {
  link_greeting greeting{addresses_of(setup), setup.run, setup.build, {}};
  return {setup.identity, std::move(greeting), setup.limits, started, setup.seed};
}

}  // namespace

router::router(caf::io::broker* self, caf::io::network::default_multiplexer& loop,
               const std::shared_ptr<router_setup>& setup)
    : self_(self),
      setup_(setup),
      started_(now()),
      id_(setup->identity->id()),
      addresses_(addresses_of(*setup)),
      links_(loop, links_of(*setup, started_), *this, started_),
      overlay_(self_of(*setup), setup->overlay, setup->seed),
      forwarding_(setup->forwarding),
      heard_(setup->heard),
      age_(setup->age),
      lives_kept_(heard_.encode()) {
  if (!setup_->log) setup_->log = [](const log_line&) {};
}

router::~router() = default;

caf::behavior router::make_behavior() {
  for (auto& socket : setup_->sockets)
    links_.listen(std::move(socket));
  setup_->sockets.clear();
  begin_join();
  caf::delayed_anon_send(caf::actor{self_}, tick_pause, clock_tick{});
  return {
      [this](introduction) {
        reactor_ = caf::actor_cast<caf::actor>(self_->current_sender());
        map_changed_ = true;
        round_wanted();
      },
      [this](departures_parcel& parcel) { take(parcel.take()); },
      [this](end_of_round) { finish_round(); },
      [this](const clock_tick&) { tick(); },
      [this](const names_resolved& found) { names_known(found); },
      [this](const remembered& done) { kept(done); },
      [this](leave_order) { leave(); },
      [this](links_end) { return end(); },
  };
}

void router::take(departures from_shard) {
  for (auto& order : from_shard.orders)
    forward(std::move(order));
  for (const auto number : from_shard.withdrawals)
    forwarding_.withdraw(number, arrivals_.outcomes);
  for (auto& done : from_shard.answers)
    answer_command(std::move(done));
  for (auto& one : from_shard.deliveries)
    deliver(std::move(one));
  for (const auto& one : from_shard.listening)
    tell(one);
  for (const auto& one : from_shard.publications)
    publish_to(one);
  round_wanted();
}

void router::round_wanted() {
  if (std::exchange(round_requested_, true)) return;
  caf::anon_send(self_, end_of_round{});
}

void router::finish_round() {
  round_requested_ = false;
  links_.finish_round();
  if (reactor_ && !arrivals_.empty())
    self_->send(reactor_, arrivals_parcel{std::exchange(arrivals_, {})});
  if (map_changed_) publish();
  if (ending_) go_on_ending();
}

void router::tick() {
  const auto at = now();
  ticked_ = at;
  links_.tick(at);
  give_up_late_links(at);
  expire_requests(at);
  expire_presence(at);
  forwarding_.expire(at, arrivals_.outcomes);
  tell_again();
  if (!ending_) {
    if (!self_leaves_ && at - overlay_ticked_ >= overlay_tick) {
      overlay_ticked_ = at;
      overlay::effects todo;
      overlay_.tick(at, todo);
      apply(todo);
      end_idle_links(at);
    }
    if (at - published_at_ >= round_trips_pause && round_trips_moved()) map_changed_ = true;
    if (at - published_at_ >= place_pause && place_moved()) map_changed_ = true;
    if (at - reported_at_ >= overlay_tick) report(at);
    look_after_join(at);
    ask_for_probe(at);
    remember_contacts(at);
    remember_lives(at);
    grow_older(at);
  }
  round_wanted();
  caf::delayed_anon_send(caf::actor{self_}, tick_pause, clock_tick{});
}

void router::report(mono_time at) {
  if (!reactor_) return;
  reported_at_ = at;
  const auto& moved = links_.totals();
  account_.contacts = overlay_.table().size();
  account_.links = links_.peers();
  account_.clocks_apart = static_cast<std::uint64_t>(
      std::ranges::count_if(peers_, [](const auto& one) { return one.second.clock_apart; }));
  account_.unreachable = unreachable_;
  account_.bytes_received = moved.bytes_received;
  account_.bytes_sent = moved.bytes_sent;
  account_.frames_received = moved.frames_received;
  account_.frames_sent = moved.frames_sent;
  self_->send(reactor_, account_);
}

void router::peer_up(const wire::hello& hello, const wire::endpoint& remote) {
  auto& facts = peers_[hello.id];
  facts.who = {overlay::to_node_id(hello.id), address_in(hello.addresses, remote.ip),
               std::min<std::uint16_t>(hello.version_highest, wire::node_version_highest)};
  // Clocks are read at different moments: nodes that began within a second go by their ids.
  const auto began = now() - hello.uptime;
  const bool together =
      began < started_ + std::chrono::seconds{1} && started_ < began + std::chrono::seconds{1};
  facts.is_elder = together ? hello.id < id_ : began < started_;
  if (facts.run != hello.run) facts.life = facts.life_over = 0;
  facts.run = hello.run;
  facts.heard = ticked_;
  facts.arrived = 0;
  facts.arrived_bytes = 0;
  facts.untold = facts.misses_publications = facts.says_unreadable = false;
  arrivals_.channels.push_back({channel_news::kind::up, hello.id, {}});
  log(severity::debug, "a link to the node " + shortened(to_hex(as_bytes(hello.id)), 12) + " at " +
                           remote.text() + " is up");
  if (const auto known = members_.find(hello.id); known != members_.end()) {
    auto& one = known->second;
    look_for_twin(hello, one);
    map_changed_ = map_changed_ || one.is_elder != facts.is_elder || one.run != facts.run;
    one.is_elder = facts.is_elder;
    one.run = facts.run;
  }
  if (const auto waits = awaited_.extract(hello.id)) {
    std::vector<overlay::request_id> failed;
    for (const auto& one : waits.mapped().requests)
      if (!send_request(one)) failed.push_back(one.number);
    on_failures(failed);
  }
  if (members_.contains(hello.id) || telling_.contains(hello.id)) tell_presence(facts.who);
  send_waiting(hello.id);
  join_through(hello.id);
  round_wanted();
}

/// Of two nodes with one identity the later connection wins, so each takes the other's place again
/// and again.
void router::look_for_twin(const wire::hello& hello, member& one) {
  if (hello.run == one.run) return;
  if (hello.run == one.run_before && is_new_complaint(bytes{as_bytes(hello.id)}))
    log(severity::error, "two nodes have the identity " + to_hex(as_bytes(hello.id)) +
                             ": one of them runs on a copy of the other's data directory; stop it "
                             "and start it on a fresh directory");
  one.run_before = one.run;
}

void router::peer_down(const digest& id, const error& why) {
  log(severity::debug,
      "the node " + shortened(to_hex(as_bytes(id)), 12) + " is down: " + why.message);
  peers_.erase(id);
  arrivals_.channels.push_back({channel_news::kind::down, id, {}});
  std::erase_if(arrived_commands_, [&](const auto& one) { return one.second.peer == id; });
  forwarding_.link_lost(id, why, arrivals_.outcomes);
  const auto known = members_.find(id);
  const bool stays_away =
      known != members_.end() && (known->second.stands == wire::standing::leaves || self_leaves_ ||
                                  overlay_.table().find(known->second.who.id) == nullptr);
  if (stays_away) gone(id);
  presence_failed(id);
  fail_requests(id);
  send_waiting(id);
  if (!self_leaves_ && !ending_) {
    overlay::effects todo;
    overlay_.doubt(overlay::to_node_id(id), now(), todo);
    apply(todo);
  }
  round_wanted();
}

void router::frame_received(const digest& from, const wire::node_frame& frame) {
  using kind = wire::frame_kind;
  if (const auto known = peers_.find(from); known != peers_.end()) known->second.heard = ticked_;
  switch (frame.kind) {
    case kind::ping: take_request<wire::ping>(from, frame); break;
    case kind::find_node: take_request<wire::find_node>(from, frame); break;
    case kind::announce: take_request<wire::announce>(from, frame); break;
    case kind::leave: take_request<wire::leave>(from, frame); break;
    case kind::pong: take_reply<wire::pong>(from, frame); break;
    case kind::contacts: take_reply<wire::contacts>(from, frame); break;
    case kind::presence: take_presence(from, frame); break;
    case kind::present: take_present(from, frame); break;
    case kind::probe: take_probe(from, frame); break;
    case kind::probed: take_probed(from, frame); break;
    case kind::forward: take_command(from, frame); break;
    case kind::replica: take_delivery(from, frame); break;
    case kind::lease:
    case kind::lease_answer: take_lease(from, frame); break;
    case kind::listening: take_listening(from, frame); break;
    case kind::publication: take_publication(from, frame); break;
    case kind::reply:
    case kind::error: take_answer(from, frame); break;
    case kind::hello: break;  // the link takes them
  }
  round_wanted();
}

void router::drop_unreadable(const digest& from, bytes_view about, const error& why) {
  ++account_.unreadable;
  const auto known = peers_.find(from);
  if (known == peers_.end() || std::exchange(known->second.says_unreadable, true)) return;
  log(severity::warning,
      "the node " + shortened(to_hex(as_bytes(from)), 12) + " said " + bytes{about} +
          " what cannot be read, as often as `comet_node_messages_unreadable_total` counts: " +
          why.message);
}

void router::peer_has_room(const digest& id) {
  send_waiting(id);
}

/// Dials a node to which something is to be sent. What becomes of it, `peer_up` or `dial_failed`
/// says.
void router::want_link(const overlay::contact& to) {
  const digest id = overlay::to_digest(to.id);
  const auto where = parse_endpoint(overlay::to_text(to.where));
  if (!where) {
    give_up_link(id, {errc::unavailable, "it told no address"});
    return;
  }
  awaited_[id].where = *where;
  awaited_[id].since = ticked_;
  if (auto begun = links_.dial(*where, id); !begun) give_up_link(id, begun.failure());
}

void router::give_up_link(const digest& id, const error& why) {
  forwarding_.unreachable(id, why, arrivals_.outcomes);
  presence_failed(id);
  if (const auto waited = awaited_.extract(id)) {
    std::vector<overlay::request_id> failed;
    for (const auto& one : waited.mapped().requests)
      failed.push_back(one.number);
    on_failures(failed);
  }
  round_wanted();
}

/// A dial that led to another node than it was thought to says nothing of this one.
void router::give_up_late_links(mono_time now) {
  const auto& limits = setup_->limits.each;
  std::vector<digest> late;
  for (const auto& [id, one] : awaited_)
    if (now - one.since > limits.dial_time_max * 2 + limits.hello_time_max) late.push_back(id);
  std::ranges::sort(late);
  for (const auto& id : late)
    give_up_link(id, {errc::unavailable, "no link to it came up"});
}

/// Lookups lead to many nodes once. When half of all links are taken, those that nobody needs go.
void router::end_idle_links(mono_time now) {
  if (links_.peers() * 2 <= setup_->limits.links_max) return;
  std::vector<digest> idle;
  for (const auto& [id, facts] : peers_)
    if (now - facts.heard >= idle_max && facts.arrived == 0 && !members_.contains(id))
      idle.push_back(id);
  std::ranges::sort(idle);
  for (const auto& id : idle)
    links_.end(id);
}

void router::dial_failed(const wire::endpoint& where, const error& why) {
  std::vector<digest> given_up;
  for (const auto& [id, one] : awaited_)
    if (one.where == where) given_up.push_back(id);
  std::ranges::sort(given_up);
  for (const auto& id : given_up)
    give_up_link(id, why);
  if (!join_failed(where, why) && why.code == errc::conflict) stranger_refused(where, why);
  round_wanted();
}

void router::stranger_refused(const wire::endpoint& who, const error& why) {
  if (why.code == errc::cycle) return;  // this node itself
  ++account_.strangers_refused;
  const auto at = now();
  auto& told = strangers_[why.code];  // noise must not hide who has another secret
  if (told.last && at - *told.last < complaint_pause) {
    ++told.unnamed;
    return;
  }
  told.last = at;
  const auto others = std::exchange(told.unnamed, 0);
  log(why.code == errc::conflict  ? severity::error
      : why.code == errc::no_auth ? severity::warning
                                  : severity::info,
      "no link with " + (who.ip.empty() ? bytes{"a stranger"} : who.text()) + ": " + why.message +
          (others == 0 ? bytes{}
                       : " (and " + std::to_string(others) + " more since the last such line)"));
}

caf::result<links_ended> router::end() {
  auto promise = self_->make_response_promise<links_ended>();
  ending_ = promise;
  forwarding_.end(arrivals_.outcomes);
  links_.tick(now());
  links_.stop();
  round_wanted();
  return promise;
}

void router::go_on_ending() {
  if (!links_.stopped()) return;
  ending_->deliver(links_ended{});
  self_->quit();
}

}  // namespace comet::actors
