#include "object/replica/range_replica.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "tests/unit/object/replica/replica_group.hpp"

namespace comet::object::replica {

namespace {

using std::chrono::milliseconds;

member node(std::uint8_t n, std::uint64_t life = 1) {
  member m;
  m.node[0] = n;
  m.life = life;
  return m;
}

const member anna = node(1);
const member bert = node(2);
const member cleo = node(3);

constexpr mono_time late{std::chrono::hours{1}};

/// Bert, a member of a group of three, with nobody but the test around.
struct lone_member {
  replica_terms terms;
  lease_book leases{{}, mono_time{}};
  range_replica subject;

  explicit lone_member(range_register known = three()) : subject(bert, terms, leases, known) {}

  static range_register three() {
    range_register r;
    r.current = {4, {anna, bert, cleo}, 0};
    r.votes = true;
    return r;
  }

  /// What it says at once; everything written is durable at once.
  std::vector<message> hear(const member& from, message what) {
    subject.on_message(from, std::move(what), late);
    std::vector<message> said;
    for (;;) {
      auto todo = subject.take(late);
      for (auto& [to, one] : todo.sends)
        said.push_back(std::move(one));
      written.insert(written.end(), todo.entries.begin(), todo.entries.end());
      if (todo.number == 0) return said;
      subject.on_durable(todo.number, late);
    }
  }

  std::vector<written_entry> written;
};

template <class T>
std::optional<T> one(const std::vector<message>& said) {
  if (said.size() != 1 || !std::holds_alternative<T>(said.front())) return std::nullopt;
  return std::get<T>(said.front());
}

stream values(ballot by, std::uint64_t first, const std::vector<bytes>& keys) {
  stream s;
  s.epoch = 4;
  s.by = by;
  s.run = 1;
  s.first = first;
  if (first == 1) s.group_of_epoch = lone_member::three().current;
  for (const auto& key : keys)
    s.parts.emplace_back(entry{key, {4, by, first}, false, "value"});
  return s;
}

}  // namespace

TEST_CASE("a promise names the ballot and is kept back until it is on disk") {
  lone_member bert_alone;
  bert_alone.subject.on_message(anna, prepare{4, make_ballot(1, 0), 0}, late);
  auto todo = bert_alone.subject.take(late);
  CHECK(todo.sends.empty());
  REQUIRE(todo.registered);
  CHECK(todo.registered->promised == make_ballot(1, 0));
  bert_alone.subject.on_durable(todo.number, late);
  todo = bert_alone.subject.take(late);
  REQUIRE(todo.sends.size() == 1);
  CHECK(std::get<promise>(todo.sends.front().second).by == make_ballot(1, 0));
}

TEST_CASE("a lower ballot than the promised one is refused and counted") {
  lone_member bert_alone;
  bert_alone.hear(cleo, prepare{4, make_ballot(2, 2), 0});
  const auto no = one<refusal>(bert_alone.hear(anna, prepare{4, make_ballot(1, 0), 0}));
  REQUIRE(no);
  CHECK(no->why == refusal_reason::ballot);
  CHECK(no->promised == make_ballot(2, 2));
  CHECK(bert_alone.subject.refused().old_ballots == 1);
}

TEST_CASE("a ballot that belongs to another member is not obeyed") {
  lone_member bert_alone;
  CHECK(bert_alone.hear(anna, prepare{4, make_ballot(1, 2), 0}).empty());
  CHECK(bert_alone.subject.refused().forged == 1);
  CHECK(bert_alone.subject.registered().promised == 0);
}

TEST_CASE("a ballot from the far future is not obeyed") {
  lone_member bert_alone;
  CHECK(bert_alone.hear(anna, prepare{4, make_ballot(1ULL << 40U, 0), 0}).empty());
  CHECK(bert_alone.subject.refused().far_future == 1);
  CHECK(bert_alone.subject.registered().promised == 0);
}

TEST_CASE("a group from the far future is not entered, and nothing is forgotten for it") {
  lone_member bert_alone;
  constexpr std::uint64_t far = 4 + 1'000'001;
  CHECK(bert_alone.hear(anna, install{{far, {anna, cleo}, 0}}).empty());
  stream taught;
  taught.epoch = far;
  taught.by = make_ballot(1, 0);
  taught.run = 1;
  taught.group_of_epoch = group{far, {anna, bert, cleo}, 0};
  CHECK(bert_alone.hear(anna, taught).empty());
  bert_alone.subject.on_message(anna, prepare{4, make_ballot(1, 0), 0}, late);
  const auto todo = bert_alone.subject.take(late);
  CHECK_FALSE(todo.wipe);
  CHECK(bert_alone.subject.refused().far_future == 2);
  CHECK(bert_alone.subject.is_member());
  CHECK(bert_alone.subject.registered().current == lone_member::three().current);
}

TEST_CASE("a stream of a ballot from the far future is not followed") {
  lone_member bert_alone;
  CHECK(bert_alone.hear(anna, values(make_ballot(1ULL << 40U, 0), 1, {"a"})).empty());
  CHECK(bert_alone.written.empty());
  CHECK(bert_alone.subject.refused().far_future == 1);
  CHECK(bert_alone.subject.registered().promised == 0);
}

TEST_CASE("who is not of the group, or of another life, gets no promise") {
  lone_member bert_alone;
  const auto no = one<refusal>(bert_alone.hear(node(9), prepare{4, make_ballot(1, 0), 0}));
  REQUIRE(no);
  CHECK(no->why == refusal_reason::epoch);
  CHECK(one<refusal>(bert_alone.hear(node(1, 2), prepare{4, make_ballot(1, 0), 0})));
  CHECK(bert_alone.subject.refused().strangers == 2);
}

TEST_CASE("an old epoch is answered with the group in force") {
  lone_member bert_alone;
  const auto no = one<refusal>(bert_alone.hear(anna, prepare{3, make_ballot(1, 0), 0}));
  REQUIRE(no);
  CHECK(no->current == lone_member::three().current);
  CHECK(bert_alone.subject.refused().old_epochs == 1);
}

TEST_CASE("a stream is taken in order, without gaps, and each part once") {
  lone_member bert_alone;
  const auto by = make_ballot(1, 0);
  bert_alone.hear(anna, prepare{4, by, 0});
  const auto gap = one<refusal>(bert_alone.hear(anna, values(by, 2, {"b"})));
  REQUIRE(gap);
  CHECK(gap->why == refusal_reason::gap);
  CHECK(one<streamed>(bert_alone.hear(anna, values(by, 1, {"a", "b"})))->through == 2);
  CHECK(one<streamed>(bert_alone.hear(anna, values(by, 2, {"b", "c"})))->through == 3);
  REQUIRE(bert_alone.written.size() == 3);
  CHECK(bert_alone.written[2].what.key == "c");
}

TEST_CASE("nothing of a lower ballot is accepted") {
  lone_member bert_alone;
  bert_alone.hear(cleo, prepare{4, make_ballot(2, 2), 0});
  const auto no = one<refusal>(bert_alone.hear(anna, values(make_ballot(1, 0), 1, {"a"})));
  REQUIRE(no);
  CHECK(no->why == refusal_reason::ballot);
  CHECK(bert_alone.written.empty());
}

TEST_CASE("a group that nobody can be, or that has a node twice, is not entered") {
  lone_member bert_alone;
  CHECK(bert_alone.hear(anna, install{{5, {}, 0}}).empty());
  CHECK(bert_alone.hear(anna, install{{5, {bert, node(2, 7)}, 0}}).empty());
  std::vector<member> many;
  for (std::uint8_t i = 0; i <= members_max; ++i)
    many.push_back(node(i));
  CHECK(bert_alone.hear(anna, install{{5, many, 0}}).empty());
  CHECK(bert_alone.subject.refused().forged == 3);
  CHECK(bert_alone.subject.registered().current.epoch == 4);
}

TEST_CASE("who was not a member and has not everything does not vote, whoever says that it may") {
  range_register outside;
  outside.current = {4, {anna, cleo}, 0};
  lone_member bert_alone{outside};
  const auto answer = one<installed>(bert_alone.hear(anna, install{{5, {anna, bert, cleo}, 0}}));
  REQUIRE(answer);
  CHECK_FALSE(answer->votes);
  CHECK_FALSE(bert_alone.subject.is_member());
}

TEST_CASE("a member that is not of the next group forgets the range") {
  lone_member bert_alone;
  bert_alone.subject.on_message(anna, install{{5, {anna, cleo}, 0}}, late);
  const auto todo = bert_alone.subject.take(late);
  CHECK(todo.wipe);
  CHECK_FALSE(bert_alone.subject.is_member());
}

TEST_CASE("a register of another life gives no vote, no promise and is ready for nothing") {
  range_register old = lone_member::three();
  old.current.members[1] = node(2, 7);
  old.promised = make_ballot(3, 1);
  old.next = group{5, {anna, node(2, 7)}, 0};
  old.ready = true;
  const lone_member bert_alone{old};
  CHECK_FALSE(bert_alone.subject.is_member());
  CHECK(bert_alone.subject.registered().promised == 0);
  CHECK_FALSE(bert_alone.subject.registered().ready);
}

TEST_CASE("a member that was restarted takes later runs only: old values stay where they were") {
  range_register known;
  const auto by = make_ballot(1, 0);
  {
    lone_member before;
    before.hear(anna, prepare{4, by, 0});
    before.hear(anna, values(by, 1, {"a", "b"}));
    known = before.subject.registered();
  }
  lone_member after{known};
  after.hear(anna, values(by, 1, {"a"}));
  CHECK(after.written.empty());
  auto later = values(by, 1, {"c"});
  later.run = 2;
  CHECK(one<streamed>(after.hear(anna, later)));
  CHECK(after.written.size() == 1);
}

TEST_CASE("a question about later groups changes nothing for who is asked") {
  range_register outside;
  outside.current = {4, {anna, cleo}, 0};
  lone_member bert_alone{outside};
  CHECK(bert_alone.hear(cleo, inquire{4}).empty());
  CHECK(bert_alone.subject.registered() == outside);
  const auto no = one<refusal>(bert_alone.hear(cleo, inquire{3}));
  REQUIRE(no);
  CHECK(no->current == outside.current);
}

TEST_CASE("only its leader tells a member how young its copy is, and not of times to come") {
  test::replica_group three{3};
  three.run(std::chrono::milliseconds{5'000});
  auto& member = *three.nodes[1].replica;
  const auto& kept = member.registered();
  const auto known = member.copy();
  REQUIRE(known);
  whole_copy told{kept.current.epoch, kept.promised, kept.taught_run, 0, 0, three.now};
  member.on_message(three.nodes[2].self, told, three.now);
  CHECK(member.copy()->as_of == known->as_of);
  told.heard = three.now + std::chrono::milliseconds{1};
  member.on_message(three.nodes[0].self, told, three.now);
  CHECK(member.copy()->as_of == known->as_of);
  told.heard = three.now;
  told.through = 1'000;  // parts that it does not have
  member.on_message(three.nodes[0].self, told, three.now);
  CHECK(member.copy()->as_of == known->as_of);
  told.through = 0;
  member.on_message(three.nodes[0].self, told, three.now);
  CHECK(member.copy()->as_of == three.now);
  CHECK_FALSE(three.nodes[0].replica->copy());
}

}  // namespace comet::object::replica
