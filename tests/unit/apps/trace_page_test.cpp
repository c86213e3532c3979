#include "apps/comet/trace_page.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using object::reply;

reply map_of(const std::vector<std::pair<bytes, reply>>& fields) {
  std::vector<reply> items;
  for (const auto& [name, value] : fields) {
    items.push_back(reply::bulk(name));
    items.push_back(value);
  }
  return reply::map(std::move(items));
}

reply traces(std::vector<reply> requests) {
  return map_of({{"trace", reply::number(1)}, {"requests", reply::list(std::move(requests))}});
}

reply call_over_a_node() {
  return map_of({{"number", reply::number(1)},
                 {"operation", reply::bulk("ASO.CALL")},
                 {"handler", reply::bulk("take")},
                 {"user", reply::bulk("anna")},
                 {"ip", reply::bulk("192.0.2.7")},
                 {"object", reply::null()},
                 {"through", reply::bulk(bytes(64, 'b'))},
                 {"hops", reply::number(1)},
                 {"store-us", reply::number(0)},
                 {"line-us", reply::number(0)},
                 {"passing-us", reply::number(1'000)},
                 {"mailbox-us", reply::number(1'000)},
                 {"activated", reply::number(1)},
                 {"turn-us", reply::number(2'000)},
                 {"fuel", reply::number(52)},
                 {"disk-us", reply::number(3'000)},
                 {"commit-us", reply::number(4'000)},
                 {"total-us", reply::number(8'000)},
                 {"outcome", reply::bulk("ok")}});
}

TEST_CASE("each step that took time is a bar that begins where the one before it ends") {
  CHECK(waterfalls(traces({call_over_a_node()}), 0) ==
        "1  ASO.CALL take  by anna@192.0.2.7, through bbbbbbbbbbbb, 1 hop  8.0 ms  ok\n"
        "   mailbox  |====                            |  1.0 ms\n"
        "   turn     |    ========                    |  2.0 ms, fuel 52, the object was "
        "activated\n"
        "   threads  |            ====                |  1.0 ms\n"
        "   disk     |                ============    |  3.0 ms\n"
        "   majority |                            ====|  1.0 ms\n");
}

TEST_CASE("only the requests that were not shown before are told") {
  const auto both = traces({call_over_a_node(), call_over_a_node()});
  CHECK(waterfalls(both, 1) == waterfalls(traces({call_over_a_node()}), 0));
  CHECK(waterfalls(both, 2).empty());
}

TEST_CASE("a read that needed nothing is one line, and names cannot steer a terminal") {
  const auto read = map_of({{"number", reply::number(2)},
                            {"operation", reply::bulk("GET")},
                            {"handler", reply::null()},
                            {"user", reply::bulk("default")},
                            {"object", reply::bulk("door\x1b[2J")},
                            {"total-us", reply::number(0)},
                            {"outcome", reply::bulk("ok")}});
  CHECK(waterfalls(traces({read}), 0) == "2  GET  by the object door\\x1b[2J  0 us  ok\n");
}

TEST_CASE("times that do not add up stay within the bar") {
  auto odd = map_of({{"number", reply::number(1)},
                     {"operation", reply::bulk("GET")},
                     {"store-us", reply::number(90'000)},
                     {"line-us", reply::number(90'000)},
                     {"total-us", reply::number(10)},
                     {"outcome", reply::bulk("ok")}});
  const bytes text = waterfalls(traces({odd}), 0);
  CHECK(text.find("   store    |================================|") != bytes::npos);
  CHECK(text.find("   line     |                               =|") != bytes::npos);
}

}  // namespace
}  // namespace comet::client
