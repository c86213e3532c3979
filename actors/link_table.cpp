#include "actors/link_table.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "actors/dialer.hpp"

namespace comet::actors {

using role = link_session::role;

link_table::link_table(caf::io::network::default_multiplexer& loop, link_table_setup setup,
                       link_host& host, mono_time now)
    : loop_(loop),
      setup_(std::move(setup)),
      host_(host),
      setting_{*this, *setup_.self, setup_.greeting, setup_.limits.each, totals_},
      random_(setup_.seed),
      now_(now),
      second_began_(now),
      read_buffer_(read_buffer_bytes) {}

link_table::~link_table() = default;

void link_table::listen(listening_socket socket) {
  acceptor& owner = *this;
  listeners_.push_back(std::make_unique<listener>(loop_, std::move(socket), owner));
}

link& link_table::insert(int fd, link_route route) {
  const auto uptime = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - setup_.started);
  auto& made = *links_.emplace_back(
      std::make_unique<link>(loop_, fd, setting_, std::move(route), now_, uptime));
  made.start();
  return made;
}

bool link_table::may_enter(const wire::endpoint& from) {
  std::size_t unproven = 0;
  std::size_t of_this_address = 0;
  for (const auto& one : links_) {
    if (one->session().up() || one->route().side == role::dialer) continue;
    ++unproven;
    if (one->route().remote.ip == from.ip) ++of_this_address;
  }
  const auto& limits = setup_.limits;
  if (links_.size() >= limits.links_max || unproven >= limits.unproven_max ||
      of_this_address >= limits.unproven_an_address_max ||
      (accepts_.size() >= limits.links_max && !accepts_.contains(from.ip)))
    return false;
  return ++accepts_[from.ip] <= limits.accepts_an_address_max;
}

void link_table::accepted(int fd, wire::endpoint from) {
  if (may_enter(from)) {
    insert(fd, {role::acceptor, std::move(from), {}, 0});
    return;
  }
  ::close(fd);
  host_.stranger_refused(from, {errc::busy, "too many connections that have not said hello"});
}

void link_table::not_accepted(bytes_view why) {
  host_.stranger_refused({}, {errc::busy, bytes{why}});
}

bool link_table::is_dialing(const wire::endpoint& where,
                            const std::optional<digest>& expected) const {
  return std::ranges::any_of(links_, [&](const auto& one) {
    const auto& route = one->route();
    return route.side == role::dialer && !one->session().up() && !route.only_looks &&
           (route.remote == where || (expected && route.expected == expected));
  });
}

result<void> link_table::dial(const wire::endpoint& where, std::optional<digest> expected) {
  if (stopping_) return {errc::shutting_down, "the node stops"};
  if (expected == setup_.self->id())
    return {errc::conflict, "the node at " + where.text() + " is this node itself"};
  if ((expected && is_up(*expected)) || is_dialing(where, expected)) return {};
  if (links_.size() >= setup_.limits.links_max) {
    return {errc::busy,
            "there are " + std::to_string(links_.size()) + " links already, and no more may be"};
  }
  auto fd = begin_dial(where);
  if (!fd) return std::move(fd.failure());
  insert(*fd, {role::dialer, where, expected, ++dials_});
  return {};
}

result<void> link_table::probe(const wire::endpoint& where, const digest& id) {
  if (stopping_) return {errc::shutting_down, "the node stops"};
  if (links_.size() >= setup_.limits.links_max)
    return {errc::busy, "there are too many links already"};
  auto fd = begin_dial(where);
  if (!fd) return std::move(fd.failure());
  insert(*fd, {role::dialer, where, id, ++dials_, true});
  return {};
}

link_table::target* link_table::target_at(const wire::endpoint& where) {
  const auto found =
      std::ranges::find_if(targets_, [&](const target& one) { return one.where == where; });
  return found == targets_.end() ? nullptr : &*found;
}

void link_table::keep(const wire::endpoint& where, std::optional<digest> expected) {
  if (auto* known = target_at(where)) {
    known->id = expected;
    return;
  }
  targets_.push_back({where, expected, now_, {}});
  dial_due();
}

void link_table::forget(const wire::endpoint& where) {
  std::erase_if(targets_, [&](const target& one) { return one.where == where; });
}

void link_table::dial_due() {
  if (stopping_) return;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    auto& one = targets_[i];
    if (one.due > now_ || (one.id && is_up(*one.id))) continue;
    postpone(one);
    const auto where = one.where;
    if (auto begun = dial(where, one.id); !begun) host_.dial_failed(where, begun.failure());
  }
}

/// Pauses double from one dial to the next; each is spread from its half to its whole.
void link_table::postpone(target& one) {
  const auto& limits = setup_.limits;
  one.pause = std::clamp(one.pause * 2, limits.redial_min, limits.redial_max);
  const auto half = one.pause / 2;
  const auto spread = random_.below(static_cast<std::uint64_t>(half.count()) + 1);
  one.due = now_ + half + std::chrono::milliseconds{spread};
}

bool link_table::takes_place_of(const link& fresh, const link& old) const {
  if (fresh.route().side == old.route().side) return fresh.session().dial() > old.session().dial();
  const bool self_is_smaller = setup_.self->id() < fresh.session().peer().id;
  return (fresh.route().side == role::dialer) == self_is_smaller;
}

void link_table::came_up(link& one) {
  const digest id = one.session().peer().id;
  for (auto& goal : targets_) {
    if (one.route().side == role::dialer && goal.where == one.route().remote) goal.id = id;
    if (goal.id == id) goal.pause = {};
  }
  if (stopping_) {
    one.finish(now_);
    return;
  }
  const auto known = peers_.find(id);
  if (known != peers_.end()) {
    link& old = *known->second.current;
    if (old.session().peer().run == one.session().peer().run) {
      if (takes_place_of(one, old)) {
        known->second.current = &one;
        supersede(old, one);
      } else {
        supersede(one, old);
      }
      return;
    }
    old.close({errc::unavailable, "the node " + to_hex(as_bytes(id)) + " was started again"});
  }
  peers_[id].current = &one;
  host_.peer_up(one.session().peer(), one.route().remote);
}

// A link that loses its place is ended by the acceptor of the winner, because the dialer is up
// there when the acceptor is: else the dialer would take the end for the peer's.

void link_table::supersede(link& loser, link& winner) {
  ++peers_[winner.session().peer().id].superseded;
  loser.superseded = true;
  loser.release();
  loser.expect_end(now_);
  if (winner.route().side == role::dialer) {
    winner.hold();
  } else {
    end_superseded(winner);
  }
}

void link_table::end_superseded(link& winner) {
  const digest& id = winner.session().peer().id;
  winner.hold();
  for (const auto& one : links_)
    if (one->superseded && one->session().peer().id == id) one->finish(now_);
}

void link_table::frame_received(link& from, const wire::node_frame& frame) {
  if (frame.kind == wire::frame_kind::ping && frame.request == 0) {
    // Refused only when the peer does not take its answers; then it does not need one more.
    static_cast<void>(from.send(0, wire::pong{}));
    return;
  }
  if (frame.kind == wire::frame_kind::pong && frame.request == 0) return;
  const digest& id = from.session().peer().id;
  if (stopping_ && !is_up(id)) return;  // it came up too late to be told of
  host_.frame_received(id, frame);
}

void link_table::has_room(link& one) {
  if (!one.superseded) host_.peer_has_room(one.session().peer().id);
}

void link_table::look_again(link& one) {
  if (std::exchange(one.listed, true)) return;
  listed_.push_back(&one);
  host_.round_wanted();
}

void link_table::released(link&) {
  host_.round_wanted();
}

void link_table::closed(link& gone, const error& why) {
  if (std::exchange(gone.listed, false)) std::erase(listed_, &gone);
  const auto place =
      std::ranges::find_if(links_, [&](const auto& one) { return one.get() == &gone; });
  COMET_CHECK(place != links_.end());
  retired_.push_back(std::move(*place));
  links_.erase(place);
  host_.round_wanted();  // to bury it

  if (gone.route().only_looks) {
    host_.probe_ended(*gone.route().expected, gone.route().remote,
                      gone.session().has_met() ? std::nullopt : std::optional{why});
    return;
  }
  if (!gone.session().up()) {
    if (gone.route().side == role::dialer) {
      host_.dial_failed(gone.route().remote, why);
    } else if (!stopping_ &&
               !(why.code == errc::unavailable && gone.session().peer_left_unnamed())) {
      host_.stranger_refused(gone.route().remote, why);
    }
    return;
  }
  const digest id = gone.session().peer().id;
  const auto known = peers_.find(id);
  if (known == peers_.end()) return;
  if (gone.superseded) {
    if (--known->second.superseded == 0) known->second.current->release();
  } else if (known->second.current == &gone) {
    lose_peer(id, why);
  }
}

void link_table::lose_peer(const digest& id, const error& why) {
  peers_.erase(id);
  // What still comes by links that had ended belongs to a peer that is down.
  std::vector<link*> ending;
  for (const auto& one : links_)
    if (one->superseded && one->session().peer().id == id) ending.push_back(one.get());
  for (auto* one : ending)
    one->close(why);
  for (auto& goal : targets_)
    if (goal.id == id) goal.due = std::max(goal.due, now_ + goal.pause);
  host_.peer_down(id, why);
}

void link_table::tick(mono_time now) {
  now_ = now;
  if (now - second_began_ >= std::chrono::seconds{1}) {
    second_began_ = now;
    accepts_.clear();
  }
  std::vector<link*> all;
  all.reserve(links_.size());
  for (const auto& one : links_)
    all.push_back(one.get());
  for (auto* one : all)
    one->tick(now);  // those that are closed meanwhile are retired, not gone
  for (auto& one : listeners_)
    one->resume();
  if (stopping_) host_.round_wanted();
  dial_due();
}

void link_table::finish_round() {
  std::erase_if(retired_, [](const auto& one) { return one->released(); });
  if (stopping_) std::erase_if(listeners_, [](const auto& one) { return one->released(); });
  const auto listed = std::exchange(listed_, {});
  for (auto* one : listed)
    one->listed = false;
  for (auto* one : listed)
    one->go_on();
}

void link_table::end(const digest& id) {
  if (const auto found = peers_.find(id); found != peers_.end())
    found->second.current->finish(now_);
}

void link_table::stop() {
  stopping_ = true;
  for (auto& one : listeners_)
    one->stop();
  host_.round_wanted();
  std::vector<link*> all;
  for (const auto& one : links_)
    all.push_back(one.get());
  for (auto* one : all)
    one->finish(now_);
}

bool link_table::stopped() const {
  return stopping_ && links_.empty() && retired_.empty() && listeners_.empty();
}

error link_table::no_link(const digest& to) {
  return {errc::unavailable, "there is no link to the node " + to_hex(as_bytes(to))};
}

}  // namespace comet::actors
