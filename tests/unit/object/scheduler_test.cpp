#include "object/scheduler.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <limits>
#include <map>
#include <set>

#include "base/random.hpp"

namespace comet::object {
namespace {

using ids = std::vector<scheduler::object_id>;

/// Runs `slices` slices of `fuel` by objects that always have more to do.
ids run(scheduler& s, int slices, std::uint64_t fuel = 10'000) {
  ids order;
  for (int i = 0; i < slices; ++i) {
    const auto object = s.next({});
    if (!object) break;
    order.push_back(*object);
    s.charge(*object, fuel, true);
  }
  return order;
}

/// The same decisions, by looking at everybody: fairness as its definition.
class plain_scheduler {
 public:
  void make_runnable(std::uint64_t object, std::uint64_t owner) {
    auto& state = objects_.try_emplace(object, entry{owner, 0}).first->second;
    if (state.standing == 0) line_up(object, state);
    if (state.standing == 2) state.standing = 3;
  }
  std::optional<std::uint64_t> next() {
    const account* best = nullptr;
    for (auto& [id, a] : owners_) {
      if (a.line.empty()) continue;
      if (best == nullptr || std::pair{a.time, a.turn} < std::pair{best->time, best->turn}) {
        best = &a;
      }
    }
    if (best == nullptr) return std::nullopt;
    auto& owner = *const_cast<account*>(best);
    const auto chosen = owner.line.front();
    owner.line.pop_front();
    owner.turn = ++turns_;
    time_ = owner.time;
    objects_.at(chosen).standing = 2;
    return chosen;
  }
  void charge(std::uint64_t object, std::uint64_t fuel, bool more) {
    auto& state = objects_.at(object);
    auto& owner = owners_[state.owner];
    owner.time += std::max<std::uint64_t>(fuel, 1) * 10'000 / owner.weight;
    const bool again = more || state.standing == 3;
    state.standing = 0;
    if (again) line_up(object, state);
  }
  void remove(std::uint64_t object) {
    const auto found = objects_.find(object);
    if (found == objects_.end()) return;
    std::erase(owners_[found->second.owner].line, object);
    objects_.erase(found);
  }
  void set_weight(std::uint64_t owner, std::uint32_t weight) { owners_[owner].weight = weight; }
  [[nodiscard]] std::size_t waiting() const {
    std::size_t n = 0;
    for (const auto& [id, a] : owners_)
      n += a.line.size();
    return n;
  }

 private:
  struct entry {
    std::uint64_t owner = 0;
    int standing = 0;  ///< 0 idle, 1 in line, 2 running, 3 running and awaited
  };
  struct account {
    std::uint64_t time = 0;
    std::uint64_t turn = 0;
    std::uint32_t weight = 100;
    std::deque<std::uint64_t> line;
  };

  void line_up(std::uint64_t object, entry& state) {
    auto& owner = owners_[state.owner];
    if (owner.line.empty()) {
      owner.time = std::max(owner.time, time_);
      owner.turn = ++turns_;
    }
    owner.line.push_back(object);
    state.standing = 1;
  }

  std::map<std::uint64_t, entry> objects_;
  std::map<std::uint64_t, account> owners_;
  std::uint64_t time_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace

TEST_CASE("nobody runs when nobody is runnable") {
  scheduler s;
  CHECK(s.empty());
  CHECK_FALSE(s.next({}));
}

TEST_CASE("objects of one owner take turns") {
  scheduler s;
  for (const auto object : {1, 2, 3})
    s.make_runnable(object, 7);
  CHECK(run(s, 6) == ids{1, 2, 3, 1, 2, 3});
}

TEST_CASE("an owner with many objects gets no more than one with a single object") {
  scheduler s;
  for (std::uint64_t object = 100; object < 10'100; ++object)
    s.make_runnable(object, 1);
  s.make_runnable(5, 2);
  const ids order = run(s, 1'000);
  CHECK(std::count(order.begin(), order.end(), 5U) == 500);
}

TEST_CASE("who takes short slices runs more often, and takes as much fuel") {
  scheduler s;
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  std::map<std::uint64_t, std::uint64_t> fuel;
  for (int i = 0; i < 11'000; ++i) {
    const auto object = s.next({});
    const std::uint64_t slice = *object == 1 ? 10'000 : 1'000;
    fuel[*object] += slice;
    s.charge(*object, slice, true);
  }
  CHECK(fuel[1] == fuel[2]);
}

TEST_CASE("owners share by weight, also when it changes") {
  scheduler s;
  s.set_weight(1, 300);
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  ids order = run(s, 400);
  CHECK(std::count(order.begin(), order.end(), 1U) == 300);
  s.set_weight(1, 100);
  s.set_weight(2, 400);
  order = run(s, 1'000);
  const auto second = std::count(order.begin(), order.end(), 2U);
  CHECK((second >= 798 && second <= 802));
}

TEST_CASE("a weight out of bounds is taken to the nearest") {
  scheduler s;
  s.set_weight(1, 0);
  s.set_weight(2, std::numeric_limits<std::uint32_t>::max());
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  const ids order = run(s, 1'000);
  CHECK(std::count(order.begin(), order.end(), 1U) == 1);
}

TEST_CASE("who was idle saves nothing up") {
  scheduler s;
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  s.next({});
  s.charge(1, 10'000, true);
  s.next({});
  s.charge(2, 10'000, false);  // sleeps
  run(s, 1'000);
  s.make_runnable(2, 2);
  const ids order = run(s, 100);
  const auto second = std::count(order.begin(), order.end(), 2U);
  CHECK((second >= 49 && second <= 51));
}

TEST_CASE("going away does not wipe out what was taken") {
  scheduler s;
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  CHECK(s.next({}) == 1U);
  s.charge(1, 100'000, false);
  s.remove(1);
  s.make_runnable(11, 1);  // the same owner with another object
  const ids order = run(s, 11, 10'000);
  CHECK(std::count(order.begin(), order.end(), 2U) >= 9);
}

TEST_CASE("a debt outlasts an absence, until the others have had as much") {
  scheduler s;
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  CHECK(s.next({}) == 1U);
  s.charge(1, 100'000, false);
  s.remove(1);
  CHECK(run(s, 4, 10'000) == ids{2, 2, 2, 2});
  s.make_runnable(1, 1);
  const ids order = run(s, 7, 10'000);
  CHECK(std::count(order.begin(), order.end(), 2U) >= 6);
}

TEST_CASE("an owner that comes back and leaves again is forgotten when its debt is paid") {
  scheduler s;
  s.make_runnable(2, 2);
  for (int visit = 0; visit < 3; ++visit) {
    s.make_runnable(1, 1);
    run(s, 2);
    s.remove(1);
    CHECK(s.owners() == 2);
    s.make_runnable(1, 1);
    run(s, 2);
    s.remove(1);
    run(s, 5);
    CHECK(s.owners() == 1);
  }
}

TEST_CASE("an object made runnable while it runs runs again") {
  scheduler s;
  s.make_runnable(1, 1);
  CHECK(s.next({}) == 1U);
  s.make_runnable(1, 1);
  CHECK_FALSE(s.next({}));
  s.charge(1, 10, false);
  CHECK(s.next({}) == 1U);
  s.charge(1, 10, false);
  CHECK_FALSE(s.next({}));
}

TEST_CASE("an object made runnable twice stands in line once") {
  scheduler s;
  s.make_runnable(1, 1);
  s.make_runnable(1, 1);
  CHECK(s.waiting() == 1);
  s.next({});
  s.charge(1, 10, false);
  CHECK_FALSE(s.next({}));
}

TEST_CASE("a removed object does not run, wherever it stood") {
  scheduler s;
  for (const auto object : {1, 2, 3, 4})
    s.make_runnable(object, 1);
  CHECK(s.next({}) == 1U);
  s.remove(1);  // runs
  s.remove(3);  // in the middle of the line
  s.remove(9);  // unknown
  CHECK(run(s, 4) == ids{2, 4, 2, 4});
  s.remove(2);
  s.remove(4);
  CHECK(s.empty());
  CHECK(s.objects() == 0);
}

TEST_CASE("slices that cost nothing are counted, so nobody runs for free") {
  scheduler s;
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  const ids order = run(s, 100, 0);
  CHECK(std::count(order.begin(), order.end(), 1U) == 50);
}

TEST_CASE("owners that come and go do not pile up") {
  scheduler s;
  s.make_runnable(1, 1);
  for (std::uint64_t visitor = 100; visitor < 20'100; ++visitor) {
    s.make_runnable(visitor, visitor);
    for (int i = 0; i < 2; ++i) {
      const auto object = s.next({});
      s.charge(*object, 1'000, *object == 1);
    }
    s.remove(visitor);
  }
  CHECK(s.owners() < 1'100);
  for (std::uint64_t visitor = 100'000; visitor < 120'000; ++visitor) {  // never anyone beside them
    s.make_runnable(visitor, visitor);
    const auto object = s.next({});
    s.charge(*object, 1'000, *object == 1);
    s.remove(visitor);
  }
  CHECK(s.owners() < 1'100);
}

TEST_CASE("weights that are set together replace all earlier ones") {
  scheduler s;
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  const auto of_first = [&s] {
    const ids order = run(s, 400);
    return std::count(order.begin(), order.end(), scheduler::object_id{1});
  };
  s.set_weight(2, 900);
  s.set_weights({{1, 300}});
  CHECK(std::abs(of_first() - 300) <= 2);
  s.set_weights({{2, 300}});
  CHECK(std::abs(of_first() - 100) <= 2);
  s.set_weights({});
  CHECK(std::abs(of_first() - 200) <= 2);
}

TEST_CASE("the scheduler agrees with one that looks at everybody, in every decision") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    prng random{seed};
    scheduler s;
    plain_scheduler plain;
    std::set<std::uint64_t> running;
    for (int step = 0; step < 3'000; ++step) {
      const auto object = random.below(40);
      const auto owner = object % 5;
      switch (random.below(6)) {
        case 0:
        case 1:
          s.make_runnable(object, owner);
          plain.make_runnable(object, owner);
          break;
        case 2:
        case 3: {
          const auto chosen = s.next({});
          REQUIRE(chosen == plain.next());
          if (chosen) running.insert(*chosen);
          break;
        }
        case 4:
          if (!running.empty()) {
            const auto done = *running.begin();
            running.erase(done);
            const auto fuel = random.below(20'000);
            const bool more = random.below(2) == 0;
            s.charge(done, fuel, more);
            plain.charge(done, fuel, more);
          }
          break;
        default:
          if (random.below(4) == 0) {
            running.erase(object);
            s.remove(object);
            plain.remove(object);
          } else if (random.below(10) == 0) {
            const auto weight = static_cast<std::uint32_t>(1 + random.below(1'000));
            s.set_weight(owner, weight);
            plain.set_weight(owner, weight);
          }
      }
      REQUIRE(s.waiting() == plain.waiting());
    }
  }
}

}  // namespace comet::object
