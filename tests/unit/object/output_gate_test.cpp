#include "object/output_gate.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>

#include "base/random.hpp"

namespace comet::object {
namespace {

using gate = output_gate<int>;

std::vector<int> released(gate& g, std::uint64_t number) {
  std::vector<int> out;
  g.release(number, out);
  return out;
}

std::vector<int> failed(gate& g, std::uint64_t number) {
  std::vector<int> out;
  g.fail(number, out);
  return out;
}

}  // namespace

TEST_CASE("an answer leaves when its write is durable and not before") {
  gate g;
  g.hold(1, 10);
  g.hold(2, 20);
  CHECK(g.pending() == 2);
  CHECK(released(g, 0).empty());
  CHECK(released(g, 1) == std::vector<int>{10});
  CHECK(released(g, 1).empty());
  CHECK(released(g, 2) == std::vector<int>{20});
  CHECK(g.pending() == 0);
}

TEST_CASE("answers of one write leave in the order they came") {
  gate g;
  g.hold(1, 1);
  g.hold(1, 2);
  g.hold(3, 5);
  g.hold(1, 3);
  g.hold(1, 4);
  CHECK(released(g, 9) == std::vector<int>{1, 2, 3, 4, 5});
}

TEST_CASE("a read of an older pending value leaves with that value's write") {
  gate g;
  g.hold(5, 50);
  g.hold(9, 90);
  g.hold(6, 60);
  CHECK(released(g, 6) == std::vector<int>{50, 60});
  CHECK(g.pending() == 1);
}

TEST_CASE("a lost write fails what waited for it or a later one, in order") {
  gate g;
  g.hold(1, 10);
  g.hold(3, 30);
  g.hold(4, 40);
  g.hold(2, 20);
  g.hold(3, 31);
  CHECK(failed(g, 3) == std::vector<int>{30, 31, 40});
  CHECK(g.pending() == 2);
  g.hold(2, 21);
  g.hold(5, 50);
  CHECK(released(g, 5) == std::vector<int>{10, 20, 21, 50});
}

TEST_CASE("failing from the first write empties the gate") {
  gate g;
  g.hold(2, 20);
  g.hold(1, 10);
  CHECK(failed(g, 0) == std::vector<int>{10, 20});
  CHECK(g.pending() == 0);
}

TEST_CASE("what is held may be movable only, and results are appended") {
  output_gate<std::unique_ptr<int>> g;
  g.hold(1, std::make_unique<int>(7));
  std::vector<std::unique_ptr<int>> out;
  out.push_back(nullptr);
  g.release(1, out);
  REQUIRE(out.size() == 2);
  CHECK(*out[1] == 7);
}

TEST_CASE("the gate agrees with a map of queues under writes, reads, commits and failures") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    prng random{seed};
    gate g;
    std::map<std::uint64_t, std::vector<int>> model;
    std::uint64_t newest = 0;
    std::uint64_t durable = 0;
    const auto take = [&](auto from, auto to) {
      std::vector<int> out;
      for (auto it = from; it != to; it = model.erase(it)) {
        out.insert(out.end(), it->second.begin(), it->second.end());
      }
      return out;
    };
    for (int step = 0; step < 2'000; ++step) {
      if (random.below(3) == 0) ++newest;
      if (newest > durable) {
        const auto number =
            random.below(2) == 0 ? newest : durable + 1 + random.below(newest - durable);
        g.hold(number, step);
        model[number].push_back(step);
      }
      if (random.below(8) == 0 && newest > durable) {
        durable += 1 + random.below(newest - durable);
        REQUIRE(released(g, durable) == take(model.begin(), model.upper_bound(durable)));
      }
      if (random.below(50) == 0) {
        const auto number = durable + 1 + random.below(newest - durable + 1);
        REQUIRE(failed(g, number) == take(model.lower_bound(number), model.end()));
      }
      std::size_t pending = 0;
      for (const auto& [number, held] : model)
        pending += held.size();
      REQUIRE(g.pending() == pending);
    }
  }
}

}  // namespace comet::object
