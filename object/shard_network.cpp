// The shard among other nodes: what it hears of the network, and commands about nodes.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

void add(std::vector<reply>& fields, bytes_view name, reply value) {
  fields.push_back(reply::bulk(bytes{name}));
  fields.push_back(std::move(value));
}

reply text_of(const digest& id) {
  return reply::bulk(to_hex(as_bytes(id)));
}

}  // namespace

bool is_about_nodes(op what) {
  switch (what) {
    case op::nodes:
    case op::node_info:
    case op::code_text: return true;
    default: return false;
  }
}

void shard::on_network(std::shared_ptr<const key_map> map, std::optional<bytes> joining,
                       const instant& now) {
  COMET_CHECK(map != nullptr);
  joining_ = std::move(joining);
  map_ = std::move(map);
  groups_told_.clear();
  if (replicas_) {
    propose_changes();
    replicas_->on_network(*map_, now.mono);
    absorb(now);
  }
  end_puzzles(mono_time::max(), now);
}

void shard::on_arrived(const arrived_command& arrived, const instant& now) {
  deferred_ = false;
  const auto& what = arrived.what->get();
  origin to{origin::kind::node, arrived.number, 0};
  if (what.what == op::aso_get && !arrived.from.key.empty())
    to.second = telling_members_of(replica::range_at(layout::position_of(what.key)));
  reply answer;
  if (carry_out({what, arrived.from, to, now, arrived.chain, arrived.what, arrived.name,
                 arrived.hops_left, false, arrived.again},
                answer))
    deliver(to, std::move(answer), now);
}

reply shard::place_of(cache_entry& entry) {
  std::vector<reply> hop;
  add(hop, "id", reply::bulk(options_.node_id));
  add(hop, "address", reply::bulk(options_.node_address));
  add(hop, "role", reply::bulk("holder"));
  add(hop, "present", reply::truth(entry.current != nullptr));
  if (replicas_) {
    const auto& group = replicas_->members(range_of(entry));
    std::vector<reply> members;
    for (const auto& one : group.members)
      members.push_back(text_of(one.node));
    add(hop, "epoch", reply::number(static_cast<std::int64_t>(group.epoch)));
    add(hop, "replicas", reply::list(std::move(members)));
  }
  return reply::list({reply::map(std::move(hop))});
}

/// A route is told from its end: each node on it puts itself before the rest.
reply shard::with_this_hop(reply route, std::chrono::nanoseconds took, const origin& to) const {
  if (route.what != reply::kind::array) return route;
  std::vector<reply> hop;
  add(hop, "id", reply::bulk(options_.node_id));
  add(hop, "address", reply::bulk(options_.node_address));
  add(hop, "role", reply::bulk(to.what == origin::kind::node ? "passed" : "asked"));
  add(hop, "us",
      reply::number(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  route.items.insert(route.items.begin(), reply::map(std::move(hop)));
  return route;
}

// ---- commands about nodes ----

/// The source of a code, from the store where it has to be.
bool shard::tell_code(const request& r, reply& answer) {
  answer = reply::null();
  if (r.what.method.size() != sizeof(digest)) return true;
  const digest hash = digest_from(r.what.method);
  const auto known = codes_.find(hash);
  if (known != codes_.end() && known->second.text) {
    answer = reply::bulk(known->second.text->source);
    return true;
  }
  if (known != codes_.end() || cache_.complete()) return true;
  load_code(hash).asking.push_back(r.to);
  return false;
}

bool shard::network_command(const request& r, reply& answer) {
  switch (r.what.what) {
    case op::lookup:
      if (alone()) {
        answer = reply::list({named_node(options_.self)});  // it is nearest to every key
        return true;
      }
      ask(options_.self, std::make_shared<const owned_command>(r.what), r, r.to);
      return false;
    case op::nodes: return gather_nodes(r, answer);
    case op::node_info: answer = describe_node("alive"); return true;
    case op::code_text: return tell_code(r, answer);
    default: COMET_CHECK(!"a command about nodes");
  }
}

reply shard::describe_node(bytes_view state) const {
  std::vector<reply> fields;
  add(fields, "id", reply::bulk(options_.node_id));
  add(fields, "address", reply::bulk(options_.node_address));
  add(fields, "state", reply::bulk(bytes{state}));
  add(fields, "keys", reply::number(static_cast<std::int64_t>(counts_.objects)));
  if (options_.describe) options_.describe(fields);
  return reply::map(std::move(fields));
}

bool shard::gather_nodes(const request& r, reply& answer) {
  const bool leaves = map_ && map_->self_leaves();
  auto own = describe_node(leaves ? "leaving" : "here");
  if (alone()) {
    answer = reply::list({std::move(own)});
    return true;
  }
  command question;
  question.what = op::node_info;
  const auto part =
      ask_all_others(r, std::make_shared<const owned_command>(question), gathering::kind::nodes);
  deliver(part, std::move(own), r.now);
  return false;
}

reply shard::list_of_nodes(gathering& whole) {
  std::vector<reply> list;
  list.push_back(std::move(whole.parts.back()));
  const auto& others = whole.asked->others();
  for (std::size_t i = 0; i < others.size(); ++i) {
    const auto& node = others[i];
    auto& part = whole.parts[i];
    if (part.what != reply::kind::map) {
      std::vector<reply> fields;
      add(fields, "id", text_of(node.id));
      add(fields, "address", reply::bulk(node.address));
      add(fields, "state", reply::bulk("no answer"));
      add(fields, "why", reply::bulk(part.text));
      part = reply::map(std::move(fields));
    } else if (node.leaves) {
      for (std::size_t f = 0; f + 1 < part.items.size(); f += 2)
        if (part.items[f].text == "state") part.items[f + 1].text = "leaving";
    }
    add(part.items, "round-trip-us", reply::number(node.round_trip.count()));
    list.push_back(std::move(part));
  }
  return reply::list(std::move(list));
}

}  // namespace comet::object
