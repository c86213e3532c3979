// The judge of histories: it accepts what one copy could have answered, and nothing else.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "base/random.hpp"
#include "tests/sim/register_history.hpp"

namespace comet::sim {
namespace {

using finding = verdict::finding;

/// Operations on one key in words.
class story {
 public:
  std::size_t begin(action what, std::int64_t given = 0) {
    return told_.begin(clients_++, "key", what, given, moment());
  }
  void end(std::size_t which, content seen = {}) {
    told_.end(which, outcome::done, seen, moment());
  }
  void refuse(std::size_t which) { told_.end(which, outcome::refused, {}, moment()); }
  void lose(std::size_t which) { told_.end(which, outcome::unknown, {}, moment()); }
  void did(action what, std::int64_t given, content seen) { end(begin(what, given), seen); }
  void wrote(std::int64_t value) { did(action::write, value, {}); }
  void has_read(content seen) { did(action::read, 0, seen); }
  [[nodiscard]] verdict judged() const { return judge(told_.of("key")); }
  [[nodiscard]] finding found() const { return judged().found; }

 private:
  mono_time moment() { return mono_time{std::chrono::milliseconds{++moments_}}; }

  register_history told_;
  std::size_t clients_ = 0;
  int moments_ = 0;
};

TEST_CASE("what one client after the other sees is the last value") {
  story s;
  s.has_read({});
  s.wrote(1'003);
  s.has_read(1'003);
  s.did(action::take, 0, 1'002);
  s.did(action::add, 2, 1'004);
  s.did(action::erase, 0, {});
  s.has_read({});
  s.did(action::take, 0, {});
  s.did(action::add, 1, 1);
  CHECK(s.found() == finding::linearizable);
}

TEST_CASE("a stale read is found, and the reader is named") {
  story s;
  s.wrote(1'000);
  s.wrote(2'000);
  s.has_read(1'000);
  CHECK(s.found() == finding::contradiction);
  CHECK(s.judged().why.find("client 2 read at key -> 1000, from 0.000005 to") ==
        std::string::npos);  // milliseconds, not microseconds
  CHECK(s.judged().why.find("client 2 read at key -> 1000, from 0.005000 to 0.006000 s") !=
        std::string::npos);
}

TEST_CASE("reads during a write see either value, but never the old one after the new one") {
  for (const bool back : {false, true}) {
    story s;
    s.wrote(1'000);
    const auto write = s.begin(action::write, 2'000);
    s.has_read(1'000);
    s.has_read(2'000);
    if (back) s.has_read(1'000);
    s.end(write);
    CHECK(s.found() == (back ? finding::contradiction : finding::linearizable));
  }
}

TEST_CASE("a lost write is found") {
  story s;
  s.wrote(1'000);
  s.wrote(2'000);
  s.did(action::add, 1, 1'001);
  CHECK(s.found() == finding::contradiction);
}

TEST_CASE("an addition that happened twice is found") {
  story s;
  s.wrote(1'000);
  s.did(action::add, 2, 1'002);
  s.has_read(1'004);
  CHECK(s.found() == finding::contradiction);
}

TEST_CASE("a value that may be taken twice is not taken three times") {
  story s;
  s.wrote(1'002);
  const auto one = s.begin(action::take);
  const auto two = s.begin(action::take);
  const auto three = s.begin(action::take);
  s.end(two, 1'001);
  s.end(one, 1'000);
  SECTION("by two, and the third gets nothing") {
    s.end(three, {});
    CHECK(s.found() == finding::linearizable);
  }
  SECTION("by three") {
    s.end(three, 1'000);
    CHECK(s.found() == finding::contradiction);
  }
}

TEST_CASE("what is unknown may take effect late or never, and what was refused never") {
  story s;
  s.wrote(1'000);
  const auto write = s.begin(action::write, 2'000);
  SECTION("late") {
    s.lose(write);
    s.has_read(1'000);
    s.has_read(2'000);
    CHECK(s.found() == finding::linearizable);
  }
  SECTION("never") {
    s.lose(write);
    s.has_read(1'000);
    CHECK(s.found() == finding::linearizable);
  }
  SECTION("twice is once too often") {
    s.lose(write);
    s.has_read(2'000);
    s.wrote(3'000);
    s.has_read(2'000);
    CHECK(s.found() == finding::contradiction);
  }
  SECTION("before it began") {
    s.has_read(2'000);
    s.lose(write);
    const auto late = s.begin(action::write, 9'000);
    s.lose(late);
    CHECK(s.found() == finding::linearizable);
    story early;
    early.has_read(9'000);
    early.lose(early.begin(action::write, 9'000));
    CHECK(early.found() == finding::contradiction);
  }
  SECTION("refused") {
    s.refuse(write);
    s.has_read(2'000);
    CHECK(s.found() == finding::contradiction);
  }
}

TEST_CASE("a write of what is there already may be needed later") {
  story s;
  s.wrote(1'000);
  const auto again = s.begin(action::write, 1'000);
  const auto other = s.begin(action::write, 2'000);
  s.has_read(1'000);
  s.has_read(2'000);
  s.has_read(1'000);
  s.end(again);
  s.end(other);
  CHECK(s.found() == finding::linearizable);
}

/// Carries each operation out at a moment between its begin and its end, on one copy.
class played {
 public:
  explicit played(std::uint64_t seed) : chance_(seed) {}

  std::vector<operation> play(std::size_t count) {
    std::vector<under_way> open;
    for (std::size_t made = 0; made < count || !open.empty();) {
      if (made < count && open.size() < 10 && chance_.below(3) == 0) {
        open.push_back(begin(made++));
      } else if (!open.empty()) {
        const auto at = chance_.below(open.size());
        if (step(open[at])) open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
    return told_.of("key");
  }

 private:
  struct under_way {
    std::size_t number = 0;
    action what{};
    std::int64_t given = 0;
    content seen;
    bool applied = false;
    int idle = 0;
  };

  mono_time moment() { return mono_time{std::chrono::milliseconds{++moments_}}; }

  under_way begin(std::size_t made) {
    under_way o;
    o.what = static_cast<action>(chance_.below(5));
    o.given = o.what == action::write ? static_cast<std::int64_t>(made + 1) * reads_max + 3 : 1;
    o.number = told_.begin(made % 10, "key", o.what, o.given, moment());
    o.idle = static_cast<int>(chance_.below(4));
    return o;
  }

  /// True: it has ended.
  bool step(under_way& o) {
    if (o.idle-- > 0) return false;
    if (!o.applied) {
      if (chance_.below(40) == 0) {
        told_.end(o.number, outcome::unknown, {}, moment());
        return true;
      }
      apply(o);
      return false;
    }
    const bool heard = chance_.below(20) != 0;
    told_.end(o.number, heard ? outcome::done : outcome::unknown, o.seen, moment());
    return true;
  }

  void apply(under_way& o) {
    o.applied = true;
    o.idle = static_cast<int>(chance_.below(3));
    switch (o.what) {
      case action::read: o.seen = value_; break;
      case action::write: value_ = o.given; break;
      case action::erase: value_ = {}; break;
      case action::add: o.seen = value_ = value_.value_or(0) + o.given; break;
      case action::take:
        if (value_ && *value_ % reads_max != 0) o.seen = --*value_;
        break;
    }
  }

  prng chance_;
  register_history told_;
  content value_;
  int moments_ = 0;
};

TEST_CASE("whatever one copy answered is accepted") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto history = played{seed}.play(400);
    const auto judged = judge(history);
    INFO("seed " << seed << " after " << judged.steps << " steps: " << judged.why);
    CHECK(judged.found == finding::linearizable);
  }
}

TEST_CASE("one wrong answer among hundreds is found") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto history = played{seed}.play(300);
    const auto wrong = std::find_if(history.begin() + 150, history.end(), [](const operation& o) {
      return o.what == action::read && o.came == outcome::done;
    });
    REQUIRE(wrong != history.end());
    wrong->seen = 999'999'999;
    const auto judged = judge(history);
    INFO("seed " << seed << " after " << judged.steps << " steps");
    CHECK(judged.found == finding::contradiction);
    CHECK(judged.why.find("999999999") != std::string::npos);
  }
}

TEST_CASE("a judge that may not look far says that it does not know") {
  const auto history = played{1}.play(300);
  CHECK(judge(history, 3).found == finding::undecided);
}

}  // namespace
}  // namespace comet::sim
