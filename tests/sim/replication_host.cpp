// Nodes of replication_world: each does around its replicas what a host of production does.
#include <algorithm>

#include "tests/sim/replication_node.hpp"
#include "tests/sim/replication_text.hpp"
#include "tests/sim/replication_world.hpp"

namespace comet::sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;

mono_time replication_world::local(const node& n) const {
  const auto real = static_cast<double>(now_.time_since_epoch().count());
  return mono_time{std::chrono::nanoseconds{static_cast<std::int64_t>(real * n.rate)}};
}

replica::member replication_world::self(const node& n) const {
  return {n.id, n.life};
}

std::optional<std::size_t> replication_world::index_of(const replica::member& who) const {
  const auto found = places_.find(who.node);
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

void replication_world::boot(node& n) {
  n.up = true;
  ++n.boots;
  n.proposed.clear();
  n.leases.emplace(options_.leases, local(n), options_.terms.broken);
  for (std::size_t range = 0; range < options_.ranges; ++range)
    n.replicas.push_back(std::make_unique<replica::range_replica>(
        self(n), options_.terms, *n.leases, n.store.durable(range).registered));
  for (auto& subject : n.replicas)
    subject->compare_every(options_.compare_every);
  tell_wanted(n);
  event e;
  e.node = n.index;
  e.boot = n.boots;
  e.what = happening::tick;
  push(e, some(0, 50'000));
  e.what = happening::beat;
  push(e, some(0, 20'000));
}

void replication_world::tell_wanted(node& n) {
  for (std::size_t range = 0; range < options_.ranges; ++range)
    n.replicas[range]->want(wanted(range));
}

void replication_world::tick(node& n) {
  for (std::size_t range = 0; range < options_.ranges; ++range) {
    n.replicas[range]->on_tick(local(n));
    pump(n, range);
    if (n.replicas[range]->stands(local(n)) == standing::leads) check_leaders(range);
  }
  event e;
  e.what = happening::tick;
  e.node = n.index;
  e.boot = n.boots;
  push(e, some(45'000, 55'000));
}

void replication_world::beat(node& n) {
  for (const auto& other : nodes_) {
    if (other->index == n.index) continue;
    post(n, self(*other), 0, n.leases->ask(self(*other), local(n)));
  }
  event e;
  e.what = happening::beat;
  e.node = n.index;
  e.boot = n.boots;
  push(e, options_.leases.beat);
}

// ---- messages ----

void replication_world::post(node& from, const replica::member& to, std::size_t range,
                             letter_content what) {
  const auto there = index_of(to);
  if (!there) return fault("a message to nobody");
  count(what);
  for (bool again = true; again;) {
    again = network_.doubles(random_);
    const auto takes = network_.carry(from.index, *there, now_, random_);
    if (is_traced() && std::holds_alternative<replica::message>(what))
      say(std::to_string(from.index) + (takes ? " -> " : " -x ") + std::to_string(*there) +
          " range " + std::to_string(range) + " " + to_text(std::get<replica::message>(what)));
    if (!takes) continue;
    std::size_t slot = letters_.size();
    if (free_letters_.empty()) {
      letters_.emplace_back();
    } else {
      slot = free_letters_.back();
      free_letters_.pop_back();
    }
    letters_[slot] = {self(from), to, range, again ? what : std::move(what)};
    event e;
    e.what = happening::letter;
    e.node = *there;
    e.number = slot;
    push(e, *takes);
  }
}

void replication_world::deliver(node& n, std::size_t slot) {
  auto letter = std::move(letters_[slot]);
  if (letter.to != self(n)) return;  // to an earlier life
  if (const auto* asked = std::get_if<replica::lease_request>(&letter.what))
    return post(n, letter.from, 0, n.leases->answer(letter.from, *asked, local(n)));
  if (const auto* said = std::get_if<replica::lease_answer>(&letter.what))
    return n.leases->on_answer(letter.from, *said, local(n));
  auto& subject = *n.replicas[letter.range];
  subject.on_message(letter.from, std::move(std::get<replica::message>(letter.what)), local(n));
  pump(n, letter.range);
}

void replication_world::count(const letter_content& what) {
  if (const auto* said = std::get_if<replica::message>(&what)) {
    ++figures_.messages[said->index()];
    figures_.bytes += payload(*said);
  } else {
    ++figures_.lease_messages;
  }
}

// ---- the disk ----

void replication_world::start_sync(node& n) {
  ++figures_.syncs;
  event e;
  e.what = happening::synced;
  e.node = n.index;
  e.boot = n.boots;
  push(e, now_ < n.slow_until ? some(20'000, 400'000) : some(200, 2'000));
}

void replication_world::on_synced(node& n) {
  const auto done = n.store.end();
  for (const auto& batch : done)
    note_durable(n, batch);
  if (n.store.begin()) start_sync(n);
  for (const auto& batch : done) {
    n.replicas[batch.range]->on_durable(batch.number, local(n));
    pump(n, batch.range);
  }
}

void replication_world::fill(const node& n, lookup& what) const {
  const auto& entries = n.store.shown(what.range).entries;
  what.done = true;
  if (what.list) {
    auto at = what.list->after ? entries.upper_bound(*what.list->after) : entries.begin();
    for (; at != entries.end() && what.page.keys.size() < what.list->limit; ++at)
      what.page.keys.push_back(
          {at->first, at->second.at, at->second.erased, at->second.value.size()});
    what.page.more = at != entries.end();
    return;
  }
  for (const auto& key : what.read->keys)
    if (const auto found = entries.find(key); found != entries.end())
      what.entries.push_back(found->second);
}

void replication_world::look_up(node& n, lookup what) {
  if (random_.below(2) == 0) fill(n, what);
  std::size_t slot = lookups_.size();
  if (free_lookups_.empty()) {
    lookups_.emplace_back();
  } else {
    slot = free_lookups_.back();
    free_lookups_.pop_back();
  }
  lookups_[slot] = std::move(what);
  event e;
  e.what = happening::looked_up;
  e.node = n.index;
  e.boot = n.boots;
  e.number = slot;
  push(e, now_ < n.slow_until ? some(1'000, 50'000) : some(20, options_.lookup.count()));
}

void replication_world::on_looked_up(node& n, std::size_t slot) {
  auto what = std::move(lookups_[slot]);
  if (!what.done) fill(n, what);
  auto& subject = *n.replicas[what.range];
  if (what.list)
    subject.on_listed(what.ticket, std::move(what.page), local(n));
  else
    subject.on_read(what.ticket, std::move(what.entries), local(n));
  pump(n, what.range);
}

// ---- the effects of a call ----

void replication_world::pump(node& n, std::size_t range) {
  auto done = n.replicas[range]->take(local(n));
  if (done.number != 0) {
    if (done.registered) {
      check_register(n, range, *done.registered);
      // A change of group is where most can go wrong.
      if (troubled_ && done.registered->next && random_.below(5) == 0) {
        event e;
        e.what = happening::strike;
        e.node = leader(range).value_or(n.index);
        push(e, some(0, 8'000));
      }
    }
    for (const auto& [entry, forget] : done.entries)
      if (!forget) check_entry(range, entry);
    if (is_traced())
      for (const auto& [entry, forget] : done.entries)
        say(std::to_string(n.index) + (forget ? " forgets " : " writes ") + entry.key + " " +
            to_text(entry.at) + (entry.erased ? " erased" : " " + entry.value));
    const bool begins = n.store.write(
        {range, done.number, done.wipe, std::move(done.entries), std::move(done.registered)});
    if (begins) start_sync(n);
  }
  for (auto& list : done.lists) {
    lookup what;
    what.range = range;
    what.ticket = list.ticket;
    what.list = std::move(list);
    look_up(n, std::move(what));
  }
  for (auto& read : done.reads) {
    lookup what;
    what.range = range;
    what.ticket = read.ticket;
    what.read = std::move(read);
    look_up(n, std::move(what));
  }
  for (auto& [to, what] : done.sends)
    post(n, to, range, std::move(what));
  for (const auto what : done.events) {
    const bool leads = what == replica::event::leads;
    if (is_traced())
      say(std::to_string(n.index) + (leads ? " leads" : " leads no more") + " range " +
          std::to_string(range));
    if (!leads) {
      abandon_waiting(n, range);
    } else {
      ++figures_.leaders;
      check_leaders(range);
    }
  }
  answer_waiting(n, range);
}

}  // namespace comet::sim
