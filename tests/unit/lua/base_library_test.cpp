#include <catch2/catch_test_macros.hpp>
#include <set>

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

TEST_CASE("setmetatable works as in Lua, but for finalizers and protected metatables") {
  CHECK(value_of("return setmetatable({}, {__index = {x = 'found'}}).x") == "found");
  CHECK(value_of("return tostring(getmetatable(setmetatable(setmetatable({}, {}), nil)))") ==
        "nil");
  CHECK(value_of("return select(2, pcall(setmetatable, {}, {__gc = 1}))") ==
        "__gc is not available");
  CHECK(
      value_of("return select(2, pcall(setmetatable, setmetatable({}, {__metatable = 1}), {}))") ==
      "cannot change a protected metatable");
  CHECK(value_of("return tostring((pcall(setmetatable, 1, {})))") == "false");
}

TEST_CASE("a finalizer added to a metatable in use never runs") {
  CHECK(value_of(R"(
    local ran = 'no'
    local mt = {}
    setmetatable({}, mt)
    mt.__gc = function() ran = 'yes' end
    for i = 1, 5000 do local garbage = { i } end
    return ran)") == "no");
}

TEST_CASE("random numbers keep their ranges") {
  CHECK(value_of(R"(
    for i = 1, 2000 do
      local x = comet.random()
      local d = math.random(6)
      local r = comet.random(-2, 2)
      if x < 0 or x >= 1 or d < 1 or d > 6 or r < -2 or r > 2 then return 'out of range' end
      if math.type(d) ~= 'integer' then return 'no integer' end
    end
    return math.type(comet.random(0)) .. math.random(math.mininteger, math.maxinteger) % 1)") ==
        "integer0");
  CHECK(value_of("return tostring(pcall(math.random, 2, 1))").starts_with("false"));
  CHECK(value_of("return tostring(pcall(math.random, 1, 2, 3))").starts_with("false"));
}

TEST_CASE("each activation of an object draws other numbers") {
  scripted_object o("return { onGet = function() return comet.random(0) end }");
  o.put();
  std::set<bytes> drawn;
  for (int i = 0; i < 8; ++i) {
    o.chill();
    drawn.insert(text_of(o.get()));
  }
  CHECK(drawn.size() == 8);
}
