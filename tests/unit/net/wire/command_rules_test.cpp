#include "net/wire/command_rules.hpp"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>

#include "net/wire/command_categories.hpp"

namespace comet::wire {
namespace {

command_rules rules(std::initializer_list<bytes_view> words) {
  command_rules made;
  for (const bytes_view word : words)
    REQUIRE(made.apply(word));
  return made;
}

bool allows(const command_rules& r, bytes_view command) {
  return r.allows(*command_named(command)->row);
}

TEST_CASE("at first nothing is allowed") {
  const command_rules none;
  CHECK_FALSE(allows(none, "get"));
  CHECK(none.text() == "-@all");
}

TEST_CASE("a later rule wins over an earlier one") {
  CHECK(allows(rules({"-get", "+get"}), "get"));
  CHECK_FALSE(allows(rules({"+get", "-get"}), "get"));
  CHECK_FALSE(allows(rules({"+@read", "-get"}), "get"));
  CHECK(allows(rules({"-get", "+@read"}), "get"));
  CHECK_FALSE(allows(rules({"+@all", "-@all"}), "get"));
}

TEST_CASE("a container stands for its subcommands, and each of them can stand alone") {
  CHECK(allows(rules({"+client"}), "client|kill"));
  const auto one = rules({"+client|id"});
  CHECK(allows(one, "client|id"));
  CHECK_FALSE(allows(one, "client|kill"));
  const auto all_but_one = rules({"+@all", "-config|set"});
  CHECK(allows(all_but_one, "config|get"));
  CHECK_FALSE(allows(all_but_one, "config|set"));
}

TEST_CASE("categories without a command are known, others are not") {
  command_rules made;
  CHECK(made.apply("+@hash"));
  CHECK(made.apply("-@GEO"));
  for (const bytes_view bad : {"+@nosuch", "+nosuch", "+client|nosuch", "+", "get", "+@", "*get"})
    CHECK_FALSE(made.apply(bad));
  CHECK(made == rules({"+@hash", "-@GEO"}));
}

TEST_CASE("who may run everything, and who administers") {
  CHECK(rules({"+@all"}).allows_everything());
  CHECK(rules({"+@all"}).allows_administration());
  CHECK_FALSE(rules({"+@all", "-get"}).allows_everything());
  CHECK(rules({"+@all", "-get"}).allows_administration());
  CHECK_FALSE(rules({"+@all", "-@dangerous"}).allows_administration());
  CHECK(rules({"+@admin"}).allows_administration());
  CHECK(rules({"+@all", "-get", "+get"}).allows_everything());
}

TEST_CASE("rules are written as they would have to be given again") {
  CHECK(rules({"+@read", "-get"}).text() == "-@all +@read -get");
  CHECK(rules({"+get", "+@all", "-@dangerous", "+info"}).text() == "+@all -@dangerous +info");
  CHECK(rules({"+get", "-@all"}).text() == "-@all");
  CHECK(rules({"-@all"}) == command_rules{});
  CHECK(rules({"+get", "+set", "+get"}).text() == "-@all +set +get");
}

}  // namespace
}  // namespace comet::wire
