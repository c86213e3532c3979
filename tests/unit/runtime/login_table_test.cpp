#include "runtime/login_table.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::runtime {
namespace {

using namespace std::chrono_literals;

struct table {
  login_table logins{[this](std::size_t count) { return bytes(count, static_cast<char>(++made)); }};
  int made = 0;
  mono_time now{};

  bytes add(const bytes& user) {
    auto one = std::make_shared<login>();
    one->user = user;
    return logins.add(std::move(one), now);
  }
  bytes user_of(bytes_view token) {
    const auto found = logins.find(token, now);
    return found ? found->user : "nobody";
  }
};

TEST_CASE("a token names its login until it is removed") {
  table t;
  const bytes ann = t.add("ann");
  const bytes bob = t.add("bob");
  CHECK(ann.size() == 64);
  CHECK(t.user_of(ann) == "ann");
  CHECK(t.user_of(bob) == "bob");
  CHECK(t.user_of("") == "nobody");
  CHECK(t.user_of(ann.substr(1)) == "nobody");
  t.logins.remove(ann);
  CHECK(t.user_of(ann) == "nobody");
  CHECK(t.user_of(bob) == "bob");
}

TEST_CASE("a login that is not used is over, and so is one that is old") {
  table t;
  const bytes used = t.add("used");
  const bytes idle = t.add("idle");
  for (t.now += 30min; t.now < mono_time{} + login_table::life_max; t.now += 30min)
    CHECK(t.user_of(used) == "used");
  CHECK(t.user_of(idle) == "nobody");
  t.now += 1s;
  CHECK(t.user_of(used) == "nobody");
}

TEST_CASE("one more than there may be ends the one that was used longest ago") {
  table t;
  const bytes first = t.add("first");
  t.now += 1s;
  const bytes second = t.add("second");
  t.now += 1s;
  for (std::size_t i = 2; i < login_table::logins_max; ++i)
    t.add("other");
  t.now += 1s;
  CHECK(t.user_of(first) == "first");
  t.add("one more");
  CHECK(t.user_of(first) == "first");
  CHECK(t.user_of(second) == "nobody");
}

TEST_CASE("who has failed too often waits, and others do not") {
  table t;
  for (int i = 0; i < login_table::failures_max; ++i) {
    CHECK(t.logins.may_try("192.0.2.1", t.now).ok());
    t.logins.note_failure("192.0.2.1", t.now);
  }
  const auto refused = t.logins.may_try("192.0.2.1", t.now);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure() == error{errc::busy, "too many logins have failed; try again in 30 s"});
  CHECK(t.logins.may_try("192.0.2.2", t.now).ok());
  t.now += login_table::failure_window + 1s;
  CHECK(t.logins.may_try("192.0.2.1", t.now).ok());
}

TEST_CASE("failures of many addresses take bounded memory: new addresses wait then") {
  table t;
  for (std::size_t i = 0; i < login_table::addresses_max; ++i)
    t.logins.note_failure(std::to_string(i), t.now);
  CHECK_FALSE(t.logins.may_try("new", t.now).ok());
  CHECK(t.logins.may_try("1", t.now).ok());
}

}  // namespace
}  // namespace comet::runtime
