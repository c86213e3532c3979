#include "actors/node.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <vector>

#include "actor_stage.hpp"
#include "reactor_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

/// A node whose members do nothing but answer.
struct managed {
  actor_stage stage;
  std::vector<error> ends;
  bool dead_reactor = false;

  caf::actor idle() {
    return stage.keep(
        stage.system.spawn([]() -> caf::behavior { return {[](const sync_order&) {}}; }));
  }
  caf::actor reactor() {
    return stage.keep(stage.system.spawn([](caf::event_based_actor* self) -> caf::behavior {
      return {
          [](numbers_request) {
            node_numbers n;
            n.info.keys = 42;
            return numbers_parcel{std::move(n)};
          },
          [self](const stop_order& order) {
            self->quit();
            stop_report report;
            report.complete = order.patience > 0ms;
            return stopped{report};
          },
      };
    }));
  }

  node_members members{reactor(), {idle(), idle()}, idle(), idle(), idle(), idle()};
  caf::actor subject =
      stage.spawn<node_actor>(members, [this](const error& why) { ends.push_back(why); });
  witness<stopped> asker{stage};
  witness<numbers_parcel> reader{stage};

  managed() { stage.run(); }
};

}  // namespace

TEST_CASE("figures come from the reactor") {
  managed m;
  caf::send_as(m.reader.handle, m.subject, numbers_request{});
  m.stage.run();
  REQUIRE(m.reader.seen().size() == 1);
  CHECK(m.reader.seen()[0].take().info.keys == 42);
}

TEST_CASE("an orderly stop ends the reactor first, then all others, and is no accident") {
  managed m;
  caf::send_as(m.asker.handle, m.subject, stop_order{1'000ms});
  m.stage.run();
  REQUIRE(m.asker.seen().size() == 1);
  CHECK(m.asker.seen()[0].report.complete);
  CHECK(m.ends.empty());
  const auto ended = [](const caf::actor& one) {
    return caf::actor_cast<caf::abstract_actor*>(one)->getf(
        caf::abstract_actor::is_terminated_flag);
  };
  for (const auto& executor : m.members.executors)
    CHECK(ended(executor));
  CHECK(ended(m.members.writer));
  CHECK(ended(m.members.syncer));
  CHECK(ended(m.members.loader));
  CHECK(ended(m.members.scanner));
  CHECK(ended(m.subject));
}

TEST_CASE("an actor that ends unexpectedly is named, once") {
  managed m;
  caf::anon_send_exit(m.members.writer, caf::exit_reason::kill);
  m.stage.run();
  REQUIRE(m.ends.size() == 1);
  CHECK(m.ends[0].code == errc::internal);
  CHECK(m.ends[0].message.find("the store writer") != bytes::npos);
  caf::anon_send_exit(m.members.executors[1], caf::exit_reason::kill);
  m.stage.run();
  CHECK(m.ends.size() == 1);
}

TEST_CASE("a stop after the reactor died ends the rest and finishes nothing") {
  managed m;
  caf::anon_send_exit(m.members.reactor, caf::exit_reason::kill);
  m.stage.run();
  REQUIRE(m.ends.size() == 1);
  CHECK(m.ends[0].message.find("the reactor") != bytes::npos);
  caf::send_as(m.asker.handle, m.subject, stop_order{1'000ms});
  m.stage.run();
  REQUIRE(m.asker.seen().size() == 1);
  CHECK(!m.asker.seen()[0].report.complete);
}

TEST_CASE("a real reactor that dies is noticed, and nobody waits for its answers") {
  reactor_stage r;
  std::vector<error> ends;
  const auto nobody = r.stage.keep(
      r.stage.system.spawn([]() -> caf::behavior { return {[](const sync_order&) {}}; }));
  const auto subject =
      r.stage.spawn<node_actor>(node_members{r.reactor, {}, nobody, nobody, nobody, nobody},
                                [&](const error& why) { ends.push_back(why); });
  witness<numbers_parcel> reader{r.stage};
  witness<stopped> asker{r.stage};
  r.stage.run();
  caf::anon_send_exit(r.reactor, caf::exit_reason::kill);
  r.stage.run();
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].message.find("the reactor") != bytes::npos);

  caf::send_as(reader.handle, subject, numbers_request{});
  caf::send_as(asker.handle, subject, stop_order{1h});
  r.stage.run();
  CHECK(reader.seen().size() == 1);
  CHECK(asker.seen().size() == 1);
}
