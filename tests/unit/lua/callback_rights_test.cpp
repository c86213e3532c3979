#include "lua/callback_rights.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace comet;
using namespace comet::lua;

TEST_CASE("each get that names a callback key gives one right to it") {
  callback_rights rights;
  rights.grant("m");
  rights.begin();
  rights.grant("m");
  CHECK(rights.count() == 2);
  rights.use("m", false);
  CHECK(rights.allow("m"));
  rights.use("m", false);
  CHECK_FALSE(rights.allow("m"));
  CHECK(rights.bytes_held() == 0);
}

TEST_CASE("what a turn that fails was given and meant to use is as it was before") {
  callback_rights rights;
  rights.grant("a");
  rights.grant("b");
  const auto before = rights.bytes_held();
  rights.begin();
  rights.grant("c");
  rights.use("a", false);
  rights.use("c", false);
  rights.take_back();
  CHECK(rights.allow("a"));
  CHECK(rights.allow("b"));
  CHECK_FALSE(rights.allow("c"));
  CHECK(rights.bytes_held() == before);
}

TEST_CASE("a put that has left is used up, although its turn fails") {
  callback_rights rights;
  rights.grant("a");
  rights.begin();
  rights.grant("b");
  rights.use("a", true);
  rights.use("b", true);
  rights.take_back();
  CHECK(rights.count() == 0);
}

TEST_CASE("a right from before stays when the same key is granted and sent in a turn that fails") {
  callback_rights rights;
  rights.grant("m");
  rights.grant("n");
  rights.begin();
  rights.grant("m");
  rights.use("m", false);
  rights.take_back();
  CHECK(rights.count() == 2);
  CHECK(rights.allow("m"));
}

TEST_CASE("what a turn that committed used does not come back with a later failure") {
  callback_rights rights;
  rights.grant("m");
  rights.begin();
  rights.use("m", false);
  rights.begin();
  rights.take_back();
  CHECK_FALSE(rights.allow("m"));
}

TEST_CASE("rights are bounded, the oldest go first and come back when the turn fails") {
  callback_rights rights;
  const bytes long_key(1'000, 'k');
  rights.grant("first");
  for (int i = 0; rights.allow("first"); ++i)
    rights.grant(long_key + std::to_string(i));
  CHECK(rights.bytes_held() <= callback_rights::bytes_max);
  callback_rights full;
  full.grant("first");
  while (full.bytes_held() + 1'100 < callback_rights::bytes_max)
    full.grant(long_key);
  full.begin();
  full.grant(bytes(2'000, 'x'));
  CHECK_FALSE(full.allow("first"));
  full.take_back();
  CHECK(full.allow("first"));
}
