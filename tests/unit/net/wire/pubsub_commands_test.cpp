#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>

#include "net/wire/command_table.hpp"

using namespace comet;
using namespace comet::wire;

TEST_CASE("a RESP2 subscriber may use the commands that Redis names, and no others") {
  constexpr std::array<bytes_view, 7> allowed{"ping",  "psubscribe", "punsubscribe", "quit",
                                              "reset", "subscribe",  "unsubscribe"};
  for (const command_row* row : all_commands()) {
    CAPTURE(row->name);
    CHECK(has(row->flags, command_flag::subscribed) ==
          (std::ranges::find(allowed, row->name) != allowed.end()));
  }
}

TEST_CASE("subscribing and publishing keep their place among the requests of a client") {
  for (const char* name : {"subscribe", "unsubscribe", "psubscribe", "punsubscribe", "publish"})
    CHECK(has(find_command(name)->flags, command_flag::alone));
}
