#include "lua/code_names.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

code_names names_in(const bytes& source) {
  auto names = names_of(*program_of(source));
  REQUIRE(names);
  return *names;
}

code_field field_in(const bytes& source, bytes_view name) {
  const code_names names = names_in(source);
  const auto found = std::find_if(names.fields.begin(), names.fields.end(),
                                  [&](const code_field& field) { return field.name == name; });
  REQUIRE(found != names.fields.end());
  return *found;
}

std::vector<bytes> uses_of_get(const bytes& source) {
  return field_in(source, "onGet").uses;
}

/// "line name", each.
std::vector<bytes> listed(const std::vector<named_global>& names) {
  std::vector<bytes> lines;
  for (const named_global& name : names)
    lines.push_back(std::to_string(name.line) + " " + name.name);
  return lines;
}

using words = std::vector<bytes>;

}  // namespace

TEST_CASE("functions of the table that is returned are fields with the line where they begin") {
  const bytes source =
      "local aso = { value = 1 }\n"
      "function aso:onGet()\n  return 1\nend\n"
      "aso.left = function() end\n"
      "return aso\n";
  const code_names names = names_in(source);
  REQUIRE(names.fields.size() == 3);
  CHECK(names.fields[0].name == "value");
  CHECK(names.fields[0].what == code_field::kind::data);
  CHECK(names.fields[1].name == "onGet");
  CHECK(names.fields[1].what == code_field::kind::function);
  CHECK(names.fields[1].line == 2);
  CHECK(names.fields[2].name == "left");
  CHECK(names.fields[2].line == 5);
}

TEST_CASE("the object is found in a constructor, in the global aso and behind a call") {
  CHECK(field_in("return {\n onGet = function() end }", "onGet").line == 2);
  CHECK(field_in("aso = {}\nfunction aso:onGet() end", "onGet").line == 2);
  CHECK(
      field_in("local a = {}\nfunction a:onGet() end\nreturn setmetatable(a, {})", "onGet").line ==
      2);
}

TEST_CASE("functions of other tables are not those of the object") {
  const code_names names = names_in(
      "local tools = {} function tools.add() end local aso = {} function aso:sum() end return aso");
  REQUIRE(names.fields.size() == 1);
  CHECK(names.fields[0].name == "sum");
}

TEST_CASE("what a field is set to last is what it is, and nil is nothing") {
  CHECK(field_in("local a = {onGet = 5} a.onGet = function() end return a", "onGet").what ==
        code_field::kind::function);
  CHECK(field_in("local a = {} function a.onGet() end a.onGet = {} return a", "onGet").what ==
        code_field::kind::data);
  CHECK(field_in("local a = {} a.onGet = tostring(1) return a", "onGet").what ==
        code_field::kind::unknown);
  CHECK(names_in("local a = {onGet = 5} a.onGet = nil return a").fields.empty());
}

TEST_CASE("a handler uses what it names of libraries, once each and sorted") {
  CHECK(
      uses_of_get("local a = {} function a:onGet()\n"
                  "dht.getKey() comet.log(dht.getSystemTime()) return dht.getKey() end return a") ==
      words{"comet.log", "dht.getKey", "dht.getSystemTime"});
}

TEST_CASE("libraries and their functions are seen through locals and upvalues") {
  CHECK(uses_of_get("local clock, d = dht.getSystemTime, dht\nlocal a = {}\n"
                    "function a:onGet() local t = table return clock(), d.getKey, t.pack end\n"
                    "return a") == words{"dht.getKey", "dht.getSystemTime", "table.pack"});
}

TEST_CASE("a handler uses what the functions it reaches use") {
  const bytes opening = "local function now() return dht.getSystemTime() end\nlocal a = {}\n";
  CHECK(uses_of_get(opening + "function a:onGet() return now() end return a") ==
        words{"dht.getSystemTime"});
  CHECK(
      uses_of_get(opening + "function a:onGet() return function() return now() end end return a") ==
      words{"dht.getSystemTime"});
  CHECK(uses_of_get(opening + "function a:age() return now() end\n"
                              "function a:onGet() return self:age() end return a") ==
        words{"dht.getSystemTime"});
  CHECK(uses_of_get("function now() return dht.getSystemTime() end\n"
                    "return { onGet = function() return now() end }") ==
        words{"dht.getSystemTime"});
  CHECK(uses_of_get(opening + "function a:onGet() return 1 end return a").empty());
}

TEST_CASE("functions that call each other are followed once") {
  CHECK(uses_of_get("local a = {}\nfunction a:odd(n) return self:onGet(n) end\n"
                    "function a:onGet(n) return self:odd(n), dht.getKey() end return a") ==
        words{"dht.getKey"});
}

TEST_CASE("a call that leaves its result in a register makes what was known of it unknown") {
  const code_names names =
      names_in("local a = {}\nfunction a:onGet()\n return dht.caller().user end return a");
  CHECK(listed(names.reads) == words{"3 dht", "3 dht.caller"});
}

TEST_CASE("globals that are read are listed by line, with a name of theirs") {
  const code_names names =
      names_in("local a = {}\nfunction a:onGet()\n  print(1)\n  return os.time()\nend\nreturn a");
  CHECK(listed(names.reads) == words{"3 print", "4 os", "4 os.time"});
  CHECK(names.assigned.empty());
  CHECK(names.changed.empty());
}

TEST_CASE("globals set while loading and in turns are told apart") {
  const code_names names = names_in(
      "limit = 3\nlocal a = {}\nfunction a:onGet()\n  count = limit\n  return count\nend\nreturn "
      "a");
  CHECK(listed(names.assigned) == words{"1 limit"});
  CHECK(listed(names.changed) == words{"4 count"});
  CHECK(names.reads.empty());
}

TEST_CASE("lines are right in functions of many lines and many instructions") {
  bytes source = "local a = {}\nfunction a:onGet()\n";
  for (int i = 0; i < 400; ++i)
    source += "  self.n = (self.n or 0) + 1\n";
  source += "  missing()\nend\nreturn a\n";
  CHECK(listed(names_in(source).reads) == words{"403 missing"});
}

TEST_CASE("a script of any sort has names") {
  CHECK(names_in("").fields.empty());
  CHECK(names_in("return 5").fields.empty());
  CHECK(names_in("local t <close> = nil for i = 1, 3 do local x = i end goto out ::out:: return {}")
            .fields.empty());
  CHECK(names_in("local a = {} for k in pairs(a) do a[k] = k .. 'x' end return a").fields.empty());
}

TEST_CASE("code for the prototype has the handlers of its global object, and its methods") {
  const bytes source =
      "--[[comet:compat]] object = { used = false }\n"
      "function object.onGet(caller)\n  return dht.sysTime()\nend\n"
      "function object:left()\n  return 1\nend\n";
  const code_names names = names_in(source);
  CHECK(names.compat);
  CHECK(field_in(source, "onGet").line == 2);
  CHECK(field_in(source, "onGet").uses == words{"dht.sysTime"});
  CHECK(field_in(source, "left").what == code_field::kind::function);
  CHECK(field_in(source, "used").what == code_field::kind::data);
}

TEST_CASE("code for the prototype may have nothing but global functions with handlers' names") {
  const bytes source =
      "--[[comet:compat]] function helper()\n  return 1\nend\n"
      "function onStore()\n  return self\nend\n"
      "function onGet(caller)\n  return helper()\nend\n";
  const code_names names = names_in(source);
  REQUIRE(names.fields.size() == 2);
  CHECK(names.fields[0].name == "onPut");
  CHECK(names.fields[0].line == 4);
  CHECK(names.fields[1].name == "onGet");
}

TEST_CASE("onStore is no other name of onPut where there is one, nor in code of today") {
  CHECK(
      field_in("--[[comet:compat]] function onStore() end function onPut() end", "onStore").line ==
      1);
  CHECK(field_in("local a = {}\nfunction a:onStore() end return a", "onStore").line == 2);
  CHECK(names_in("function onGet() end object = { onGet = onGet }\nlocal x = {}\nreturn x")
            .fields.empty());
}
