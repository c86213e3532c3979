#include "lua/allow_list.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

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

bytes qualified(const char* library, const char* name) {
  return *library == '\0' ? bytes(name) : bytes(library) + "." + name;
}

}  // namespace

TEST_CASE("every function of the list is there, by its name and as documented") {
  std::ifstream file("docs/lua.md");  // tests run in the root of the project
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  for (const auto part :
       {base_functions(), coroutine_functions(), dht_functions(), comet_functions()}) {
    for (const auto& entry : part) {
      const bytes name = qualified(entry.library, entry.name);
      INFO(name);
      CHECK(value_of("return type(" + name + ")") == "function");
      CHECK(bytes_view(entry.usage).starts_with(name + "("));
      CHECK(text.str().find("`" + bytes(entry.usage) + "`") != bytes::npos);
    }
  }
  for (const auto& entry : standard_functions()) {
    const bytes name = qualified(entry.library, entry.name);
    INFO(name);
    CHECK(value_of("return type(" + name + ")") != "nil");
    CHECK(text.str().find("`" + name + "`") != bytes::npos);
  }
}

TEST_CASE("constants have Lua's values") {
  CHECK(value_of("return math.maxinteger") == "9223372036854775807");
  CHECK(value_of("return tostring(math.huge > 1e308)") == "true");
  CHECK(value_of("return tostring(math.pi > 3.14159 and math.pi < 3.1416)") == "true");
  CHECK(value_of("return _VERSION") == "Lua 5.4");
  CHECK(value_of("local n = 0 for c in ('a\\u{e4}b'):gmatch(utf8.charpattern) do n = n + 1 end "
                 "return n") == "3");
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
