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

TEST_CASE("an error of level 0 is told word for word, without handler and traceback") {
  for (const char* body :
       {"error('closed until noon', 0)", "local e = 'closed until noon' error(e, 0)",
        "local ok, e = pcall(error, 'closed until noon', 0) error(e, 0)",
        "local function deep() error('closed until noon', 0) end deep()"}) {
    scripted_object o("local aso = {} function aso:onGet() " + bytes(body) + " end return aso");
    o.put();
    const auto outcome = o.get();
    REQUIRE(outcome.failure);
    CHECK(outcome.failure->message == "closed until noon");
    CHECK(outcome.failure->code == errc::script);
    CHECK(outcome.in_own_words);
    CHECK_FALSE(outcome.traceback.empty());  // for ASO.INFO
  }
}

TEST_CASE("errors of other levels name the place that they mean, and the handler") {
  const auto message_of = [](const bytes& body) {
    scripted_object o("local aso = {}\nlocal function check(level)\nerror('no', level)\nend\n" +
                      bytes("function aso:onGet()\n") + body + "\nend\nreturn aso");
    o.put();
    const auto outcome = o.get();
    REQUIRE(outcome.failure);
    CHECK_FALSE(outcome.in_own_words);
    return outcome.failure->message;
  };
  CHECK(message_of("check()") == "onGet: aso:3: no");
  CHECK(message_of("check(1)") == "onGet: aso:3: no");
  CHECK(message_of("check(2)") == "onGet: aso:6: no");
  CHECK(message_of("pcall(error, 'quiet', 0) check()") == "onGet: aso:3: no");
  CHECK(message_of("local t = nil; return t.x").starts_with("onGet: aso:6: attempt to index"));
  CHECK(message_of("error({}, 0)").starts_with("onGet at line"));
}
