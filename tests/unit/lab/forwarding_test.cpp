#include "lab/forwarding.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::lab;
using std::chrono::seconds;

namespace {

struct post {
  forwarding subject{[this](const digest&, message what) {
    if (up) sent.push_back(std::move(what));
    return up;
  }};
  bool up = true;
  std::vector<message> sent;
  mono_time now{std::chrono::hours{1}};
  digest peer = sha256("peer");

  void order(std::uint64_t number) {
    object::forward_order what;
    what.number = number;
    what.to = peer;
    what.what = std::make_shared<const object::owned_command>(object::command{});
    subject.order(std::move(what), now);
  }
  errc only_outcome() {
    const auto all = subject.take_outcomes();
    REQUIRE(all.size() == 1);
    return all.front().content.code;
  }
};

}  // namespace

TEST_CASE("a command is sent at once and answered once") {
  post at;
  at.order(1);
  REQUIRE(at.sent.size() == 1);
  at.subject.answered(at.peer, {1, object::reply::ok(), at.peer});
  at.subject.answered(at.peer, {1, object::reply::ok(), at.peer});
  const auto outcomes = at.subject.take_outcomes();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].content == object::reply::ok());
  CHECK_FALSE(at.subject.next_deadline());
}

TEST_CASE("what was sent and never answered is uncertain") {
  post at;
  at.order(1);
  at.subject.link_down(at.peer, {errc::unavailable, "it went"});
  CHECK(at.only_outcome() == errc::uncertain);
  at.order(2);
  at.subject.withdraw(2);
  CHECK(at.only_outcome() == errc::uncertain);
  at.order(3);
  at.subject.expire(at.now + forwarding::time_max);
  CHECK(at.only_outcome() == errc::uncertain);
}

TEST_CASE("what never left is unavailable, and what waits leaves in order when there is a link") {
  post at;
  at.up = false;
  at.order(1);
  CHECK(at.subject.next_deadline() == at.now + forwarding::dial_time_max);
  at.subject.expire(at.now + forwarding::dial_time_max);
  CHECK(at.only_outcome() == errc::unavailable);
  at.order(2);
  at.order(3);
  at.up = true;
  at.order(4);
  CHECK(at.sent.empty());  // not before those that wait
  at.subject.link_up(at.peer);
  REQUIRE(at.sent.size() == 3);
  CHECK(std::get<command_sent>(at.sent[0]).request == 2);
  CHECK(std::get<command_sent>(at.sent[2]).request == 4);
}

TEST_CASE("a command that arrived is answered to who asked, once") {
  post at;
  const auto first = at.subject.arrived(at.peer, {9, {}});
  const auto second = at.subject.arrived(at.peer, {10, {}});
  CHECK(first.number != second.number);
  at.subject.answer({first.number, object::reply::ok(), at.peer});
  at.subject.answer({first.number, object::reply::ok(), at.peer});
  REQUIRE(at.sent.size() == 1);
  CHECK(std::get<command_answered>(at.sent[0]).request == 9);
}
