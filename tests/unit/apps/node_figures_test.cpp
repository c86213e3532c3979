#include "apps/comet/node_figures.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using object::reply;

reply text(const char* value) {
  return reply::bulk(value);
}

TEST_CASE("INFO is read by its names, and actors by their kind") {
  const auto info = info_figures::parse(
      "# Server\r\nnode_id:ab12\r\nuptime_in_seconds:42\r\n\r\n# CPU\r\nused_cpu_sys:0.5\r\n"
      "used_cpu_user:1.25\r\n\r\n# Actors\r\nreactor:actors=1,work=20,busy_us=300,waiting=4\r\n"
      "executors:actors=3,work=5,later=9,busy_us=6,waiting=7\r\n# Keyspace\r\ndb0:keys=1\r\n");
  CHECK(info.text("node_id") == "ab12");
  CHECK(info.number("uptime_in_seconds") == 42);
  CHECK_FALSE(info.number("node_id"));
  CHECK_FALSE(info.number("nothing"));
  CHECK(info.text("nothing").empty());
  CHECK(info.cpu_seconds() == 1.75);
  CHECK(info.text("db0") == "keys=1");
  REQUIRE(info.actors().size() == 2);
  CHECK(info.actors()[0].kind == "reactor");
  CHECK(info.actors()[0].waiting == 4);
  CHECK(info.actors()[1].count == 3);
  CHECK(info.actors()[1].work == 5);
  CHECK(info.actors()[1].busy_us == 6);
}

TEST_CASE("text that is no INFO has no figures") {
  const auto info = info_figures::parse("nonsense\n:\nactors");
  CHECK_FALSE(info.number("nonsense"));
  CHECK(info.actors().empty());
}

TEST_CASE("a node is what its row says, and what it does not say is nothing") {
  const reply concern = reply::map({text("concern"), text("unsynced"), text("why"), text("disk")});
  const reply nodes =
      reply::list({reply::map({text("id"), text("aaaabbbbccccdddd"), text("state"), text("here"),
                               text("resp"), text("127.0.0.1:1"), text("keys"), reply::number(7),
                               text("concerns"), reply::list({concern})}),
                   reply::map({text("id"), text("b"), text("state"), text("no answer"), text("why"),
                               text("gone"), text("round-trip-us"), reply::number(5)})});
  const auto found = nodes_of(nodes);
  REQUIRE(found.size() == 2);
  CHECK(found[0].is_here());
  CHECK(found[0].short_id() == "aaaabbbbcccc");
  CHECK(found[0].resp == "127.0.0.1:1");
  CHECK(found[0].keys == 7);
  CHECK_FALSE(found[0].memory_bytes);
  REQUIRE(found[0].concerns.size() == 1);
  CHECK(found[0].concerns[0].what == "unsynced");
  CHECK(found[0].concerns[0].why == "disk");
  CHECK_FALSE(found[1].answers());
  CHECK_FALSE(found[1].is_here());
  CHECK(found[1].why == "gone");
}

TEST_CASE("the rows of COMET TOP are keys with their value and error") {
  const auto rows = listed_objects_of(
      reply::list({reply::map({text("key"), text("k"), text("value"), reply::number(9),
                               text("error"), reply::number(2)})}));
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].key == "k");
  CHECK(rows[0].value == 9);
  CHECK(rows[0].error == 2);
}

}  // namespace
}  // namespace comet::client
