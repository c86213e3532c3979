#include "runtime/build_info.hpp"

#include <catch2/catch_test_macros.hpp>
#include <regex>

namespace comet::runtime {
namespace {

TEST_CASE("the build knows its version, commit and compiler") {
  const bytes version{this_build().version};
  const bytes commit{this_build().commit};
  CHECK(std::regex_match(version, std::regex(R"(\d+\.\d+\.\d+)")));
  CHECK(std::regex_match(commit, std::regex("[0-9a-f]{12}|unknown")));
  CHECK(version_line().starts_with("comet " + version + " (" + commit + ", "));
}

}  // namespace
}  // namespace comet::runtime
