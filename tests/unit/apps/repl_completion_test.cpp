#include "apps/comet/repl_completion.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using words = std::vector<bytes>;

completion at(bytes_view line) {
  return complete(line, {{"count", "copy", "reset"}, 3}, [](const bytes& begin) {
    return begin.starts_with("objects/") ? words{"objects/door.lua"}
                                         : words{"door.lua", "objects/"};
  });
}

TEST_CASE("a command that is certain is filled in, with a blank after it") {
  CHECK(at("jo").insert == "urnal ");
  CHECK(at("timers").insert == " ");
}

TEST_CASE("of several commands their common beginning is filled in, then they are shown") {
  CHECK(at("rel").insert == "oad ");
  CHECK(at("sta").choices == words{"start", "state"});
  CHECK(at("rest").insert == "art ");
  CHECK(at("pa").insert == "use ");
  CHECK(at("sta").insert.empty());
  CHECK(at("").choices.size() > 20);
}

TEST_CASE("methods are those of the object, and only the first word is one") {
  CHECK(at("call r").insert == "eset ");
  CHECK(at("call co").choices == words{"copy", "count"});
  CHECK(at("call c").insert == "o");
  CHECK(at("call  c").insert == "o");
  CHECK(at("call count c").insert.empty());
}

TEST_CASE("files, options, nodes, commands and the words of advance are known") {
  CHECK(at("load d").insert == "oor.lua ");
  CHECK(at("load o").insert == "bjects/");
  CHECK(at("load objects/").insert == "door.lua ");
  CHECK(at("load door.lua --v").insert == "alue ");
  CHECK(at("kill ").choices == words{"1", "2", "3"});
  CHECK(at("help jo").insert == "urnal ");
  CHECK(at("advance u").insert == "ntil ");
  CHECK(at("advance until ").insert == "next ");
  CHECK(at("advance until next ").insert == "timer ");
}

TEST_CASE("where nothing can be known nothing is offered") {
  for (const bytes_view line : {"nosuch", "nosuch x", "set v", "= net:g"}) {
    CHECK(at(line).insert.empty());
    CHECK(at(line).choices.empty());
  }
}

}  // namespace
}  // namespace comet::client
