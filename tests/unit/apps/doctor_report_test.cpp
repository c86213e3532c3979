#include "apps/comet/doctor_report.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace comet::client {
namespace {

using nlohmann::json;
using enum finding_weight;

const std::vector<finding> found{
    {critical, "aaaa", "read-only", "the store refuses writes", "room"},
    {notice, {}, "one-node", "there is one node", "start more"}};

TEST_CASE("each finding says what, where, why and what to do; the sums come last") {
  CHECK(doctor_text(found, 1, false) ==
        "critical: read-only (node aaaa)\n  the store refuses writes\n  to do: room\n\n"
        "notice: one-node (network)\n  there is one node\n  to do: start more\n\n"
        "1 node looked at: 1 critical, 0 warnings, 1 notice\n");
}

TEST_CASE("a network with nothing wrong says so in a line") {
  CHECK(doctor_text({}, 3, false) == "3 nodes looked at: nothing is wrong\n");
}

TEST_CASE("colours are there only where they are wanted") {
  CHECK(doctor_text(found, 1, true).find('\x1b') != bytes::npos);
  CHECK(doctor_text(found, 1, false).find('\x1b') == bytes::npos);
}

TEST_CASE("the JSON has the same, for programs") {
  const json whole = json::parse(doctor_json(found, 1));
  CHECK(whole["nodes"] == 1);
  REQUIRE(whole["findings"].size() == 2);
  CHECK(whole["findings"][0]["severity"] == "critical");
  CHECK(whole["findings"][0]["node"] == "aaaa");
  CHECK(whole["findings"][0]["todo"] == "room");
  CHECK(whole["findings"][1]["node"].is_null());
}

TEST_CASE("notices alone weigh nothing") {
  CHECK(has_weight(found));
  CHECK_FALSE(has_weight({found[1]}));
  CHECK_FALSE(has_weight({}));
}

}  // namespace
}  // namespace comet::client
