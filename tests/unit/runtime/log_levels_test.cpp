#include "runtime/log_levels.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::runtime {
namespace {

using actors::log_room;

log_levels parsed(bytes_view text) {
  auto levels = parse_log_levels(text);
  REQUIRE(levels.ok());
  return *levels;
}

TEST_CASE("one level is that of all rooms") {
  const log_levels levels = parsed("warning");
  for (const auto room :
       {log_room::runtime, log_room::actors, log_room::object, log_room::store, log_room::net})
    CHECK(levels.of(room) == log_level::warning);
  CHECK(levels == log_levels{log_level::warning});
  CHECK(text_of(levels) == "warning");
}

TEST_CASE("rooms that are named have levels of their own") {
  const log_levels levels = parsed("info,net=debug,store=off");
  CHECK(levels.of(log_room::net) == log_level::debug);
  CHECK(levels.of(log_room::store) == log_level::off);
  CHECK(levels.of(log_room::actors) == log_level::info);
  CHECK(text_of(levels) == "info,store=off,net=debug");
  CHECK(parsed(text_of(levels)) == levels);
  CHECK(text_of(parsed("info,net=info")) == "info");
}

TEST_CASE("a line is taken from its room's level on, and none by off") {
  const log_levels levels = parsed("warning,net=debug,store=off");
  CHECK(levels.take(log_level::debug, log_room::net));
  CHECK_FALSE(levels.take(log_level::trace, log_room::net));
  CHECK_FALSE(levels.take(log_level::info, log_room::object));
  CHECK(levels.take(log_level::warning, log_room::object));
  CHECK_FALSE(levels.take(log_level::error, log_room::store));
  CHECK_FALSE(levels.take(log_level::off, log_room::net));
}

TEST_CASE("what is no list of levels is refused, and the error tells all levels and rooms") {
  for (const bytes_view text :
       {"", "loud", "info,", "info,,net=debug", "net=debug", "info,net", "info,net=loud",
        "info,disk=debug", "info,net=debug,net=info", "info, net=debug", "INFO"}) {
    CAPTURE(text);
    const auto refused = parse_log_levels(text);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.failure().message ==
          "takes trace, debug, info, warning, error or off, and after it ROOM=LEVEL with commas "
          "between, for any of the rooms runtime, actors, object, store, net");
  }
}

}  // namespace
}  // namespace comet::runtime
