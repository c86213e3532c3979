#include "actors/executor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <vector>

#include "actor_stage.hpp"
#include "tests/unit/lua/code.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

using lua::test::code_of;

object::work creation(std::uint64_t turn, const bytes& key, const bytes& source) {
  object::command put;
  put.what = object::op::aso_put;
  put.key = key;
  put.source = source;
  auto request = std::make_shared<object::turn_request>();
  request->kind = object::turn_kind::create;
  request->key = key;
  request->what = std::make_shared<object::owned_command>(put);
  request->successor = code_of(source);
  object::work item;
  item.order.id = turn;
  item.order.incarnation = turn;
  item.order.request = std::move(request);
  return item;
}

struct executing {
  explicit executing(object::policy policy = {}) : limits(policy) {
    limits.handlers_reach = object::reach::any;
    subject = stage.spawn<executor_actor>(std::size_t{3}, limits, lua::environment{});
  }

  object::policy limits;
  actor_stage stage;
  witness<report_parcel> reactor{stage};
  caf::actor subject;

  void send(std::vector<object::work> items) {
    object::work_batch batch;
    batch.items = std::move(items);
    caf::send_as(reactor.handle, subject, work_parcel{std::move(batch)});
  }
  std::vector<executor_report> reports() {
    std::vector<executor_report> all;
    for (auto& one : reactor.seen())
      all.push_back(one.take());
    reactor.seen().clear();
    return all;
  }
};

constexpr const char* counter = "return { value = 1 }";
constexpr const char* endless = "while true do end";
constexpr const char* waiter = "return { onPut = function(self) dht.get('other') return self end }";

}  // namespace

TEST_CASE("all turns of a batch come back in one report of this executor") {
  executing e;
  e.send({creation(1, "a", counter), creation(2, "b", counter), creation(3, "c", counter)});
  e.stage.run();
  const auto reports = e.reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].executor == 3);
  REQUIRE(reports[0].outcomes.finished.size() == 3);
  for (const auto& done : reports[0].outcomes.finished) {
    INFO((done.outcome.failure ? done.outcome.failure->message : bytes{}));
    CHECK(!done.outcome.failure);
    CHECK(done.outcome.created);
  }
}

TEST_CASE("the account of an executor sums batches, turns and fuel") {
  executing e;
  e.send({creation(1, "a", counter)});
  e.stage.run();
  e.send({creation(2, "b", counter)});
  e.stage.run();
  const auto reports = e.reports();
  REQUIRE(reports.size() == 2);
  const auto& account = reports.back().account;
  CHECK(account.batches == 2);
  CHECK(account.turns == 2);
  CHECK(account.fuel > 0);
}

TEST_CASE("the account of an executor has the figures of its host") {
  object::policy limits;
  limits.hot_objects_max = 1;
  limits.fuel_per_slice = 1'000;
  executing e{limits};
  constexpr const char* long_one = "for i = 1, 5000 do end return { value = 1 }";
  e.send({creation(1, "a", long_one)});
  e.stage.run();
  const auto reports = e.reports();
  REQUIRE(reports.size() == 1);
  const auto& account = reports.back().account;
  CHECK(account.activations == reports.back().outcomes.activations);
  CHECK(account.activations == 1);
  CHECK(account.passivations == reports.back().outcomes.passivations);
  CHECK(account.preemptions == reports.back().outcomes.preemptions);
  CHECK(account.preemptions >= 5);
}

TEST_CASE("a batch of nothing is not answered") {
  executing e;
  e.send({});
  e.stage.run();
  CHECK(e.reactor.seen().empty());
}

TEST_CASE("a turn that never ends is killed by its fuel, and the others are served") {
  executing e;
  e.send({creation(1, "bad", endless), creation(2, "good", counter)});
  e.stage.run();
  std::size_t failed = 0;
  std::size_t succeeded = 0;
  for (const auto& report : e.reports())
    for (const auto& done : report.outcomes.finished) {
      if (done.id == 1) {
        REQUIRE(done.outcome.failure);
        CHECK(done.outcome.failure->code == errc::fuel);
        ++failed;
      } else {
        CHECK(!done.outcome.failure);
        ++succeeded;
      }
    }
  CHECK(failed == 1);
  CHECK(succeeded == 1);
}

TEST_CASE("long work is done in several stretches, between which the executor is free") {
  object::policy generous;
  generous.fuel_per_turn = 200'000'000;
  executing e{generous};
  e.send({creation(1, "long", "for i = 1, 30000000 do end return {}")});
  e.stage.scheduler().run_once();  // launch
  e.stage.scheduler().run_once();  // the batch: one stretch of the turn
  CHECK(e.reactor.seen().empty());
  REQUIRE(e.stage.scheduler().has_job());  // it goes on by a message to itself
  e.stage.run();
  CHECK(e.reports().size() == 1);
}

TEST_CASE("what a waiting turn asks for is reported, and its answer lets it end") {
  executing e;
  e.send({creation(1, "w", waiter)});
  e.stage.run();
  auto asked = e.reports();
  REQUIRE(asked.size() == 1);
  REQUIRE(asked[0].outcomes.outcalls.size() == 1);
  CHECK(asked[0].outcomes.outcalls[0].turn == 1);
  CHECK(asked[0].outcomes.finished.empty());

  object::work answer;
  answer.what = object::work::kind::resume;
  answer.resumed.turn = 1;
  answer.resumed.token = asked[0].outcomes.outcalls[0].what.token;
  answer.resumed.answer = object::reply::list(
      {object::reply::bulk("there"), object::reply::list({object::reply::bulk("node")})});
  e.send({std::move(answer)});
  e.stage.run();
  const auto done = e.reports();
  REQUIRE(done.size() == 1);
  REQUIRE(done[0].outcomes.finished.size() == 1);
}

TEST_CASE("a turn that waits past its wall time is aborted by the executor's own tick") {
  object::policy hasty;
  hasty.turn_time_max = 0ms;  // past as soon as any clock moves
  executing e{hasty};
  e.send({creation(1, "w", waiter)});
  e.stage.run();
  const auto first = e.reports();
  if (!first.empty() && !first[0].outcomes.finished.empty()) {
    CHECK(first[0].outcomes.finished[0].outcome.failure->code == errc::wall_time);
    return;
  }
  e.stage.pass(100ms);
  const auto done = e.reports();
  REQUIRE(done.size() == 1);
  REQUIRE(done[0].outcomes.finished.size() == 1);
  REQUIRE(done[0].outcomes.finished[0].outcome.failure);
  CHECK(done[0].outcomes.finished[0].outcome.failure->code == errc::wall_time);
}

TEST_CASE("changed limits hold for the turns that follow") {
  executing e;
  auto changed = std::make_shared<tunables>();
  changed->limits.fuel_per_turn = 100;
  caf::anon_send(e.subject, limits_changed{changed});
  e.send({creation(1, "a", "for i = 1, 1000 do end return {}")});
  e.stage.run();
  const auto reports = e.reports();
  REQUIRE(reports.size() == 1);
  REQUIRE(reports[0].outcomes.finished[0].outcome.failure);
  CHECK(reports[0].outcomes.finished[0].outcome.failure->code == errc::fuel);
}
