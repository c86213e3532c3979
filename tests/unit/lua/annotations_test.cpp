#include "lua/annotations.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "lua/allow_list.hpp"
#include "lua/handler_table.hpp"
#include "tests/unit/lua/code.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

constexpr const char* path = "apps/annotations/comet.lua";  // tests run in the root of the project

bytes file() {
  std::ifstream stream{path};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

bool says(bytes_view text) {
  return annotations().find(text) != bytes::npos;
}

}  // namespace

TEST_CASE("apps/annotations/comet.lua is what the rows say") {
  const bytes wanted = annotations();
  if (std::getenv("COMET_REWRITE") != nullptr) std::ofstream{path} << wanted;
  INFO("write it with COMET_REWRITE=1 build/dev/tests/comet_lua_tests");
  CHECK(file() == wanted);
}

TEST_CASE("annotations are Lua that compiles") {
  object::policy limits;
  limits.source_bytes_max = 1U << 20U;
  limits.memory_per_object = 16U << 20U;
  const auto compiled = compile(code_of(annotations()), limits);
  INFO((compiled ? bytes{} : compiled.failure().message));
  REQUIRE(compiled);
}

TEST_CASE("each row of the reference has its function or constant, each handler its field") {
  const bytes text = annotations();
  each_library_entry([&](const library_entry& row) {
    const bytes name =
        *row.library == '\0' ? bytes{row.name} : fmt::format("{}.{}", row.library, row.name);
    INFO(name);
    const bool defined = text.find("\nfunction " + name + "(") != bytes::npos ||
                         text.find("\n" + name + " = nil\n") != bytes::npos;
    CHECK(defined);
  });
  for (const handler_row& row : handler_table) {
    INFO(row.name);
    CHECK(text.find(fmt::format("\n---@field {}? fun(self: any, ", row.name)) != bytes::npos);
  }
}

TEST_CASE("parameters, results and further forms have their types") {
  CHECK(
      says("---@param i? integer\n---@param j? integer\n---@return integer ...\n"
           "function string.byte(s, i, j) end\n"));
  CHECK(says("---@return integer used\n---@return integer limit\nfunction comet.memory() end\n"));
  CHECK(says("---@param max integer\n") == false);  // the first form is the function's own
  CHECK(
      says("---@return number\n---@overload fun(max: integer): integer\n"
           "---@overload fun(min: integer, max: integer): integer\n"
           "function comet.random() end\n"));
  CHECK(says("---@type number\nmath.pi = nil\n"));
  CHECK(says("---@return fun(): string|integer, ...\nfunction string.gmatch("));
}

TEST_CASE("what dht.caller gives is the class of the caller that handlers are given") {
  CHECK(
      says("---@class comet.caller\n---@field ip string\n---@field port integer\n"
           "---@field user string\n---@field node string\n"));
}

TEST_CASE("a line of a description does not end the comment") {
  const bytes text = annotations();
  std::size_t code_lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != bytes::npos);
    const bytes line = text.substr(at, end - at);
    at = end + 1;
    INFO(line);
    const bool is_code =
        line.starts_with("function ") || line.ends_with(" = nil") || line.ends_with(" = {}");
    CHECK((line.empty() || line.starts_with("--") || is_code));
    CHECK((line.size() <= 96 || line.starts_with("---@")));  // types are not broken
    code_lines += is_code ? 1 : 0;
  }
  CHECK(code_lines > 90);
}
