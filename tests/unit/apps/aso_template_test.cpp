#include "apps/comet/aso_template.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "apps/comet/embedded_text.hpp"
#include "lua/annotations.hpp"
#include "lua/code_findings.hpp"
#include "tests/unit/lua/scripted_object.hpp"

namespace comet::client {
namespace {

bytes text_of_file(const bytes& path) {
  const auto files = aso_template("door");
  REQUIRE(files);
  const auto found = std::find_if(files->begin(), files->end(),
                                  [&](const template_file& file) { return file.path == path; });
  REQUIRE(found != files->end());
  return found->text;
}

TEST_CASE("a new object has its code, a test, a README and what editors need") {
  const auto files = aso_template("door");
  REQUIRE(files);
  std::vector<bytes> paths;
  for (const template_file& file : *files) {
    paths.push_back(file.path);
    INFO(file.path);
    CHECK(file.text.ends_with('\n'));
    CHECK(file.text.find("NAME") == bytes::npos);
  }
  CHECK(paths == std::vector<bytes>{"door.lua", "door_test.lua", "README.md", ".luarc.json",
                                    ".comet/comet.lua", ".comet/comet_test.lua"});
}

TEST_CASE("a name is a-z, 0-9 and _, begins with a letter, and is not long") {
  for (const char* name : {"a", "door", "door_2", "abcdefghijklmnopqrstuvwxyz_12345"})
    CHECK(aso_template(name));
  for (const char* name : {"", "Door", "2door", "_door", "a/b", "..", "a b", "door.lua",
                           "t\xc3\xbcr", "abcdefghijklmnopqrstuvwxyz_123456"}) {
    INFO(name);
    const auto refused = aso_template(name);
    REQUIRE_FALSE(refused);
    CHECK(refused.failure().code == errc::syntax);
  }
  CHECK(aso_template("a\nb").failure().message ==
        "'a\\x0ab' cannot be the name of an object's files: a name is 1 to 32 of a-z, 0-9 and _, "
        "and begins with a letter");
}

TEST_CASE("the code counts reads, answers its method, and begins anew when its timer rings") {
  lua::test::scripted_object door(text_of_file("door.lua"));
  const auto put = door.put_value("hello");
  REQUIRE_FALSE(put.failure);
  REQUIRE(put.timers.size() == 1);
  CHECK(put.timers.front().name == "hour");
  CHECK(lua::test::text_of(door.get()) == "hello");
  CHECK(lua::test::text_of(door.get()) == "hello");
  CHECK(lua::test::answer_of(door.call("count")).integer == 2);
  CHECK_FALSE(door.timer("hour").failure);
  CHECK(lua::test::answer_of(door.call("count")).integer == 0);
}

TEST_CASE("a checker finds nothing in the code") {
  const auto names = lua::names_of(*lua::test::program_of(text_of_file("door.lua")));
  REQUIRE(names);
  CHECK(lua::findings_of(*names).empty());
}

TEST_CASE("the test names the file that it tests") {
  CHECK(text_of_file("door_test.lua").find("net:put(\"greeting\", \"door.lua\"") != bytes::npos);
}

TEST_CASE("editors are pointed to the annotations, which are those of this build") {
  const auto settings = nlohmann::json::parse(text_of_file(".luarc.json"));
  CHECK(settings.at("runtime.version") == "Lua 5.4");
  CHECK(settings.at("workspace.library") == nlohmann::json::array({".comet"}));
  CHECK(text_of_file(".comet/comet.lua") == lua::annotations());
  CHECK(text_of_file(".comet/comet_test.lua") == test_annotations());
  CHECK(test_annotations().starts_with("---@meta"));
}

}  // namespace
}  // namespace comet::client
