#include "lab/client.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::lab;

namespace {

client connected() {
  client who{1, {}};
  who.connect();
  who.take("%1\r\n$5\r\nproto\r\n:3\r\n");
  return who;
}

bytes confirmation(const bytes& kind, const bytes& name) {
  return ">3\r\n$" + std::to_string(kind.size()) + "\r\n" + kind + "\r\n$" +
         std::to_string(name.size()) + "\r\n" + name + "\r\n:1\r\n";
}

}  // namespace

TEST_CASE("a client says who it is first") {
  client_options options;
  options.user = "alice";
  client who{1, options};
  CHECK(who.connect().find("alice") != bytes::npos);
  CHECK(who.connected());
}

TEST_CASE("answers go to the requests in their order") {
  auto who = connected();
  who.request(1, {"GET", "a"});
  who.request(2, {"GET", "b"});
  CHECK(who.answer(1) == nullptr);
  who.take("$1\r\nx\r\n_\r\n");
  CHECK(who.answer(1)->text == "x");
  CHECK(who.answer(2)->what == object::reply::kind::null);
  who.forget(1);
  CHECK_FALSE(who.knows(1));
}

TEST_CASE("a subscription is answered when each of its names is confirmed") {
  auto who = connected();
  who.request(1, {"SUBSCRIBE", "a", "b"});
  who.take(confirmation("subscribe", "a"));
  CHECK(who.answer(1) == nullptr);
  who.take(confirmation("subscribe", "b"));
  REQUIRE(who.answer(1) != nullptr);
  CHECK(who.answer(1)->items.size() == 2);
  who.request(2, {"UNSUBSCRIBE"});
  who.take(confirmation("unsubscribe", "a"));
  CHECK(who.answer(2) == nullptr);
  who.take(confirmation("unsubscribe", "b"));
  CHECK(who.answer(2) != nullptr);
}

TEST_CASE("messages are heard between answers") {
  auto who = connected();
  who.request(1, {"GET", "a"});
  who.take(">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$4\r\nrain\r\n");
  who.take(">4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$4\r\nrain\r\n");
  CHECK(who.answer(1) == nullptr);
  const auto heard = who.messages();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0] == heard_message{"news", "rain", {}});
  CHECK(heard[1] == heard_message{"news", "rain", "n*"});
}

TEST_CASE("requests without an answer fail when the connection ends") {
  auto who = connected();
  who.request(1, {"GET", "a"});
  who.disconnected("the node went down");
  REQUIRE(who.answer(1) != nullptr);
  CHECK(who.answer(1)->failed());
  CHECK_FALSE(who.connected());
}
