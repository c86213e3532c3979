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

TEST_CASE("the pattern of a character matches each character of UTF-8") {
  CHECK(value_of("local n = 0 for c in ('a\\u{e4}b'):gmatch(utf8.charpattern) do n = n + 1 end "
                 "return n") == "3");
}

TEST_CASE("bytecode, addresses and packed structures are not taken over") {
  for (const char* name : {"string.dump", "string.pack", "string.packsize", "string.unpack"}) {
    INFO(name);
    CHECK(value_of("return tostring(" + bytes(name) + ")") == "nil");
  }
  CHECK(value_of("return tostring((pcall(string.format, '%p', {})))") == "false");
}
