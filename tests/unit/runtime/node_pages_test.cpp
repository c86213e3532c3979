#include "runtime/node_pages.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace comet::runtime {
namespace {

using nlohmann::json;

TEST_CASE("health is ok while writes succeed and read-only when they fail") {
  actors::node_numbers n;
  n.info.keys = 3;
  CHECK(health_page(&n).status == 200);
  CHECK(json::parse(health_page(&n).body)["status"] == "ok");
  CHECK(json::parse(health_page(&n).body)["keys"] == 3);
  n.store.last_write_ok = false;
  CHECK(health_page(&n).status == 200);
  CHECK(json::parse(health_page(&n).body)["status"] == "read-only");
}

TEST_CASE("a stopping node is healthy and not ready") {
  CHECK(health_page(nullptr).status == 200);
  CHECK(json::parse(health_page(nullptr).body)["status"] == "stopping");
  CHECK(ready_page(nullptr).status == 503);
  CHECK(json::parse(ready_page(nullptr).body)["ready"] == false);
  CHECK(metrics_page(nullptr).status == 503);
  CHECK(index_page(nullptr, "ab").status == 200);
}

TEST_CASE("a serving node is ready") {
  const actors::node_numbers n;
  CHECK(ready_page(&n).status == 200);
  CHECK(json::parse(ready_page(&n).body)["ready"] == true);
}

TEST_CASE("a node that others cannot dial is ready, and says what is wrong") {
  actors::node_numbers n;
  CHECK_FALSE(json::parse(ready_page(&n).body).contains("unreachable"));
  n.router.unreachable = "other nodes cannot reach this node at 192.0.2.1:7400";
  CHECK(ready_page(&n).status == 200);
  CHECK(json::parse(ready_page(&n).body)["unreachable"] == *n.router.unreachable);
}

TEST_CASE("a node that looks for its network is healthy, not ready, and says why") {
  actors::node_numbers n;
  n.joining = "joining through 192.0.2.1:7400: connection refused";
  CHECK(health_page(&n).status == 200);
  CHECK(json::parse(health_page(&n).body)["status"] == "joining");
  CHECK(ready_page(&n).status == 503);
  const json page = json::parse(ready_page(&n).body);
  CHECK(page["ready"] == false);
  CHECK(page["joining"] == *n.joining);
  CHECK_FALSE(json::parse(ready_page(nullptr).body).contains("joining"));
}

TEST_CASE("a node that serves names what is wrong with it") {
  actors::node_numbers n;
  CHECK(json::parse(ready_page(&n).body)["concerns"].empty());
  n.store.last_write_ok = false;
  n.store.sync_failing = true;
  n.store.unsynced_changes = 12;
  n.objects_behind = 34;
  n.ranges.behind = 5;
  n.router.clocks_apart = 2;
  n.router.unreachable = "nobody can dial it";
  const json page = json::parse(ready_page(&n).body);
  CHECK(ready_page(&n).status == 200);
  std::vector<std::string> names;
  for (const auto& one : page["concerns"]) {
    names.push_back(one["concern"]);
    CHECK(one["why"].is_string());
  }
  CHECK(names == std::vector<std::string>{"read-only", "unsynced", "under-replicated",
                                          "clocks-apart", "unreachable"});
  CHECK(page["concerns"][1]["why"].get<std::string>().starts_with("12 changes"));
  CHECK(page["concerns"][2]["why"].get<std::string>().starts_with("34 keys in 5 ranges"));
}

TEST_CASE("a node that stops has no concerns any more") {
  CHECK_FALSE(json::parse(ready_page(nullptr).body).contains("concerns"));
}

TEST_CASE("the metrics say which text format they are") {
  const actors::node_numbers n;
  CHECK(metrics_page(&n).content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(metrics_page(&n).body.starts_with("# HELP comet_build_info "));
}

TEST_CASE("the index tells version, id, uptime and the other pages") {
  actors::node_numbers n;
  n.info.uptime_seconds = 17;
  const json page = json::parse(index_page(&n, "abcd").body);
  CHECK(page["comet"].is_string());
  CHECK(page["id"] == "abcd");
  CHECK(page["uptime_seconds"] == 17);
  CHECK(page["pages"] == json{"/health", "/ready", "/metrics"});
}

}  // namespace
}  // namespace comet::runtime
