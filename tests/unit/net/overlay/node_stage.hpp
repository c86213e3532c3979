#pragma once
// A handful of overlay nodes whose messages arrive at once, for the tests of overlay_node.
#include <map>
#include <vector>

#include "net/overlay/overlay_node.hpp"
#include "tests/unit/net/overlay/contacts.hpp"

namespace comet::overlay {

class node_stage {
 public:
  explicit node_stage(std::size_t count) {
    for (const auto& who : random_contacts(random, count))
      nodes.emplace_back(who, options, random());
  }

  overlay_node& at(const contact& who) {
    for (auto& n : nodes) {
      if (n.self() == who) return n;
    }
    return nodes.front();
  }
  /// Delivers what `of` sends and all that follows, 20 ms a round trip; the deaf do not answer.
  void carry(overlay_node& of, effects out) {
    for (const auto& l : out.lookups)
      finished[of.self().id].push_back(l);
    for (const auto& who : out.arrived)
      arrived[of.self().id].push_back(who);
    for (const auto& who : out.gone)
      gone[of.self().id].push_back(who);
    for (const auto& sent : out.requests) {
      effects after;
      if (deaf.contains(sent.to.id)) {
        now += sent.timeout;
        of.on_failure(sent.number, now, after);
      } else {
        now += std::chrono::milliseconds{20};
        effects there;
        const auto said = at(sent.to).on_request(of.self(), sent.what, now, there);
        carry(at(sent.to), std::move(there));
        of.on_reply(sent.number, said, now, after);
      }
      carry(of, std::move(after));
    }
  }
  void join_all() {
    for (std::size_t i = 1; i < nodes.size(); ++i) {
      effects out;
      nodes[i].join(nodes[i - 1].self(), now, out);
      carry(nodes[i], std::move(out));
    }
  }
  void tick_all(std::chrono::seconds span) {
    for (auto second = std::chrono::seconds{0}; second < span; ++second) {
      now += std::chrono::seconds{1};
      for (auto& n : nodes) {
        if (deaf.contains(n.self().id)) continue;
        effects out;
        n.tick(now, out);
        carry(n, std::move(out));
      }
    }
  }

  prng random{11};
  node_options options;
  mono_time now{std::chrono::hours{1}};
  std::vector<overlay_node> nodes;
  std::map<node_id, bool> deaf;
  std::map<node_id, std::vector<finished_lookup>> finished;
  std::map<node_id, std::vector<contact>> arrived;
  std::map<node_id, std::vector<contact>> gone;
};

}  // namespace comet::overlay
