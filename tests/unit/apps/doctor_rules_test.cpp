#include "apps/comet/doctor_rules.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/apps/network_sample.hpp"

namespace comet::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using enum finding_weight;

/// Three healthy nodes, the first of which tells this.
std::vector<node_sample> three(const bytes& info = {}) {
  return {healthy_node('a', info), healthy_node('b'), healthy_node('c')};
}

const finding* find(const std::vector<finding>& found, bytes_view what) {
  const auto one = std::ranges::find(found, what, &finding::what);
  return one == found.end() ? nullptr : &*one;
}

TEST_CASE("a healthy network has no findings") {
  CHECK(diagnose(three()).empty());
}

TEST_CASE("each rule on figures holds beyond its limit, and not just below it") {
  struct row {
    bytes_view what;
    finding_weight weight;
    bytes healthy;
    bytes sick;
    bytes_view why;
  };
  const std::vector<row> rows{
      {"disk-full", critical, "disk_free_bytes:1200000000\r\ndisk_total_bytes:100000000000\r\n",
       "disk_free_bytes:900000000\r\ndisk_total_bytes:100000000000\r\n", "(0.9%)"},
      {"disk-filling", warning, "disk_free_bytes:6000000000\r\ndisk_total_bytes:100000000000\r\n",
       "disk_free_bytes:4000000000\r\ndisk_total_bytes:100000000000\r\n", "(4.0%)"},
      {"failing-turns", warning, "turns:1000\r\nfailed_turns:49\r\n",
       "turns:1000\r\nfailed_turns:50\r\n", "50 of 1000 turns failed (5.0%)"},
      {"quarantined", warning, "quarantined_objects:0\r\n", "quarantined_objects:2\r\n",
       "2 objects"},
      {"backlog", warning, "waiting_turns:999\r\n", "waiting_turns:1000\r\n", "1000 turns wait"},
      {"late-timers", warning, "timers_fired:2000\r\nlate_timers:19\r\n",
       "timers_fired:2000\r\nlate_timers:20\r\n", "20 of 2000"},
      {"slow-commits", warning, "commits:200\r\nslow_commits:9\r\n",
       "commits:200\r\nslow_commits:10\r\n", "10 of 200"},
      {"descriptors", warning, "descriptors_max:11024\r\nmaxclients:10000\r\n",
       "descriptors_max:1024\r\nmaxclients:10000\r\n", "1024 files"},
      {"clients", warning, "connected_clients:89\r\nmaxclients:100\r\n",
       "connected_clients:90\r\nmaxclients:100\r\n", "90 of 100"},
      {"clients-refused", notice, "rejected_connections:0\r\n", "rejected_connections:3\r\n",
       "3 connections"},
      {"cache-full", notice, "cache_bytes:99\r\ncache_bytes_max:100\r\nevicted_keys:0\r\n",
       "cache_bytes:99\r\ncache_bytes_max:100\r\nevicted_keys:7\r\n", "7 had to leave"},
      {"durability-none", notice, "durability:interval\r\n", "durability:none\r\n",
       "durability is none"},
  };
  for (const row& one : rows) {
    CAPTURE(one.what);
    CHECK(find(diagnose(three(one.healthy)), one.what) == nullptr);
    const auto found = diagnose(three(one.sick));
    const finding* sick = find(found, one.what);
    REQUIRE(sick != nullptr);
    CHECK(sick->weight == one.weight);
    CHECK(sick->node == "aaaaaaaaaaaa");
    CHECK(sick->why.find(one.why) != bytes::npos);
    CHECK_FALSE(sick->todo.empty());
  }
}

TEST_CASE("a share of few events means nothing") {
  CHECK(diagnose(three("turns:10\r\nfailed_turns:10\r\n")).empty());
}

TEST_CASE("a disk that is full is not said to be filling as well") {
  const auto found = diagnose(three("disk_free_bytes:1\r\ndisk_total_bytes:100\r\n"));
  CHECK(found.size() == 1);
}

TEST_CASE("a node without a users file is open to all where others can reach it") {
  auto nodes = three("users_file:0\r\n");
  CHECK(diagnose(nodes).empty());
  nodes[0].node.resp = "192.0.2.1:7379";
  const auto found = diagnose(nodes);
  REQUIRE(find(found, "open-to-all") != nullptr);
  CHECK(find(found, "open-to-all")->weight == critical);
  nodes[0].info = info_figures::parse("users_file:1\r\n");
  CHECK(diagnose(nodes).empty());
}

TEST_CASE("a node that does not answer is one finding, with why") {
  auto nodes = three();
  nodes[2].node.state = "no answer";
  nodes[2].node.why = "connection refused";
  nodes[2].info.reset();
  const auto found = diagnose(nodes);
  REQUIRE(found.size() == 1);
  CHECK(found[0].what == "no-answer");
  CHECK(found[0].weight == critical);
  CHECK(found[0].node == "cccccccccccc");
  CHECK(found[0].why.find("connection refused") != bytes::npos);
}

TEST_CASE("a node that answers others and not the doctor is told of") {
  auto nodes = three();
  nodes[1].info.reset();
  nodes[1].failure = "cannot connect";
  const auto found = diagnose(nodes);
  REQUIRE(found.size() == 1);
  CHECK(found[0].what == "not-asked");
  CHECK(found[0].weight == warning);
}

TEST_CASE("each concern of a node is a finding of its own weight") {
  const std::vector<std::pair<bytes, finding_weight>> concerns{
      {"joining", critical},         {"read-only", critical},   {"unsynced", critical},
      {"under-replicated", warning}, {"clocks-apart", warning}, {"unreachable", warning}};
  for (const auto& [what, weight] : concerns) {
    auto nodes = three();
    nodes[0].node.concerns.push_back({what, "so it is"});
    const auto found = diagnose(nodes);
    REQUIRE(found.size() == 1);
    CHECK(found[0].what == what);
    CHECK(found[0].weight == weight);
    CHECK(found[0].why == "so it is");
  }
  auto nodes = three();
  nodes[0].node.concerns.push_back({"news", "\x1b[2J"});
  const auto found = diagnose(nodes);
  CHECK(found[0].what == "concern");
  CHECK(found[0].why == "\\x1b[2J");
}

TEST_CASE("one node is a notice, two are a warning, three are as it should be") {
  auto one = healthy_node('a');
  CHECK(diagnose({one})[0].what == "one-node");
  CHECK(diagnose({one})[0].weight == notice);
  CHECK(diagnose({one, healthy_node('b')})[0].what == "two-nodes");
  CHECK(diagnose({one, healthy_node('b')})[0].weight == warning);
}

TEST_CASE("nodes of several versions are told of once") {
  auto nodes = three();
  nodes[1].node.version = "0.2.0";
  const auto found = diagnose(nodes);
  REQUIRE(found.size() == 1);
  CHECK(found[0].what == "versions");
  CHECK(found[0].why == "the nodes run 0.1.0 and 0.2.0");
}

TEST_CASE("ranges that nobody leads are critical, and a node that is alone leads none") {
  auto nodes = three();
  nodes[0].node.ranges_led = 1'000;
  const auto found = diagnose(nodes);
  REQUIRE(found.size() == 1);
  CHECK(found[0].what == "leaderless");
  CHECK(found[0].weight == critical);
  CHECK(found[0].why.starts_with("24 of 1024"));
  nodes[0].node.ranges_led.reset();
  CHECK(diagnose(nodes).empty());
}

TEST_CASE("the weightiest finding comes first") {
  auto nodes = three("durability:none\r\nquarantined_objects:1\r\n");
  nodes[2].node.state = "no answer";
  const auto found = diagnose(nodes);
  REQUIRE(found.size() == 3);
  CHECK(found[0].what == "no-answer");
  CHECK(found[1].what == "quarantined");
  CHECK(found[2].what == "durability-none");
}

TEST_CASE("a node that looks for its network yet is critical, in its own words") {
  const auto one = joining_finding("LOADING no node of the network has answered yet");
  CHECK(one.what == "joining");
  CHECK(one.weight == critical);
  CHECK(one.why.starts_with("LOADING"));
}

}  // namespace
}  // namespace comet::client
