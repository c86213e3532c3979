#include "apps/comet/state_difference.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using object::reply;

reply text(const bytes& t) {
  return reply::bulk(t);
}

TEST_CASE("equal states have no difference, whatever the order of their fields") {
  const reply a = reply::map({text("n"), reply::number(1), text("list"), reply::list({})});
  const reply b = reply::map({text("list"), reply::map({}), text("n"), reply::number(1)});
  CHECK(state_difference(a, b).empty());
  CHECK(state_difference(reply::null(), reply::null()).empty());
}

TEST_CASE("a changed value stands with its path, as it was and as it is") {
  const auto state = [](const char* ip) {
    const reply one = reply::map({text("ip"), text("a")});
    return reply::map({text("readers"), reply::list({one, reply::map({text("ip"), text(ip)})})});
  };
  CHECK(state_difference(state("10.0.0.1"), state("::1")) ==
        std::vector<bytes>{"- readers[2].ip = \"10.0.0.1\"", "+ readers[2].ip = \"::1\""});
}

TEST_CASE("fields that come and go are listed down to their values") {
  const reply before = reply::map({text("gone"), reply::map({text("a b"), reply::truth(true)})});
  const reply after = reply::map({text("came"), reply::list({reply::number(1), reply::list({})})});
  CHECK(state_difference(before, after) ==
        std::vector<bytes>{"- gone[\"a b\"] = true", "+ came[1] = 1", "+ came[2] = {}"});
}

TEST_CASE("an array that got a hole is compared by its numbers") {
  const reply array = reply::list({text("a"), text("b")});
  const reply holes = reply::map({reply::number(1), text("a"), reply::number(4), text("b")});
  CHECK(state_difference(reply::map({text("t"), array}), reply::map({text("t"), holes})) ==
        std::vector<bytes>{"- t[2] = \"b\"", "+ t[4] = \"b\""});
}

TEST_CASE("values that look alike are told apart, and nothing can steer a terminal") {
  const auto state = [](reply value) { return reply::map({text("v"), std::move(value)}); };
  CHECK(state_difference(state(reply::number(1)), state(reply::real_number(1))) ==
        std::vector<bytes>{"- v = 1", "+ v = 1.0"});
  CHECK(state_difference(state(reply::number(1)), state(text("1"))) ==
        std::vector<bytes>{"- v = 1", "+ v = \"1\""});
  CHECK(state_difference(state(reply::list({})), state(text("{}"))) ==
        std::vector<bytes>{"- v = {}", "+ v = \"{}\""});
  const auto lines = state_difference(state(text("")), state(text("\x1b[2J\"")));
  CHECK(lines.back().find('\x1b') == bytes::npos);
}

TEST_CASE("a state that begins or ends is listed whole") {
  const reply state = reply::map({text("n"), reply::number(1)});
  CHECK(state_difference(reply::null(), state) == std::vector<bytes>{"+ n = 1"});
  CHECK(state_difference(state, reply::null()) == std::vector<bytes>{"- n = 1"});
  CHECK(state_difference(reply::null(), reply::map({})) == std::vector<bytes>{"+ self = {}"});
}

}  // namespace
}  // namespace comet::client
