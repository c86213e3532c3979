#include "tests/sim/overlay_world.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "tests/sim/overlay_bytes.hpp"

namespace comet::sim {
namespace {

using namespace std::chrono_literals;
using overlay::contact;
using overlay::node_id;

// Every node has a /24 of its own; its number is the node's index.
constexpr std::uint32_t first_network = 16U << 16U;

overlay::address address_of(std::size_t index) {
  return overlay::v4_address((first_network + static_cast<std::uint32_t>(index)) << 8U | 1U, 7'400);
}
std::size_t index_of(const overlay::address& where) {
  return static_cast<std::size_t>(overlay::network_of(where)) - first_network;
}

/// A number between 0 and 1 for each draw.
double share_of(std::uint64_t draw) {
  return static_cast<double>(draw >> 11U) * 0x1p-53;
}

}  // namespace

overlay_world::overlay_world(const world_options& options)
    : options_(options), random_(options.seed) {}

const overlay::overlay_node& overlay_world::node(std::size_t index) const {
  return *residents_[index].node;
}

bool overlay_world::is_hostile(std::size_t index) const {
  return residents_[index].how != conduct::honest;
}

std::chrono::nanoseconds overlay_world::round_trip(const resident& a, const resident& b) const {
  const double ms = std::hypot(a.x - b.x, a.y - b.y) + a.height + b.height;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(ms * 1e6)};
}

bool overlay_world::is_deaf(std::size_t index) const {
  return partitioned_ && share_of(residents_[index].id.words[1]) < options_.network.deaf;
}

bool overlay_world::is_cut(std::size_t from, std::size_t to) const {
  if (blocked_ && blocked_(from, to)) return true;
  if (!partitioned_) return false;
  const auto pair = residents_[from].id.words[2] ^ residents_[to].id.words[2];
  return is_deaf(to) || share_of(pair) < options_.network.cut;
}

std::size_t overlay_world::random_live(bool honest) {
  COMET_CHECK(live_.size() > (honest ? hostile_.size() : 0));
  for (;;) {
    const auto index = live_[random_.below(live_.size())];
    if (!honest || !is_hostile(index)) return index;
  }
}

std::size_t overlay_world::random_asker() {
  for (int draws = 0; draws < 1'000'000; ++draws) {
    const auto index = random_live(true);
    if (residents_[index].joined <= now_ && !is_deaf(index)) return index;
  }
  COMET_CHECK(false);  // nobody is left who could ask
}

std::size_t overlay_world::add_node() {
  const auto index = residents_.size();
  resident newcomer;
  newcomer.id = overlay::random_id(random_);
  newcomer.x = static_cast<float>(random_.unit() * options_.network.delay_ms);
  newcomer.y = static_cast<float>(random_.unit() * options_.network.delay_ms);
  newcomer.height = static_cast<float>(1 - 3 * std::log(1 - random_.unit()));
  if (index > 0 && random_.unit() < options_.hostile) {
    newcomer.how = static_cast<conduct>(1 + random_.below(3));
    hostile_.push_back(index);
  }
  newcomer.node = std::make_unique<overlay::overlay_node>(
      contact{newcomer.id, address_of(index), 1}, options_.node, random_());
  newcomer.place = live_.size();
  by_id_.emplace(newcomer.id, index);
  residents_.push_back(std::move(newcomer));
  if (live_.empty()) {
    residents_[index].joined = now_;
  } else {
    schedule(now_, {kind::join, index, 0, 0, {}, {}, {}});
  }
  live_.push_back(index);
  const auto phase = std::chrono::nanoseconds{random_.below(1'000'000'000)};
  schedule(now_ + phase, {kind::tick, index, 0, 0, {}, {}, {}});
  if (options_.median_session > 0s) begin_session(index);
  return index;
}

void overlay_world::begin_session(std::size_t index) {
  const double mean = std::chrono::duration<double>(options_.median_session).count() / std::log(2);
  const std::chrono::duration<double> length{-mean * std::log(1 - random_.unit())};
  schedule(now_ + std::chrono::duration_cast<std::chrono::nanoseconds>(length),
           {kind::session_end, index, 0, 0, {}, {}, {}});
}

void overlay_world::remove_node(std::size_t index, bool orderly) {
  resident& leaver = residents_[index];
  if (orderly) {
    overlay::effects out;
    leaver.node->depart(now_, out);
    perform(index, out);
  }
  leaver.node.reset();
  leaver.asked.clear();
  leaver.links = {};
  by_id_.erase(leaver.id);
  std::erase(hostile_, index);
  residents_[live_.back()].place = leaver.place;
  live_[leaver.place] = live_.back();
  live_.pop_back();
}

void overlay_world::grow() {
  while (live_.size() < options_.nodes) {
    add_node();
    const double next = std::log2(1.0 + 1.0 / static_cast<double>(live_.size()));
    run_for(std::chrono::nanoseconds{static_cast<std::int64_t>(next * 1e9) *
                                     options_.doubling.count()});
  }
}

void overlay_world::run_for(std::chrono::nanoseconds span) {
  const auto end = now_ + span;
  while (!queue_.empty() && queue_.top().at <= end) {
    const due next = queue_.top();
    queue_.pop();
    now_ = next.at;
    event e = std::move(slots_[next.slot]);
    free_slots_.push_back(next.slot);
    ++events_;
    trace_ = (trace_ ^ (static_cast<std::uint64_t>(now_.time_since_epoch().count()) + e.to)) *
             0x9E3779B97F4A7C15ULL;
    handle(e);
  }
  now_ = end;
}

void overlay_world::schedule(mono_time at, event what) {
  std::uint32_t slot = 0;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back(std::move(what));
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[slot] = std::move(what);
  }
  queue_.push({at, order_++, slot});
}

void overlay_world::deliver(event message, std::size_t bytes) {
  if (message.to >= residents_.size() || !residents_[message.to].node) {
    bytes_sent_ += dial_bytes;
    return;
  }
  if (message.what == kind::request) open_link(message.from, message.to);
  bytes_sent_ += bytes;
  const auto& network = options_.network;
  if (is_cut(message.from, message.to)) return;
  if (network.loss > 0 && random_.unit() < network.loss) return;
  const auto way = round_trip(residents_[message.from], residents_[message.to]) / 2;
  const auto arrival = [&] {
    auto delay = way + std::chrono::nanoseconds{static_cast<std::int64_t>(
                           static_cast<double>(way.count()) * 0.1 * random_.unit())};
    if (network.reorder > 0 && random_.unit() < network.reorder)
      delay += std::chrono::nanoseconds{random_.below(200'000'000)};
    return now_ + delay;
  };
  if (network.duplicate > 0 && random_.unit() < network.duplicate) schedule(arrival(), message);
  const auto at = arrival();
  schedule(at, std::move(message));
}

void overlay_world::open_link(std::size_t a, std::size_t b) {
  // Kept by the older of the two: it is the one with many that are gone.
  auto& links = residents_[std::min(a, b)].links;
  const auto other = static_cast<std::uint32_t>(std::max(a, b));
  const auto place = std::lower_bound(links.begin(), links.end(), other);
  if (place != links.end() && *place == other) return;
  links.insert(place, other);
  ++links_opened_;
}

void overlay_world::handle(event& e) {
  resident& at = residents_[e.to];
  if (!at.node) return;
  overlay::effects out;
  switch (e.what) {
    case kind::request: return answer(e);
    case kind::reply: at.node->on_reply(e.number, e.answer, now_, out); break;
    case kind::timeout: at.node->on_failure(e.number, now_, out); break;
    case kind::tick:
      at.node->tick(now_, out);
      schedule(now_ + 1s, {kind::tick, e.to, 0, 0, {}, {}, {}});
      break;
    case kind::session_end:
      if (!churning_) return begin_session(e.to);
      remove_node(e.to, random_.unit() < options_.orderly);
      add_node();
      return;
    case kind::join: {
      at.node->join(residents_[random_asker()].node->self(), now_, out);
      break;
    }
  }
  perform(e.to, out);
}

void overlay_world::answer(const event& e) {
  resident& at = residents_[e.to];
  const resident& asker = residents_[e.from];
  if (at.id != e.expected) return;  // the link would show another key
  const contact from{asker.id, address_of(e.from), 1};
  overlay::effects out;
  overlay::reply said = at.node->on_request(from, e.asked, now_, out);
  perform(e.to, out);
  if (const auto* wanted = std::get_if<overlay::find_node>(&e.asked);
      wanted != nullptr && at.how != conduct::honest) {
    if (at.how == conduct::silent) return;
    said = lie(at, *wanted);
  }
  const auto bytes = size_of(said);
  deliver({kind::reply, e.from, e.to, e.number, {}, {}, std::move(said)}, bytes);
}

overlay::reply overlay_world::lie(const resident& liar, const overlay::find_node& asked) {
  overlay::reply said{liar.node->position(), {}};
  if (liar.how == conduct::colluding) {
    for (std::size_t i = 0; i < std::min<std::size_t>(asked.count, hostile_.size()); ++i) {
      const auto other = hostile_[random_.below(hostile_.size())];
      said.contacts.push_back({residents_[other].id, address_of(other), 1});
    }
  } else {
    for (std::size_t i = 0; i < asked.count; ++i) {
      said.contacts.push_back({overlay::random_id_sharing(asked.target, 30, random_),
                               address_of(random_.below(residents_.size())), 1});
    }
  }
  return said;
}

void overlay_world::perform(std::size_t index, overlay::effects& out) {
  for (auto& sent : out.requests) {
    const auto bytes = size_of(sent.what);
    schedule(now_ + sent.timeout, {kind::timeout, index, index, sent.number, {}, {}, {}});
    deliver({kind::request, index_of(sent.to.where), index, sent.number, sent.to.id, sent.what, {}},
            bytes);
  }
  resident& at = residents_[index];
  if (out.joined && at.joined == mono_time::max()) at.joined = now_;
  if (out.join_failed) schedule(now_ + 1s, {kind::join, index, 0, 0, {}, {}, {}});
  for (const auto& ended : out.lookups)
    judge(at, ended);
}

void overlay_world::look_up(const node_id& target, std::function<void(const judged_lookup&)> then) {
  const auto index = random_asker();
  resident& at = residents_[index];
  overlay::effects out;
  const auto number = at.node->find(target, options_.lookup, now_, out);
  COMET_CHECK(number.ok());
  at.asked.emplace(*number, std::pair{now_, std::move(then)});
  perform(index, out);
}

void overlay_world::judge(resident& at, const overlay::finished_lookup& ended) {
  const auto asked = at.asked.find(ended.number);
  if (asked == at.asked.end()) return;
  const auto [started, then] = std::move(asked->second);
  at.asked.erase(asked);
  // A newcomer is to be found one second after it has told its neighbours.
  const auto truth = nearest(ended.outcome.target, 1, [&, started = started](const resident& r) {
    return r.how == conduct::honest && r.joined <= started - 1s &&
           !is_deaf(index_of(r.node->self().where));
  });
  judged_lookup judged{ended.outcome, false, now_ - started};
  for (const auto& who : ended.outcome.nearest) {
    const auto& found = residents_[index_of(who.where)];
    if (found.how != conduct::honest) continue;
    judged.found = !truth.empty() &&
                   !overlay::is_nearer(ended.outcome.target, residents_[truth[0]].id, found.id);
    break;
  }
  then(judged);
}

std::vector<std::size_t> overlay_world::nearest(
    const node_id& target, std::size_t count,
    const std::function<bool(const resident&)>& fits) const {
  // Ids that share a prefix with the target lie together; take the longest prefix with enough.
  for (unsigned bits = static_cast<unsigned>(std::log2(by_id_.size() + 1)) + 2;; --bits) {
    node_id from = target;
    for (unsigned i = 0; i < from.words.size(); ++i) {
      const unsigned kept = bits <= 64 * i ? 0 : std::min(64U, bits - 64 * i);
      if (kept < 64) from.words[i] &= kept == 0 ? 0 : ~std::uint64_t{0} << (64 - kept);
    }
    std::vector<std::size_t> found;
    for (auto it = by_id_.lower_bound(from); it != by_id_.end(); ++it) {
      if (overlay::common_prefix_bits(it->first, target) < bits) break;
      if (fits(residents_[it->second])) found.push_back(it->second);
    }
    if (found.size() < count && bits > 0) continue;
    std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
      return overlay::is_nearer(target, residents_[a].id, residents_[b].id);
    });
    if (found.size() > count) found.resize(count);
    return found;
  }
}

double overlay_world::converged(std::size_t count) const {
  std::size_t right = 0;
  for (const auto index : live_) {
    const auto& at = residents_[index];
    const auto truth = nearest(at.id, count, [&](const resident& r) { return r.id != at.id; });
    const auto known = at.node->table().nearest(at.id, count);
    const bool same =
        std::equal(truth.begin(), truth.end(), known.begin(), known.end(),
                   [&](std::size_t i, const contact& who) { return residents_[i].id == who.id; });
    right += same ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(live_.size());
}

std::uint64_t overlay_world::link_bytes_sent() const {
  return links_opened_ * 2 * link_bytes;
}

double overlay_world::coordinate_error(std::size_t pairs) {
  std::vector<double> errors;
  while (errors.size() < pairs) {
    const auto a = random_live(false);
    const auto b = random_live(false);
    if (a == b) continue;
    const auto real = static_cast<double>(round_trip(residents_[a], residents_[b]).count()) * 1.05;
    const auto predicted = overlay::predicted_round_trip(residents_[a].node->position(),
                                                         residents_[b].node->position());
    errors.push_back(std::abs(static_cast<double>(predicted.count()) - real) / real);
  }
  std::sort(errors.begin(), errors.end());
  return errors[errors.size() / 2];
}

}  // namespace comet::sim
