#include "object/replica/replicas.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::object::replica {

namespace {

constexpr mono_time late{std::chrono::hours{1}};
constexpr range_id one_range = 5;

member node(std::uint8_t n, std::uint64_t life = 1) {
  member m;
  m.node[0] = n;
  m.life = life;
  return m;
}

const member anna = node(1);
const member bert = node(2);
const member cleo = node(3);

/// Bert's, who keeps nothing but what is given.
replicas of_bert(std::map<range_id, range_register> registers = {}) {
  replicas_options options;
  options.self = bert;
  options.registers = std::move(registers);
  return {std::move(options), mono_time{}};
}

}  // namespace

TEST_CASE("who leads a range is known from what leaders announce, and later ones count") {
  auto subject = of_bert();
  CHECK_FALSE(subject.leader(one_range));
  subject.on_message(anna, one_range, leading{4, make_ballot(1, 0)}, late);
  CHECK(subject.leader(one_range) == anna.node);
  subject.on_message(cleo, one_range, leading{4, make_ballot(2, 2)}, late);
  CHECK(subject.leader(one_range) == cleo.node);
  subject.on_message(anna, one_range, leading{4, make_ballot(1, 0)}, late);
  CHECK(subject.leader(one_range) == cleo.node);
  CHECK(subject.refused().total() == 0);
}

TEST_CASE("an announcement from the far future moves no route, and honest ones go on to") {
  auto subject = of_bert();
  subject.on_message(anna, one_range, leading{first_epoch_max + 1, make_ballot(1, 0)}, late);
  CHECK_FALSE(subject.leader(one_range));
  subject.on_message(anna, one_range, leading{4, make_ballot(1, 0)}, late);
  subject.on_message(cleo, one_range, leading{5 + epochs_ahead_max, make_ballot(1, 0)}, late);
  subject.on_message(cleo, one_range, leading{4, make_ballot(1ULL << 40U, 2)}, late);
  CHECK(subject.leader(one_range) == anna.node);
  CHECK(subject.refused().far_future == 3);
  subject.on_message(cleo, one_range, leading{5, make_ballot(1, 2)}, late);
  CHECK(subject.leader(one_range) == cleo.node);
}

TEST_CASE("who cannot lead is not believed to") {
  range_register known;
  known.current = {4, {anna, bert}, 0};
  known.votes = true;
  auto subject = of_bert({{one_range, known}});
  subject.on_message(cleo, one_range, leading{4, make_ballot(1, 0)}, late);
  subject.on_message(anna, one_range, leading{4, make_ballot(1, 1)}, late);
  subject.on_message(node(1, 2), one_range, leading{4, make_ballot(1, 0)}, late);
  subject.on_message(bert, one_range, leading{5, make_ballot(1, 0)}, late);
  subject.on_message(anna, one_range, leading{5, 0}, late);
  subject.on_message(anna, one_range, leading{0, make_ballot(1, 0)}, late);
  subject.on_message(anna, one_range, leading{5, make_ballot(1, members_max)}, late);
  CHECK(subject.refused().forged == 7);
  subject.on_message(cleo, one_range, leading{5, make_ballot(1, 0)}, late);
  CHECK(subject.leader(one_range) == cleo.node);
}

TEST_CASE("a node that says what none says is complained of once for each kind of it") {
  range_register known;
  known.current = {4, {anna, bert, cleo}, 0};
  known.votes = true;
  auto subject = of_bert({{one_range, known}});
  for (int i = 0; i < 3; ++i) {
    subject.on_message(anna, one_range, prepare{4, make_ballot(1, 2), 0}, late);
    subject.on_message(anna, one_range, install{{5 + epochs_ahead_max, {anna}, 0}}, late);
    subject.on_message(cleo, 7, leading{first_epoch_max + 1, 1U << 8U}, late);
  }
  subject.on_message(cleo, one_range, inquire{3}, late);
  const auto& all = subject.complaints();
  REQUIRE(all.size() == 3);
  CHECK((all[0].about == anna && all[0].why == complaint::kind::forged));
  CHECK((all[1].about == anna && all[1].why == complaint::kind::far_future));
  CHECK((all[2].about == cleo && all[2].why == complaint::kind::far_future && all[2].range == 7));
  CHECK(subject.refused().forged == 3);
  CHECK(subject.refused().far_future == 6);
  CHECK(subject.members(one_range) == known.current);
}

TEST_CASE("what a range refused stays counted when it goes back to what is on disk") {
  range_register known;
  known.current = {4, {anna, bert, cleo}, 0};
  known.votes = true;
  auto subject = of_bert({{one_range, known}});
  subject.on_message(anna, one_range, prepare{4, make_ballot(1, 2), 0}, late);
  subject.forget_undurable(one_range, known);
  CHECK(subject.refused().forged == 1);
}

TEST_CASE("a range without a leader is restless from the first look at it") {
  range_register known;
  known.current = {4, {anna, bert, cleo}, 0};
  known.votes = true;
  auto subject = of_bert({{one_range, known}});
  CHECK(subject.is_calm());
  subject.on_tick(late);
  CHECK_FALSE(subject.is_calm());  // it may have to stand
}

TEST_CASE("all ranges hear of time after a pause, and restless ones of each tick") {
  std::map<range_id, range_register> registers;
  for (range_id range = 0; range < 16; ++range) {
    range_register known;
    known.current = {4, {cleo, bert, anna}, 0};
    known.votes = true;
    registers.emplace(range, known);
  }
  auto subject = of_bert(std::move(registers));
  const auto asked = [&](mono_time now) {
    subject.on_tick(now);
    std::set<range_id> ranges;
    for (const auto& [range, what] : subject.take(now))
      ranges.insert(range);
    return ranges.size();
  };
  auto now = late;
  CHECK(asked(now) == 0);  // all hear that nobody leads
  now += replica_terms{}.election_pause;
  CHECK(asked(now) == 16);  // and each stands at its turn, the second member after a pause
}

TEST_CASE("what was looked up before a disk lost something answers no later question") {
  const ballot by = make_ballot(1, 0);
  range_register durable;
  durable.current = {4, {anna, bert, cleo}, 0};
  durable.votes = true;
  durable.promised = by;
  auto subject = of_bert({{one_range, durable}});
  const auto ticket_of_look = [&] {
    subject.on_message(anna, one_range, list_keys{4, by, std::nullopt}, late);
    const auto taken = subject.take(late);
    REQUIRE(taken.size() == 1);
    REQUIRE(taken[0].second.lists.size() == 1);
    return taken[0].second.lists[0].ticket;
  };
  const auto answers = [&](std::uint64_t ticket) {
    subject.on_listed(one_range, ticket, listing{}, late);
    const auto taken = subject.take(late);
    return taken.empty() ? 0 : taken[0].second.sends.size();
  };
  const auto before = ticket_of_look();
  subject.forget_undurable(one_range, durable);
  const auto after = ticket_of_look();
  CHECK(answers(before) == 0);
  CHECK(answers(after) == 1);
}

TEST_CASE("a follower whose disk lost something stays bound to the leader that counts on it") {
  const ballot by = make_ballot(1, 0);
  range_register durable;
  durable.current = {4, {anna, bert, cleo}, 0};
  durable.votes = true;
  auto subject = of_bert({{one_range, durable}});
  CHECK(subject.leases().answer(anna, {late, late}, late).granted);
  stream begun;
  begun.epoch = 4;
  begun.by = by;
  begun.run = 1;
  begun.first = 1;
  begun.group_of_epoch = durable.current;
  subject.on_message(anna, one_range, begun, late);
  const auto taken = subject.take(late);
  REQUIRE(taken.size() == 1);
  REQUIRE(taken[0].second.registered);
  subject.forget_undurable(one_range, taken[0].second.registered);
  subject.on_message(cleo, one_range, prepare{4, make_ballot(2, 2), 0}, late);
  const auto said = subject.take(late);
  REQUIRE(said.size() == 1);
  REQUIRE(said[0].second.sends.size() == 1);
  const auto* no = std::get_if<refusal>(&said[0].second.sends[0].second);
  REQUIRE(no != nullptr);
  CHECK(no->why == refusal_reason::leased);
}

}  // namespace comet::object::replica
