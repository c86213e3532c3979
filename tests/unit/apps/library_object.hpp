#pragma once
// An object of apps/library for tests: its source from the tree, its turns in virtual time.

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <fstream>
#include <sstream>

#include "tests/unit/lua/scripted_object.hpp"

namespace comet::library::test {

inline bytes source_of(const bytes& name) {
  std::ifstream file("apps/library/" + name + "/" + name + ".lua", std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class library_object : public lua::test::scripted_object {
 public:
  explicit library_object(const bytes& name) : scripted_object(source_of(name)) {}

  void pass(std::chrono::milliseconds time) { now.wall += time; }
};

}  // namespace comet::library::test
