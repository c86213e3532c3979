#include "object/replica/lease_book.hpp"

#include <algorithm>
#include <utility>

namespace comet::object::replica {

lease_book::lease_book(const lease_terms& terms, mono_time started, const rules& broken,
                       bool newborn)
    : terms_(terms),
      broken_(broken),
      started_(started),
      rested_at_(newborn ? started : started + terms.length) {}

lease_request lease_book::ask(const member& to, mono_time now) const {
  const auto found = leases_.find(to);
  return {now, found == leases_.end() ? mono_time{} : found->second.answered};
}

lease_answer lease_book::answer(const member& from, const lease_request& asked, mono_time now) {
  const bool hears = asked.heard != mono_time{} && asked.heard >= started_ && asked.heard <= now &&
                     now - asked.heard < terms_.length;
  if (hears) {
    auto& until = leases_[from].granted_until;
    until = std::max(until, now + terms_.length);
  }
  return {asked.sent, now, hears};
}

void lease_book::on_answer(const member& from, const lease_answer& said, mono_time now) {
  if (said.sent > now) return;  // never asked
  auto& known = leases_[from];
  known.answered = std::max(known.answered, said.answered);
  if (!said.granted) {
    known.ends = true;
    return;
  }
  const bool counts_from_now = broken_.test(static_cast<std::size_t>(rule::lease_from_sending));
  const auto sure =
      std::chrono::duration_cast<mono_clock::duration>(terms_.length * (1.0 - 2.0 * terms_.drift));
  const bool ended = std::exchange(known.ends, false);
  if (ended || now >= known.held_until) known.held_since = now;
  known.held_until = std::max(known.held_until, (counts_from_now ? now : said.sent) + sure);
}

bool lease_book::is_bound_to(const member& peer, mono_time now) const {
  const auto found = leases_.find(peer);
  return found != leases_.end() && now < found->second.granted_until;
}

bool lease_book::holds(const member& peer, mono_time now) const {
  return now < held_until(peer);
}

mono_time lease_book::held_until(const member& peer) const {
  const auto found = leases_.find(peer);
  return found == leases_.end() ? mono_time{} : found->second.held_until;
}

mono_time lease_book::held_since(const member& peer) const {
  const auto found = leases_.find(peer);
  return found == leases_.end() ? mono_time{} : found->second.held_since;
}

bool lease_book::is_rested(mono_time now) const {
  return now >= rested_at_ || broken_.test(static_cast<std::size_t>(rule::rest_after_restart));
}

void lease_book::drop(const member& peer, mono_time now) {
  if (!is_bound_to(peer, now)) leases_.erase(peer);
}

}  // namespace comet::object::replica
