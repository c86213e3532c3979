#include "actors/connection_table.hpp"

#include <catch2/catch_test_macros.hpp>

#include "connection_stage.hpp"

using namespace comet;
using namespace comet::actors;

TEST_CASE("connections are found by handle and by session, and listed in order of id") {
  connection_stage s;
  auto [a, client_a] = s.open();
  auto [b, client_b] = s.open();
  CHECK(s.table.size() == 2);
  CHECK(s.table.find(a->handle()) == a);
  CHECK(s.table.find(b->handle()) == b);
  CHECK(s.table.find_session(1) == a);
  CHECK(s.table.find_session(2) == b);
  CHECK(s.table.find_session(3) == nullptr);
  CHECK(s.table.all() == std::vector<connection*>{a, b});
}

TEST_CASE("the handle of a connection that is gone finds nothing, not even its successor") {
  connection_stage s;
  auto [a, client_a] = s.open();
  const auto old = a->handle();
  a->close();
  CHECK(s.table.find(old) == nullptr);
  CHECK(s.table.find_session(1) == nullptr);
  auto [b, client_b] = s.open();
  CHECK((b->handle() & 0xffff'ffffU) == (old & 0xffff'ffffU));
  CHECK(s.table.find(old) == nullptr);
  CHECK(s.table.find(b->handle()) == b);
}

TEST_CASE("a retired connection lives until the multiplexer has let go of it") {
  connection_stage s;
  auto [a, client] = s.open();
  s.stage.run();
  a->close();
  CHECK(!s.table.bury());
  CHECK(!client.at_end());
  CHECK(s.releases == 0);
  s.stage.run();
  CHECK(s.releases == 1);
  CHECK(s.table.bury());
  CHECK(client.at_end());
}

TEST_CASE("a handle nobody ever got finds nothing") {
  const connection_table table;
  CHECK(table.find(0) == nullptr);
  CHECK(table.find(std::uint64_t{1} << 32U) == nullptr);
}
