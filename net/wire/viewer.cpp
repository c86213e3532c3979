#include "net/wire/viewer.hpp"

#include <array>

#include "base/check.hpp"

namespace comet::wire {

namespace {

constexpr bytes_view viewer_name = "dashboard viewer";

constexpr auto for_every_viewer = std::to_array<bytes_view>(
    {"acl|whoami", "aso.hash", "aso.info", "comet|help", "comet|inspect", "comet|nodes",
     "comet|top", "comet|where", "command|docs", "dbsize", "echo", "info", "ping", "time"});
constexpr auto for_open_viewer =
    std::to_array<bytes_view>({"aso.code", "aso.state", "aso.turn", "aso.turns", "comet|traces",
                               "exists", "scan", "ttl", "type"});

}  // namespace

std::span<const bytes_view> commands_of_every_viewer() {
  return for_every_viewer;
}

std::span<const bytes_view> commands_of_open_viewer() {
  return for_open_viewer;
}

user_ref make_viewer(bool open) {
  auto made = std::make_shared<user>();
  made->name = viewer_name;
  made->enabled = true;
  made->rights.keys.push_back({"*", object::key_access::read});
  made->rights.administrator = open;
  const auto allow = [&](std::span<const bytes_view> names) {
    for (const bytes_view name : names)
      COMET_CHECK(made->commands.apply("+" + bytes{name}));
  };
  allow(for_every_viewer);
  if (open) allow(for_open_viewer);
  return made;
}

}  // namespace comet::wire
