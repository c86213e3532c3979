#include "apps/comet/cluster_plan.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

namespace comet::client {
namespace {

cluster_plan plan_of(int nodes, int first_port = 0) {
  return {.nodes = nodes, .folder = "/tmp/c", .first_port = first_port, .settings = {}};
}

bytes value_after(const std::vector<bytes>& words, const bytes& flag) {
  const auto found = std::ranges::find(words, flag);
  REQUIRE(found != words.end());
  return *(found + 1);
}

bytes problem_of(const cluster_plan& plan) {
  const auto checked = check(plan);
  return checked ? "" : checked.failure().message;
}

TEST_CASE("a cluster has 1 to 64 nodes") {
  CHECK(problem_of(plan_of(1)).empty());
  CHECK(problem_of(plan_of(64)).empty());
  for (const int nodes : {0, -1, 65})
    CHECK(problem_of(plan_of(nodes)) ==
          "a cluster has 1 to 64 nodes, not " + std::to_string(nodes));
}

TEST_CASE("ports that there are not are refused with the last that would be needed") {
  CHECK(problem_of(plan_of(3, 65'333)).empty());
  CHECK(problem_of(plan_of(3, 65'334)) ==
        "--port 65334: 3 nodes take ports up to 65536 from there, and the last is 65535");
  CHECK_FALSE(problem_of(plan_of(3, -1)).empty());
}

TEST_CASE("no two nodes share a port") {
  const auto ports = ports_of(plan_of(64, 7'379));
  CHECK(ports.size() == 3 * 64);
  std::set<int> taken;
  for (const planned_port& one : ports)
    CHECK(taken.insert(one.port).second);
  CHECK(ports_of(plan_of(3)).empty());
}

TEST_CASE("each node has its place, the first joins nobody and the others the first") {
  const cluster_plan plan = plan_of(3, 7'379);
  const auto first = node_arguments(plan, 1, "");
  CHECK(first.front() == "node");
  CHECK(value_after(first, "--data") == "/tmp/c/node-1");
  CHECK(value_after(first, "--resp") == "127.0.0.1:7379");
  CHECK(value_after(first, "--http") == "127.0.0.1:7479");
  CHECK(value_after(first, "--link") == "127.0.0.1:7579");
  CHECK(value_after(first, "--join").empty());
  const auto third = node_arguments(plan, 3, "127.0.0.1:7579");
  CHECK(value_after(third, "--data") == "/tmp/c/node-3");
  CHECK(value_after(third, "--resp") == "127.0.0.1:7381");
  CHECK(value_after(third, "--join") == "127.0.0.1:7579");
  CHECK(value_after(third, "--secret-file") == "/tmp/c/secret");
  CHECK(log_of(plan, 3) == "/tmp/c/node-3.log");
}

TEST_CASE("without a port any free ones are taken") {
  CHECK(value_after(node_arguments(plan_of(2), 2, "x:1"), "--resp") == "127.0.0.1:0");
}

TEST_CASE("settings go to every node, but for those that the cluster chooses") {
  cluster_plan plan = plan_of(1);
  plan.settings = {"durability=always"};
  CHECK(problem_of(plan).empty());
  CHECK(value_after(node_arguments(plan, 1, ""), "--set") == "durability=always");
  plan.settings = {"resp=127.0.0.1:1"};
  CHECK(problem_of(plan) == "--set resp: the cluster chooses it for each node");
  plan.settings = {"durability"};
  CHECK(problem_of(plan) == "--set durability: not of the form key=value");
}

TEST_CASE("the ready line of a node is understood, and no other") {
  const auto line = parse_ready_line(
      "comet ready resp=127.0.0.1:1 http=127.0.0.1:2 link=127.0.0.1:3 data=/a b durability=none "
      "id=5f0c9a1d22b7 pid=4711\n");
  REQUIRE(line);
  CHECK(line->resp == "127.0.0.1:1");
  CHECK(line->http == "127.0.0.1:2");
  CHECK(line->link == "127.0.0.1:3");
  CHECK(line->id == "5f0c9a1d22b7");
  CHECK_FALSE(parse_ready_line("comet ready resp=127.0.0.1:1"));
  CHECK_FALSE(parse_ready_line("error: resp= http= link= id="));
}

TEST_CASE("the last lines of a text are as many as there are") {
  CHECK(last_lines("a\nb\nc\n", 2) == "b\nc");
  CHECK(last_lines("a\nb\nc", 1) == "c");
  CHECK(last_lines("a\nb\n", 5) == "a\nb");
  CHECK(last_lines("\na\n", 5) == "\na");
  CHECK(last_lines("", 3).empty());
  CHECK(last_lines("\n", 3).empty());
}

}  // namespace
}  // namespace comet::client
