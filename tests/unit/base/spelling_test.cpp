#include "base/spelling.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;

TEST_CASE("edits are characters inserted, removed or changed") {
  CHECK(edits_between("", "") == 0);
  CHECK(edits_between("onGet", "onGet") == 0);
  CHECK(edits_between("", "abc") == 3);
  CHECK(edits_between("ongett", "onGet") == 2);
  CHECK(edits_between("kitten", "sitting") == edits_between("sitting", "kitten"));
  CHECK(edits_between("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is at most two edits away, the first of equally near ones") {
  nearest_name nearest("onPat");
  CHECK(nearest.found().empty());
  nearest.consider("onDelete");
  CHECK(nearest.found().empty());
  nearest.consider("onGet");
  CHECK(nearest.found() == "onGet");
  nearest.consider("onPut");
  CHECK(nearest.found() == "onPut");
  nearest.consider("onPit");
  CHECK(nearest.found() == "onPut");
}

TEST_CASE("a name is not near that shares nothing") {
  nearest_name nearest("xy");
  nearest.consider("ab");
  nearest.consider("a");
  CHECK(nearest.found().empty());
}
