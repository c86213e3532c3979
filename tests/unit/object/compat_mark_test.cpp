#include "object/compat_mark.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;

TEST_CASE("the mark stands before the source, on its first line, and once") {
  const bytes marked = with_compat_mark("return {}\n");
  CHECK(marked == "--[[comet:compat]] return {}\n");
  CHECK(has_compat_mark(marked));
  CHECK(with_compat_mark(marked) == marked);
  CHECK(with_compat_mark("--[[comet:compat]]\nreturn {}") == "--[[comet:compat]]\nreturn {}");
}

TEST_CASE("a mark that does not begin the source is none") {
  CHECK_FALSE(has_compat_mark("return {}"));
  CHECK_FALSE(has_compat_mark(" --[[comet:compat]] return {}"));
  CHECK_FALSE(has_compat_mark("-- comet:compat"));
  CHECK_FALSE(has_compat_mark(""));
}
