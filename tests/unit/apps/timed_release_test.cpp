#include <catch2/catch_test_macros.hpp>

#include "tests/unit/apps/library_object.hpp"

namespace comet::library::test {
namespace {

using lua::test::answer_of;
using lua::test::text_of;
using object::reply;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a timed release gives nothing before its time and the value from then on") {
  library_object deed("timed_release");
  REQUIRE(answer_of(deed.put({"+60"}, "the deed")) == reply::ok());
  CHECK(answer_of(deed.get()) == reply::null());
  deed.pass(seconds{60} - milliseconds{1});
  CHECK(answer_of(deed.get()) == reply::null());
  deed.pass(milliseconds{1});
  CHECK(text_of(deed.get()) == "the deed");
  CHECK(text_of(deed.fetch()) == "the deed");
}

TEST_CASE("a timed release keeps its time over passivation") {
  library_object deed("timed_release");
  deed.put({"+60"}, "the deed");
  deed.pass(seconds{30});
  deed.chill();
  CHECK(answer_of(deed.get()) == reply::null());
  CHECK(answer_of(deed.call("left")) == reply::number(30'000));
  deed.chill();
  deed.pass(seconds{30});
  CHECK(text_of(deed.get()) == "the deed");
  CHECK(answer_of(deed.call("left")) == reply::number(0));
}

TEST_CASE("a timed release takes a moment instead of a delay") {
  library_object deed("timed_release");
  const auto opens = to_unix_ms(deed.now.wall) + 5'000;
  deed.put({std::to_string(opens)}, "the deed");
  CHECK(answer_of(deed.call("opens")) == reply::number(opens));
  CHECK(answer_of(deed.get()) == reply::null());
  deed.pass(seconds{5});
  CHECK(text_of(deed.get()) == "the deed");
}

TEST_CASE("a moment that has passed is open at once") {
  library_object deed("timed_release");
  deed.put({"1"}, "the deed");
  CHECK(text_of(deed.get()) == "the deed");
}

TEST_CASE("nothing that a client can ask shows the value early") {
  library_object deed("timed_release");
  deed.put({"+60"}, "the deed");
  CHECK(answer_of(deed.operate(object::op::strlen)) == reply::number(0));
  CHECK(answer_of(deed.operate(object::op::getrange)).text.empty());
  CHECK(answer_of(deed.operate(object::op::getex)) == reply::null());
}

TEST_CASE("a timed release refuses writes until it opens") {
  library_object deed("timed_release");
  deed.put({"+60"}, "the deed");
  CHECK(answer_of(deed.set("forged")).code == errc::refused);
  CHECK(answer_of(deed.replace("return { value = 'forged' }")).code == errc::refused);
  deed.pass(seconds{60});
  CHECK(text_of(deed.get()) == "the deed");
  CHECK(answer_of(deed.set("amended")) == reply::ok());
  CHECK(text_of(deed.get()) == "amended");
}

TEST_CASE("opening is announced by a timer for the very moment") {
  library_object deed("timed_release");
  const auto put = deed.put({"+60"}, "the deed");
  REQUIRE(put.timers.size() == 1);
  REQUIRE(put.timers.front().set);
  CHECK(put.timers.front().set->due == deed.now.wall + seconds{60});
  deed.pass(seconds{60});
  const auto fired = deed.timer("open");
  REQUIRE(fired.publications.size() == 1);
  CHECK(fired.publications.front() == std::pair<bytes, bytes>{"timed_release", deed.key});
}

TEST_CASE("a timed release without a time is not stored and says what it takes") {
  for (const std::vector<bytes>& args :
       {std::vector<bytes>{}, {"soon"}, {"-5"}, {"+"}, {"+1.5"}, {"1e9"}}) {
    library_object deed("timed_release");
    const auto put = deed.put(args, "the deed");
    REQUIRE(put.failure);
    CHECK(put.failure->message == "ARG 1 is when to open: +seconds, or milliseconds since 1970");
    CHECK(deed.record == nullptr);
  }
}

TEST_CASE("a timed release can be deleted before its time") {
  library_object deed("timed_release");
  deed.put({"+60"}, "the deed");
  CHECK(answer_of(deed.operate(object::op::del)) == reply::number(1));
  CHECK(deed.record == nullptr);
}

}  // namespace
}  // namespace comet::library::test
