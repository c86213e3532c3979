#include "object/asked_limits.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace comet::object {
namespace {

TEST_CASE("each limit that may be asked for has its name and its place in the policy") {
  std::set<bytes_view> names;
  for (const auto& row : limit_rows()) {
    CHECK(find_limit(row.name) == &row);
    CHECK(find_limit(row.which) == &row);
    CHECK(names.insert(row.name).second);
    policy p;
    row.write(p, row.lowest + 7);
    CHECK(row.read(p) == row.lowest + 7);
  }
  CHECK(find_limit("FUEL-per-TURN")->which == limit::fuel_per_turn);
  CHECK(find_limit("hot-objects-max") == nullptr);
  CHECK(find_limit(static_cast<limit>(0)) == nullptr);
  CHECK(find_limit(static_cast<limit>(200)) == nullptr);
}

TEST_CASE("an object gets what it asked for, and never more than the node allows") {
  const policy node;
  const asked_limits asked{{limit::fuel_per_turn, 5'000}, {limit::timers, 1'000'000}};
  const policy own = lowered(node, asked);
  CHECK(own.fuel_per_turn == 5'000);
  CHECK(own.timers_max == node.timers_max);
  CHECK(own.memory_per_object == node.memory_per_object);
  CHECK(allowed(node, asked, limit::fuel_per_turn) == 5'000);
  CHECK(allowed(node, asked, limit::timers) == static_cast<std::int64_t>(node.timers_max));
  CHECK(allowed(node, asked, limit::mailbox) == static_cast<std::int64_t>(node.mailbox_max));
}

TEST_CASE("a node that is lowered later goes before what an object asked for") {
  policy node;
  node.fuel_per_turn = 2'000;
  CHECK(lowered(node, asked_limits{{limit::fuel_per_turn, 5'000}}).fuel_per_turn == 2'000);
}

}  // namespace
}  // namespace comet::object
