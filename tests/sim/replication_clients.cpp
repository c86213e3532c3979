// Clients of replication_world, and how a node serves them: as the product's shard does, what is in
// memory is read and replaced in one step, and the answer waits.
#include <algorithm>

#include "tests/sim/replication_node.hpp"
#include "tests/sim/replication_world.hpp"

namespace comet::sim {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds op_patience{2'500};
constexpr milliseconds try_patience{250};

}  // namespace

void replication_world::next_request(client& c) {
  if (!working_ || c.asked) return;
  c.range = random_.below(options_.ranges);
  c.key = key(c.range, random_.below(options_.keys));
  const auto kind = random_.below(100);
  c.given = 0;
  if (kind < 40) {
    c.what = action::read;
  } else if (kind < 58) {
    c.what = action::write;
    c.given = next_identity_++ * reads_max + static_cast<std::int64_t>(random_.below(5));
  } else if (kind < 73) {
    c.what = action::add;
    c.given = 1 + static_cast<std::int64_t>(random_.below(2));
  } else if (kind < 90) {
    c.what = action::take;
  } else {
    c.what = action::erase;
  }
  c.asked = history_.begin(c.index, c.key, c.what, c.given, now_);
  c.proposed = false;
  c.gives_up = now_ + op_patience;
  try_node(c, random_.below(8) == 0 ? random_.below(options_.nodes) : c.leaders[c.range]);
}

std::size_t replication_world::ask(std::size_t node, action what, const bytes& key,
                                   std::int64_t given) {
  auto made = std::make_unique<client>();
  auto& c = *made;
  c.index = clients_.size();
  c.once = true;
  for (std::size_t range = 0; range < options_.ranges; ++range)
    if (key.starts_with("range" + std::to_string(range) + "key")) c.range = range;
  c.key = key;
  c.what = what;
  c.given = given;
  c.leaders.resize(options_.ranges, node);
  c.gives_up = now_ + op_patience;
  clients_.push_back(std::move(made));
  c.asked = history_.begin(c.index, key, what, given, now_);
  const auto number = *c.asked;
  try_node(c, node);
  return number;
}

void replication_world::try_node(client& c, std::size_t at) {
  c.at = at;
  ++c.attempt;
  event e;
  e.what = happening::command;
  e.node = at;
  e.number = c.index;
  e.attempt = c.attempt;
  push(e, some(50, 1'000));
  e.what = happening::patience;
  push(e, try_patience);
}

/// What clients wrote here is seen at once. What came from other nodes takes its time to arrive in
/// memory, as where what it replaces has to be loaded first: it is there once it is durable.
const replica::entry* replication_world::in_memory(const node& n, std::size_t range,
                                                   const bytes& key) const {
  const auto look = [&](const range_image& image) -> const replica::entry* {
    const auto found = image.entries.find(key);
    return found == image.entries.end() ? nullptr : &found->second;
  };
  const auto* newest = look(n.store.shown(range));
  const auto own = n.proposed.find(key);
  const bool is_own = newest != nullptr && own != n.proposed.end() && own->second == newest->at;
  return is_own ? newest : look(n.store.durable(range));
}

/// The value that is there decides; what is proposed becomes it at once.
void replication_world::serve(node& n, client& c, std::uint64_t attempt) {
  if (!c.asked || c.attempt != attempt) return;  // it has hung up
  auto& subject = *n.replicas[c.range];
  event e;
  e.number = c.index;
  e.attempt = attempt;
  const auto now = local(n);
  if (subject.stands(now) != standing::leads) {
    e.what = happening::redirected;
    if (const auto leads = subject.leader())
      if (const auto there = index_of(*leads)) e.seen = static_cast<std::int64_t>(*there);
    return push(e, some(50, 1'000));
  }
  const auto* found = in_memory(n, c.range, c.key);
  content before;
  if (found != nullptr && !found->erased) before = std::stoll(found->value);
  node::waiting answer;
  answer.who = c.index;
  answer.attempt = attempt;
  answer.key = c.key;
  const bool is_empty = !before || *before % reads_max == 0;
  if (c.what == action::read || (c.what == action::take && is_empty)) {
    if (c.what == action::read) answer.seen = before;
    if (found == nullptr) {
      e.what = happening::answered;
      e.seen = answer.seen;
      ++figures_.reads;
      return push(e, some(50, 1'000));
    }
    answer.at = found->at;
    n.waits[c.range].push_back(std::move(answer));
    return answer_waiting(n, c.range);
  }
  content next;
  if (c.what == action::write) next = c.given;
  if (c.what == action::add) answer.seen = next = before.value_or(0) + c.given;
  if (c.what == action::take) answer.seen = next = *before - 1;
  answer.writes = true;
  answer.at = subject.propose(c.key, !next, next ? std::to_string(*next) : bytes{});
  c.proposed = true;
  n.proposed[c.key] = answer.at;
  n.waits[c.range].push_back(std::move(answer));
  pump(n, c.range);
}

void replication_world::answer_waiting(node& n, std::size_t range) {
  auto& waits = n.waits[range];
  for (std::size_t i = 0; i < waits.size();) {
    if (!n.replicas[range]->is_chosen(waits[i].at)) {
      ++i;
      continue;
    }
    const auto answer = waits[i];
    waits.erase(waits.begin() + static_cast<std::ptrdiff_t>(i));
    check_told(n, range, answer.key, answer.at);
    ++(answer.writes ? figures_.writes : figures_.reads);
    event e;
    e.what = happening::answered;
    e.number = answer.who;
    e.attempt = answer.attempt;
    e.seen = answer.seen;
    if (random_.below(200) != 0) push(e, some(50, 1'000));  // else the answer is lost
  }
}

void replication_world::abandon_waiting(node& n, std::size_t range) {
  for (const auto& answer : std::exchange(n.waits[range], {})) {
    event e;
    e.what = answer.writes ? happening::undecided : happening::redirected;
    e.number = answer.who;
    e.attempt = answer.attempt;
    push(e, some(50, 1'000));
  }
}

void replication_world::on_redirected(client& c, content hint) {
  if (c.once || now_ >= c.gives_up) return finish(c, outcome::refused, {});
  const bool follows = hint && random_.below(4) != 0;
  c.leaders[c.range] = follows ? static_cast<std::size_t>(*hint) : random_.below(options_.nodes);
  c.proposed = false;
  ++c.attempt;  // a moment later, so that nobody spins
  event e;
  e.what = happening::patience;
  e.number = c.index;
  e.attempt = c.attempt;
  push(e, some(1'000, hint ? 3'000 : 30'000));
}

void replication_world::on_patience(client& c, std::uint64_t attempt) {
  if (now_ >= c.gives_up) return finish(c, c.proposed ? outcome::unknown : outcome::refused, {});
  if (c.proposed || c.once) {
    event e;
    e.what = happening::patience;
    e.number = c.index;
    e.attempt = attempt;
    return push(e, c.gives_up - now_);
  }
  try_node(c, random_.below(3) == 0 ? random_.below(options_.nodes) : c.leaders[c.range]);
}

void replication_world::finish(client& c, outcome came, content seen) {
  history_.end(*c.asked, came, seen, now_);
  if (is_traced()) say(to_text(history_.operations()[*c.asked]));
  if (came == outcome::done) c.leaders[c.range] = c.at;
  c.asked.reset();
  ++c.attempt;
  if (c.once || !working_) return;
  event e;
  e.what = happening::request;
  e.number = c.index;
  push(e, some(1'000, 60'000));
}

}  // namespace comet::sim
