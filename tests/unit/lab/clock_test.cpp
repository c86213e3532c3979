#include "lab/clock.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace comet;
using namespace comet::lab;
using purpose = comet::lab::clock::purpose;
using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

constexpr wall_time noon = from_unix_ms(1'000'000);

}  // namespace

TEST_CASE("events run in the order of their times, and those of one moment as they were made") {
  lab::clock time{noon};
  std::string order;
  time.after(milliseconds{2}, purpose::work, [&] { order += 'c'; });
  time.after(milliseconds{1}, purpose::work, [&] { order += 'a'; });
  time.after(milliseconds{1}, purpose::upkeep, [&] { order += 'b'; });
  while (time.step())
    continue;
  CHECK(order == "abc");
  CHECK(time.events() == 3);
  CHECK(time.now().wall == noon + milliseconds{2});
}

TEST_CASE("an event that was cancelled does not run, and no work waits any more") {
  lab::clock time{noon};
  const auto event = time.after(milliseconds{1}, purpose::work, [] { FAIL("it ran"); });
  CHECK(time.has_work());
  time.cancel(event);
  time.cancel(event);
  CHECK_FALSE(time.has_work());
  CHECK_FALSE(time.step());
}

TEST_CASE("upkeep is no work") {
  lab::clock time{noon};
  time.after(milliseconds{1}, purpose::upkeep, [] {});
  CHECK_FALSE(time.has_work());
}

TEST_CASE("the calendar leaps alone, and the steady clock goes on as it was") {
  lab::clock time{noon};
  bool ran = false;
  time.after(milliseconds{5}, purpose::work, [&] { ran = true; });
  const auto before = time.now().mono;
  time.leap_to(noon + hours{24});
  CHECK(time.now().wall == noon + hours{24});
  CHECK(time.now().mono == before);
  CHECK_FALSE(ran);
  time.leap_to(noon);  // never back
  CHECK(time.now().wall == noon + hours{24});
  CHECK(time.when(noon + hours{24} + milliseconds{5}) == *time.next());
  time.pass_to(*time.next());
  CHECK(time.step());
  CHECK(time.now().wall == noon + hours{24} + milliseconds{5});
}
