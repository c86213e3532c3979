#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "reactor_stage.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

using kind = channel_news::kind;

digest other() {
  return another_node().id;
}

void hear(reactor_stage& r, kind what, wire::listening said = {}) {
  arrivals came;
  came.channels.push_back({what, other(), std::move(said)});
  r.arrive(std::move(came));
}

wire::listening whole(std::vector<bytes> channels) {
  return {true, false, std::move(channels), {}, {}, {}};
}

bytes message(bytes_view channel, bytes_view text) {
  const auto bulk = [](bytes_view one) {
    return "$" + std::to_string(one.size()) + "\r\n" + bytes{one} + "\r\n";
  };
  return "*3\r\n" + bulk("message") + bulk(channel) + bulk(text);
}

}  // namespace

TEST_CASE("another node is told what clients listen to, and when they do no more") {
  reactor_stage r{networked()};
  const auto client = r.connect();
  (void)r.ask(client, "SUBSCRIBE a\r\n");
  CHECK(r.router.listening.empty());
  hear(r, kind::up);
  REQUIRE(r.router.listening.size() == 1);
  CHECK(r.router.listening[0].to == other());
  CHECK(*r.router.listening[0].what == whole({"a"}));

  (void)r.ask(client, "SUBSCRIBE b\r\nUNSUBSCRIBE a\r\n");
  REQUIRE(r.router.listening.size() == 2);
  CHECK(*r.router.listening[1].what == wire::listening{false, false, {"b"}, {}, {"a"}, {}});

  auto leaving = r.connect();
  (void)r.ask(leaving, "PSUBSCRIBE p*\r\n");
  leaving.close();
  r.stage.run();
  REQUIRE(r.router.listening.size() == 4);
  CHECK(r.router.listening[3].what->patterns_left == std::vector<bytes>{"p*"});
}

TEST_CASE(
    "a message goes to the nodes that listen, and its sender gets the number of clients here") {
  reactor_stage r{networked()};
  const auto listening = r.connect();
  const auto speaking = r.connect();
  (void)r.ask(listening, "SUBSCRIBE news\r\n");
  hear(r, kind::up);
  hear(r, kind::said, whole({"news", "other"}));
  CHECK(r.ask(speaking, "PUBLISH news 1\r\nPUBLISH nobody 2\r\nPUBLISH other 3\r\n") ==
        ":1\r\n:0\r\n:0\r\n");
  CHECK(listening.received() == message("news", "1"));
  REQUIRE(r.router.publications.size() == 2);
  CHECK(r.router.publications[0].to == std::vector<digest>{other()});
  CHECK(r.router.publications[0].channel == "news");
  CHECK(r.router.publications[0].message == "1");
  CHECK(r.router.publications[1].channel == "other");

  hear(r, kind::down);
  CHECK(r.ask(speaking, "PUBLISH news 4\r\n") == ":1\r\n");
  CHECK(r.router.publications.size() == 2);
}

TEST_CASE("a message of another node reaches the clients here, and goes no further") {
  reactor_stage r{networked()};
  const auto listening = r.connect();
  (void)r.ask(listening, "SUBSCRIBE news\r\n");
  hear(r, kind::up);
  hear(r, kind::said, whole({"news"}));
  arrivals came;
  came.publications.emplace_back("news", "1");
  came.publications.emplace_back("nobody", "2");
  came.publications.emplace_back("news", "3");
  r.arrive(std::move(came));
  CHECK(listening.received() == message("news", "1") + message("news", "3"));
  CHECK(r.router.publications.empty());
}

TEST_CASE("what a handler publishes goes to the clients here and to the nodes that listen") {
  node_options options;
  options.durability = store::durability::none;
  reactor_stage r{networked(options)};
  r.hear_of({});
  const auto listening = r.connect();
  const auto speaking = r.connect();
  (void)r.ask(listening, "SUBSCRIBE news\r\n");
  hear(r, kind::up);
  hear(r, kind::said, whole({"news"}));
  (void)r.ask(speaking, "ASO.PUT k \"return {}\"\r\n");
  const auto batch = r.ordered();
  REQUIRE(batch.items.size() == 1);
  object::outcome_batch done;
  auto& turn = done.finished.emplace_back();
  turn.id = batch.items[0].order.id;
  turn.outcome.publications = {{"news", "1"}, {"nobody", "2"}, {"news", "3"}};
  r.report(std::move(done));
  CHECK(listening.received() == message("news", "1") + message("news", "3"));
  REQUIRE(r.router.publications.size() == 2);
  CHECK(r.router.publications[0].message == "1");
  CHECK(r.router.publications[1].message == "3");
}

TEST_CASE("a subscriber that does not read is disconnected, and the log names the first of many") {
  node_options options;
  options.limits.sessions.output_bytes_hard = 20'000;
  reactor_stage r{options};
  const auto slow = r.connect();
  const auto slower = r.connect();
  (void)r.ask(slow, "SUBSCRIBE news\r\n");
  (void)r.ask(slower, "SUBSCRIBE news\r\n");
  const auto speaking = r.connect();
  (void)r.ask(speaking, "PUBLISH news " + bytes(40'000, 'x') + "\r\n");
  r.stage.run();
  CHECK(slow.at_end());
  CHECK(slower.at_end());
  CHECK(r.ask(speaking, "PUBLISH news x\r\n") == ":0\r\n");
  CHECK(r.numbers().sessions.overflows == 2);
  REQUIRE(r.log.size() == 1);
  CHECK(r.log[0].find("client-output-bytes-max") != bytes::npos);
}
