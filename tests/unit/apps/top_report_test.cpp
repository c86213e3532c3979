#include "apps/comet/top_report.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/unit/apps/network_sample.hpp"

namespace comet::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using nlohmann::json;

top_model network() {
  top_model model;
  for (const int at : {0, 2}) {
    auto here = healthy_node('a', "fuel:" + std::to_string(100 * at) + "\r\n", at);
    list(here, object::work_measure::fuel, "k", 10 + 50 * static_cast<std::uint64_t>(at));
    list(here, object::work_measure::fuel, "\xff\n", 1);
    here.node.concerns.push_back({"unsynced", "12 changes"});
    auto gone = healthy_node('b');
    gone.info.reset();
    gone.failure = "no answer within 2s";
    model.take({here, gone});
  }
  return model;
}

TEST_CASE("the JSON has nodes, actors and objects, with null for what is not known") {
  const json whole = json::parse(top_json(network(), object::work_measure::fuel, {}, 10));
  REQUIRE(whole["nodes"].size() == 2);
  CHECK(whole["nodes"][0]["fuel-per-second"] == 100);
  CHECK(whole["nodes"][0]["failure"].is_null());
  CHECK(whole["nodes"][0]["concerns"][0]["concern"] == "unsynced");
  CHECK(whole["nodes"][1]["failure"] == "no answer within 2s");
  CHECK(whole["nodes"][1]["cpu"].is_null());
  REQUIRE(whole["objects"].size() == 2);
  CHECK(whole["objects"][0]["key"] == "k");
  CHECK(whole["objects"][0]["fuel"] == 110);
  CHECK(whole["objects"][0]["fuel-per-second"] == 50);
  CHECK_FALSE(whole["objects"][0].contains("memory-per-second"));
  CHECK(whole["actors"].is_array());
}

TEST_CASE("a report has as many objects as were asked for, of those that match") {
  CHECK(json::parse(top_json(network(), object::work_measure::fuel, {}, 1))["objects"].size() == 1);
  CHECK(json::parse(top_json(network(), object::work_measure::fuel, "none", 5))["objects"].empty());
}

TEST_CASE("the text is tables without anything that steers a terminal") {
  const bytes text = top_text(network(), object::work_measure::fuel, {}, 10);
  CHECK(text.find("bbbbbbbbbbbb: no answer within 2s\n") != bytes::npos);
  CHECK(text.find("aaaaaaaaaaaa: unsynced: 12 changes\n") != bytes::npos);
  CHECK(text.find("\\xff\\x0a") != bytes::npos);
  CHECK(text.find(" \n") == bytes::npos);
  CHECK(text.find('\x1b') == bytes::npos);
}

}  // namespace
}  // namespace comet::client
