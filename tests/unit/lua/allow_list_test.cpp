#include "lua/allow_list.hpp"

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

TEST_CASE("every name of the list is there, and is a function where the reference calls it") {
  each_library_entry([](const library_entry& row) {
    const bytes name = *row.library == '\0' ? bytes(row.name) : bytes(row.library) + "." + row.name;
    INFO(name);
    const bool called = bytes_view(row.about.signature).starts_with(name + "(");
    CHECK(called == (value_of("return type(" + name + ")") == "function"));
    CHECK(value_of("return type(" + name + ")") != "nil");
  });
}

TEST_CASE("_G is the table of globals") {
  CHECK(value_of("x = 5 return _G.x") == "5");
  CHECK(value_of("return tostring(_G == _G._G)") == "true");
}

TEST_CASE("a name found once stays the same function") {
  CHECK(value_of("return tostring(string.find == string.find and math == _G.math)") == "true");
  CHECK(value_of("return tostring(rawequal(('').upper, string.upper))") == "true");
}

TEST_CASE("methods of strings work before and after the library was used") {
  CHECK(value_of("return ('ab'):upper() .. ('cd'):rep(2)") == "ABcdcd");
  CHECK(value_of("local s = string.format('%d', 3) return s .. ('x'):byte()") == "3120");
  CHECK(value_of("string = nil return ('ab'):upper()") == "AB");
  CHECK(value_of("return tostring(('ab').nothing)") == "nil");
}

TEST_CASE("strings that are numerals take part in arithmetic") {
  CHECK(value_of("return '10' + 5") == "15");
  CHECK(value_of("return -'2' * '3' // 1 % 4 ^ 2 / 1 - 0") == "10");
  CHECK(value_of("return tostring((pcall(function() return 'x' + 1 end)))") == "false");
}

TEST_CASE("a script may shadow and remove what it was given, for itself") {
  CHECK(value_of("local type = nil pairs = 1 return pairs") == "1");
  CHECK(value_of("math.floor = function() return 'mine' end return math.floor(1)") == "mine");
}
