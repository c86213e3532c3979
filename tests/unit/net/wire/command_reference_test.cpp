#include "net/wire/command_reference.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace comet;

TEST_CASE("docs/commands.md is what the command table says") {
  constexpr const char* path = "docs/commands.md";  // tests run in the root of the project
  if (std::getenv("COMET_REWRITE") != nullptr) std::ofstream{path} << wire::command_reference();
  std::ifstream file{path};
  const bytes written{std::istreambuf_iterator<char>{file}, {}};
  INFO("write it with COMET_REWRITE=1 build/dev/tests/comet_wire_tests");
  CHECK(written == wire::command_reference());
}
