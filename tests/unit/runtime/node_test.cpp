#include "runtime/node.hpp"

#include <httplib.h>

#include <nlohmann/json.hpp>

#include "tests/unit/runtime/scratch_node.hpp"

namespace comet::runtime {
namespace {

using nlohmann::json;
using test::ask;
using test::scratch_directory;
using test::told_to_use;

std::unique_ptr<node> started(configuration told) {
  auto node = node::start(std::move(told), std::nullopt, "comet.conf",
                          [](const error& why) { FAIL_CHECK("the node failed: " << why.message); });
  INFO((node ? bytes{} : node.failure().message));
  REQUIRE(node.ok());
  return std::move(*node);
}

bytes failure_of(configuration told) {
  const auto node = node::start(std::move(told), std::nullopt, "", [](const error&) {});
  REQUIRE_FALSE(node.ok());
  return node.failure().message;
}

TEST_CASE("a started node serves clients and pages, and says where") {
  const scratch_directory scratch;
  const auto node = started(told_to_use(scratch.data()));
  CHECK(ask(node->resp(), "PING") == "+PONG\r\n");
  CHECK(ask(node->resp(), "SET k v") == "+OK\r\n");
  CHECK(ask(node->resp(), "GET k") == "$1\r\nv\r\n");

  httplib::Client client(node->http().host, node->http().port);
  const auto health = client.Get("/health");
  REQUIRE(health);
  CHECK(health->status == 200);
  CHECK(json::parse(health->body)["status"] == "ok");
  CHECK(json::parse(health->body)["keys"] == 1);
  CHECK(client.Get("/ready")->status == 200);
  CHECK(json::parse(client.Get("/")->body)["id"] == node->id());
  CHECK(client.Get("/metrics")->body.find("\ncomet_objects 1\n") != bytes::npos);
  CHECK(node->stop().complete);
}

TEST_CASE("a node keeps its data and its id over a restart") {
  const scratch_directory scratch;
  bytes id;
  {
    const auto node = started(told_to_use(scratch.data()));
    id = node->id();
    CHECK(id.size() == 64);
    REQUIRE(ask(node->resp(), "SET k kept") == "+OK\r\n");
    REQUIRE(node->stop().complete);
  }
  const auto node = started(told_to_use(scratch.data()));
  CHECK(node->id() == id);
  CHECK(ask(node->resp(), "GET k") == "$4\r\nkept\r\n");
}

TEST_CASE("CONFIG GET and SET reach the node's configuration") {
  const scratch_directory scratch;
  const auto node = started(told_to_use(scratch.data()));
  CHECK(ask(node->resp(), "CONFIG SET shutdown-deadline 3s") == "+OK\r\n");
  CHECK(ask(node->resp(), "CONFIG GET shutdown-deadline") ==
        "*2\r\n$17\r\nshutdown-deadline\r\n$2\r\n3s\r\n");
  CHECK(node->values().shutdown_deadline == std::chrono::seconds{3});
  CHECK(ask(node->resp(), "CONFIG SET data /elsewhere").find("data is read at start only") !=
        bytes::npos);
  CHECK(ask(node->resp(), "CONFIG GET port").find(std::to_string(node->resp().port)) !=
        bytes::npos);
}

TEST_CASE("a second node on the same data does not start") {
  const scratch_directory scratch;
  const auto first = started(told_to_use(scratch.data()));
  CHECK(failure_of(told_to_use(scratch.data())).find(scratch.data()) != bytes::npos);
  CHECK(ask(first->resp(), "PING") == "+PONG\r\n");
}

TEST_CASE("an address in use keeps a node from starting and is named") {
  const scratch_directory scratch;
  const scratch_directory other;
  const auto first = started(told_to_use(scratch.data()));
  for (const bytes_view key : {"http", "resp"}) {
    CAPTURE(key);
    const address taken = key == "http" ? first->http() : first->resp();
    configuration told = told_to_use(other.data());
    REQUIRE(told.apply({bytes{key}, text_of(taken), "test"}).ok());
    const bytes message = failure_of(std::move(told));
    CAPTURE(message);
    CHECK(message.find(text_of(taken)) != bytes::npos);
    CHECK(message.find("in use") != bytes::npos);
  }
}

TEST_CASE("a stopped node serves nobody") {
  const scratch_directory scratch;
  const auto node = started(told_to_use(scratch.data()));
  REQUIRE(node->stop().complete);
  httplib::Client client(node->http().host, node->http().port);
  CHECK_FALSE(client.Get("/health"));
}

}  // namespace
}  // namespace comet::runtime
