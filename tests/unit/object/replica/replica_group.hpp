#pragma once
// Some nodes that keep one range, with a network and disks that never fail unless a test cuts them:
// what one file of range_replica does is seen without the chances of tests/sim.

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "object/replica/range_replica.hpp"

namespace comet::object::replica::test {

using std::chrono::milliseconds;

class replica_group {
 public:
  using standing = range_replica::standing;

  struct node {
    member self;
    std::unique_ptr<lease_book> leases;
    std::unique_ptr<range_replica> replica;
    std::map<bytes, entry> stored;
    std::uint64_t unsynced = 0;  ///< batch; 0: none
  };

  /// The first founds the range; all want to keep it together.
  explicit replica_group(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      member self;
      self.node[0] = static_cast<std::uint8_t>(i + 1);
      self.life = 1;
      nodes.push_back({self, std::make_unique<lease_book>(lease_terms{}, now), nullptr, {}, 0});
      nodes[i].replica = std::make_unique<range_replica>(
          self, terms, *nodes[i].leases,
          i == 0 ? range_replica::founded_by(self) : range_register{});
    }
    want(count);
  }

  /// The first `count` shall keep the range.
  void want(std::size_t count) {
    std::vector<member> wanted;
    for (std::size_t i = 0; i < count; ++i)
      wanted.push_back(nodes[i].self);
    for (auto& one : nodes)
      one.replica->want(wanted);
  }

  void run(milliseconds time) {
    for (const auto end = now + time; now < end; now += milliseconds{50}) {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (cut.contains(i)) continue;
        exchange_leases(i);
        nodes[i].replica->on_tick(now);
        pump(i);
      }
      deliver();
    }
  }

  [[nodiscard]] std::size_t leader() const {
    std::size_t found = nodes.size();
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (!cut.contains(i) && nodes[i].replica->stands(now) == standing::leads) found = i;
    return found;
  }

  stamp propose(std::size_t at, const bytes& key, const bytes& value) {
    const auto made = nodes[at].replica->propose(key, false, value);
    pump(at);
    return made;
  }
  stamp erase(std::size_t at, const bytes& key) {
    const auto made = nodes[at].replica->propose(key, true, {});
    pump(at);
    return made;
  }
  void deliver() {
    while (!letters.empty()) {
      auto [from, to, what] = std::move(letters.front());
      letters.pop_front();
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].self != to || cut.contains(i)) continue;
        nodes[i].replica->on_message(from, std::move(what), now);
        pump(i);
        break;
      }
    }
  }

  void sync(std::size_t at) {
    late.erase(at);
    nodes[at].replica->on_durable(std::exchange(nodes[at].unsynced, 0), now);
    pump(at);
  }

  replica_terms terms;
  mono_time now{std::chrono::hours{1}};
  std::vector<node> nodes;
  std::set<std::size_t> cut;   ///< hear nobody and are not heard
  std::set<std::size_t> late;  ///< values, and what follows them, reach their disks at `sync`
  // What was seen on the way:
  std::size_t largest_message = 0;  ///< bytes of values
  std::size_t most_values = 0;      ///< in a message
  std::size_t most_read = 0;        ///< at a time

 private:
  struct letter {
    member from;
    member to;
    message what;
  };

  void exchange_leases(std::size_t i) {
    auto& asks = nodes[i];
    for (std::size_t j = 0; j < nodes.size(); ++j) {
      if (j == i || cut.contains(j)) continue;
      const auto said =
          nodes[j].leases->answer(asks.self, asks.leases->ask(nodes[j].self, now), now);
      asks.leases->on_answer(nodes[j].self, said, now);
    }
  }

  void pump(std::size_t i) {
    auto& one = nodes[i];
    for (;;) {
      auto todo = one.replica->take(now);
      if (todo.empty()) return;
      if (todo.wipe) one.stored.clear();
      for (auto& written : todo.entries) {
        if (written.forget)
          one.stored.erase(written.what.key);
        else
          one.stored[written.what.key] = std::move(written.what);
      }
      for (auto& [to, what] : todo.sends) {
        measure(what);
        if (!cut.contains(i)) letters.push_back({one.self, to, std::move(what)});
      }
      if (late.contains(i) && (one.unsynced != 0 || !todo.entries.empty()))
        one.unsynced = std::max(one.unsynced, todo.number);
      else if (todo.number != 0)
        one.replica->on_durable(todo.number, now);
      for (const auto& order : todo.lists)
        one.replica->on_listed(order.ticket, list(one, order), now);
      for (const auto& order : todo.reads) {
        most_read = std::max(most_read, order.keys.size());
        one.replica->on_read(order.ticket, read(one, order), now);
      }
    }
  }

  void measure(const message& what) {
    std::size_t values = 0;
    std::size_t size = 0;
    const auto add = [&](const entry& value) {
      ++values;
      size += value.value.size();
    };
    if (const auto* sent = std::get_if<stream>(&what)) {
      for (const auto& one : sent->parts)
        if (const auto* value = std::get_if<entry>(&one)) add(*value);
    } else if (const auto* fetched = std::get_if<values_fetched>(&what)) {
      for (const auto& value : fetched->entries)
        add(value);
    }
    most_values = std::max(most_values, values);
    largest_message = std::max(largest_message, size);
  }

  static listing list(const node& one, const list_order& order) {
    listing page;
    auto at = order.after ? one.stored.upper_bound(*order.after) : one.stored.begin();
    for (; at != one.stored.end() && page.keys.size() < order.limit; ++at)
      page.keys.push_back({at->first, at->second.at, at->second.erased, at->second.value.size()});
    page.more = at != one.stored.end();
    return page;
  }

  static std::vector<entry> read(const node& one, const read_order& order) {
    std::vector<entry> found;
    for (const auto& key : order.keys)
      if (const auto at = one.stored.find(key); at != one.stored.end()) found.push_back(at->second);
    return found;
  }

  std::deque<letter> letters;
};

}  // namespace comet::object::replica::test
