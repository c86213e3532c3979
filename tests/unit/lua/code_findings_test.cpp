#include "lua/code_findings.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

/// "line: text", each.
std::vector<bytes> findings_in(const bytes& source) {
  const auto names = names_of(*program_of(source));
  REQUIRE(names);
  std::vector<bytes> lines;
  for (const code_finding& finding : findings_of(*names))
    lines.push_back(std::to_string(finding.line) + ": " + finding.text);
  return lines;
}

using words = std::vector<bytes>;

}  // namespace

TEST_CASE("a sound object has no findings") {
  CHECK(
      findings_in("local when = ...\nlocal aso = { count = 0 }\n"
                  "function aso:onGet(caller) self.count = self.count + 1\n"
                  "comet.log(caller.ip, ('x'):rep(3), _VERSION, math.pi, _G.aso) return self end\n"
                  "function aso:get() end function aso:update() end function aso:timer() end\n"
                  "function aso:open() end function aso:out() end function aso:_on() end\n"
                  "return aso")
          .empty());
}

TEST_CASE("a handler that is not a function is found") {
  CHECK(findings_in("return {\n onGet = 5 }") ==
        words{"2: handler 'onGet' is not a function: it is kept as state and never called"});
  CHECK(findings_in("return { onGet = tostring(1) }").empty());  // nobody can know
}

TEST_CASE("names that are nearly those of handlers are found") {
  CHECK(findings_in("local a = {}\nfunction a:ongett() end return a") ==
        words{"2: 'ongett' is no handler, and names that begin with 'on' are no methods: is "
              "'onGet' meant?"});
  CHECK(findings_in("local a = {}\nfunction a:OnTimer() end return a") ==
        words{"2: 'OnTimer' is no handler: is 'onTimer' meant?"});
  CHECK(findings_in("local a = {}\nfunction a:oDelete() end return a") ==
        words{"2: 'oDelete' is no handler: is 'onDelete' meant?"});
}

TEST_CASE("a function whose name begins with on is found though it is near no handler") {
  CHECK(findings_in("local a = {}\nfunction a:onExpire() end return a") ==
        words{"2: 'onExpire' is no handler, and names that begin with 'on' are no methods: name it "
              "otherwise"});
}

TEST_CASE("a field with such a name that is no function is state like any other") {
  CHECK(findings_in("return { online = true, only = 'once' }").empty());
}

TEST_CASE("functions that handlers do not have are found with what stands for them") {
  CHECK(
      findings_in("local a = {}\nfunction a:onGet()\n print(1)\n return os.time() end return a") ==
      words{"3: handlers have no 'print': comet.log writes a line for ASO.INFO",
            "4: handlers have no 'os': dht.getSystemTime() tells the time"});
  CHECK(findings_in("return { onGet = function() return string.pack('i', 1) end }") ==
        words{"1: handlers have no 'string.pack': comet.pack makes a string of any value"});
}

TEST_CASE("globals and fields of libraries that do not exist are found, with the nearest name") {
  CHECK(findings_in("return { onGet = function() return tostrin(1) end }") ==
        words{"1: global 'tostrin' does not exist; is 'tostring' meant?"});
  CHECK(findings_in("return { onGet = function() return dht.getkey() end }") ==
        words{"1: 'dht.getkey' does not exist; is 'dht.getKey' meant?"});
  CHECK(findings_in("return { onGet = function() return counter end }") ==
        words{"1: global 'counter' does not exist; `comet help lua` lists what there is"});
}

TEST_CASE("globals that the script sets exist") {
  CHECK(findings_in("limit = 3 return { onGet = function() return limit end }").empty());
  CHECK(findings_in("tools = {} function tools.add() end\n"
                    "return { onGet = function() return tools.add() end }")
            .empty());
}

TEST_CASE("a global that a handler sets is found: it does not last") {
  CHECK(findings_in("local a = {}\nfunction a:onGet()\n  reads = (reads or 0) + 1\nend return a") ==
        words{"3: global 'reads' does not last: it is gone when the object is loaded anew; keep it "
              "in self"});
}

TEST_CASE("findings come in the order of the lines") {
  const words found = findings_in(
      "local a = {}\nfunction a:onGet() print(1) end\nfunction a:onGett() end\n"
      "function a:onPut() warn('x') end\nreturn a");
  REQUIRE(found.size() == 3);
  CHECK(found[0].starts_with("2: "));
  CHECK(found[1].starts_with("3: "));
  CHECK(found[2].starts_with("4: "));
}

TEST_CASE("code for the prototype may use the prototype's names, code of today may not") {
  const bytes prototype =
      "function onStore() return self end\n"
      "function onGet(caller) self.at = dht.sysTime() return dht.key(1) end\n";
  CHECK(findings_in("--[[comet:compat]] " + prototype).empty());
  CHECK_FALSE(findings_in(prototype).empty());
}

TEST_CASE("what cannot work in code for the prototype is found as everywhere") {
  CHECK(findings_in("--[[comet:compat]] object = { onGet = 5 }\nfunction object:ongett() end") ==
        words{"1: handler 'onGet' is not a function: it is kept as state and never called",
              "2: 'ongett' is no handler, and names that begin with 'on' are no methods: is "
              "'onGet' meant?"});
}
