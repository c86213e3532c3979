#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

bytes value_of(const bytes& body) {
  scripted_object o("return { onGet = function(self) " + body + " end }");
  o.put();
  return text_of(o.get());
}

}  // namespace

TEST_CASE("constants have Lua's values") {
  CHECK(value_of("return math.maxinteger") == "9223372036854775807");
  CHECK(value_of("return tostring(math.huge > 1e308)") == "true");
  CHECK(value_of("return tostring(math.pi > 3.14159 and math.pi < 3.1416)") == "true");
  CHECK(value_of("return _VERSION") == "Lua 5.4");
}

TEST_CASE("what reaches outside of the object is not taken over") {
  for (const char* name : {"load", "loadstring", "loadfile", "dofile", "require", "package", "io",
                           "os", "debug", "collectgarbage", "print", "warn", "math.randomseed",
                           "coroutine.running", "coroutine.close"}) {
    INFO(name);
    CHECK(value_of("return tostring(" + bytes(name) + ")") == "nil");
  }
}
