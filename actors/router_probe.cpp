// Whether others reach this node where it says that it is, and likewise for them.
//
// A node cannot tell by itself: links that it opens work whatever it advertises. So it asks a peer
// to dial it back, and another when the first did not find it. A peer dials nothing but the address
// of the asker's own hello, only so often, says nothing there, and leaves when it has seen who
// answers: nobody is made to send more than a few hundred bytes to somebody else.
#include <algorithm>
#include <utility>

#include "actors/router.hpp"

namespace comet::actors {

namespace {

constexpr std::chrono::seconds asked_time_max{15};  // a dial and a hello, there
constexpr std::chrono::seconds next_pause{5};       // to the next peer
constexpr std::chrono::seconds retry_pause{60};     // while nobody finds it
constexpr std::chrono::minutes again_pause{10};     // since it was found
constexpr std::chrono::seconds of_one_node{60};     // between two probes for one node
constexpr std::size_t at_a_time = 4;
constexpr std::size_t in_that_time_max = 60;  // for all nodes
constexpr std::size_t witnesses = 2;          // it may be the one that cannot dial
constexpr std::size_t why_bytes_max = 200;

}  // namespace

void router::ask_for_probe(mono_time now) {
  if (probe_asked_ && now >= probe_asked_->deadline) {
    probe_asked_.reset();
    probe_due_ = now + next_pause;
  }
  if (probe_asked_ || !joined_ || self_leaves_ || now < probe_due_) return;
  std::vector<digest> up;
  for (const auto& [id, facts] : peers_)
    if (links_.is_up(id)) up.push_back(id);
  if (up.empty() || addresses_.empty()) return;
  std::ranges::sort(up);
  const auto next = std::ranges::upper_bound(up, probe_last_);
  probe_last_ = next == up.end() ? up.front() : *next;
  const auto request = ++last_request_;
  probe_due_ = now + next_pause;
  if (links_.send(probe_last_, request, wire::probe{}))
    probe_asked_ = {probe_last_, request, now + asked_time_max};
}

void router::take_probed(const digest& from, const wire::node_frame& frame) {
  if (!probe_asked_ || probe_asked_->peer != from || probe_asked_->request != frame.request) return;
  probe_asked_.reset();
  const auto said = wire::decode<wire::probed>(frame);
  if (!said || said->outcome == wire::probe_outcome::not_tried) return;
  if (said->outcome == wire::probe_outcome::found) {
    probe_due_ = ticked_ + again_pause;
    not_found_by_.clear();
    if (std::exchange(unreachable_, {}))
      log(severity::info, "other nodes reach this node now, at " + said->where.text());
    return;
  }
  not_found_by_.insert(from);
  std::erase_if(not_found_by_, [&](const digest& id) { return !links_.is_up(id); });
  if (not_found_by_.size() < std::min(witnesses, links_.peers())) return;
  probe_due_ = ticked_ + retry_pause;
  bytes text = "other nodes cannot reach this node at " + printable(said->where.text()) +
               ", the address that it advertises (" +
               printable(shortened(said->why, why_bytes_max)) +
               "); set `advertise` to an address and port that they can dial, and let firewalls "
               "pass it";
  if (!unreachable_) log(severity::warning, text);
  unreachable_ = std::move(text);
}

void router::take_probe(const digest& from, const wire::node_frame& frame) {
  const auto known = peers_.find(from);
  if (known == peers_.end()) return;
  const auto refuse = [&](const char* why) {
    answer(from, frame.request, wire::probed{wire::probe_outcome::not_tried, {}, why});
  };
  if (!wire::decode<wire::probe>(frame)) return refuse("a probe that cannot be read");
  const auto where = parse_endpoint(overlay::to_text(known->second.who.where));
  if (!where) return refuse("the hello had no address");
  const auto at = now();
  std::erase_if(probed_at_, [&](const auto& one) { return at - one.second >= of_one_node; });
  if (probed_at_.contains(from) || probed_at_.size() >= in_that_time_max ||
      probing_.size() >= at_a_time)
    return refuse("too many probes; ask later");
  probed_at_[from] = at;
  if (auto begun = links_.probe(*where, from); !begun) {
    answer(from, frame.request,
           wire::probed{begun.failure().code == errc::unavailable ? wire::probe_outcome::not_found
                                                                  : wire::probe_outcome::not_tried,
                        *where, begun.failure().message});
    return;
  }
  probing_[from] = frame.request;
}

void router::probe_ended(const digest& id, const wire::endpoint& where,
                         const std::optional<error>& why) {
  if (const auto asked = probing_.extract(id)) {
    answer(id, asked.mapped(),
           why ? wire::probed{wire::probe_outcome::not_found, where, why->message}
               : wire::probed{wire::probe_outcome::found, where, {}});
  }
  round_wanted();
}

}  // namespace comet::actors
