#include "runtime/log.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

namespace comet::runtime {
namespace {

/// What `work` writes to standard error.
bytes standard_error_of(const std::function<void()>& work) {
  const auto path =
      std::filesystem::temp_directory_path() / ("comet-log-" + std::to_string(getpid()));
  std::fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  std::FILE* file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  dup2(fileno(file), STDERR_FILENO);
  work();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::fclose(file);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

TEST_CASE("a field is quoted where logfmt needs it, and never breaks the line") {
  CHECK(logfmt("started", {}) == "msg=started");
  CHECK(logfmt("a commit failed", {{"why", "disk full"}, {"batch", "7"}, {"note", ""}}) ==
        R"(msg="a commit failed" why="disk full" batch=7 note="")");
  CHECK(logfmt("x", {{"text", "say \"no\"\\\n=\x01\xff"}}) ==
        R"(msg=x text="say \"no\"\\\n=\x01\xff")");
}

TEST_CASE("a line carries the time in UTC, the level, the message and its fields") {
  log::set_level(log_level::info);
  const bytes line = standard_error_of([] { log::warning("two words", {{"key", "value"}}); });
  const std::regex form(
      R"(time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=warning msg="two words" key=value\n)");
  CAPTURE(line);
  CHECK(std::regex_match(line, form));
}

TEST_CASE("lines below the level are dropped") {
  log::set_level(log_level::warning);
  CHECK(standard_error_of([] {
          log::debug("d");
          log::info("i");
        }).empty());
  CHECK(standard_error_of([] { log::error("e"); }).find("level=error msg=e") != bytes::npos);
  log::set_level(log_level::off);
  CHECK(standard_error_of([] { log::error("e"); }).empty());
  log::set_level(log_level::info);
}

TEST_CASE("a message is never taken for a format") {
  log::set_level(log_level::info);
  CHECK(standard_error_of([] { log::info("{} %v"); }).find("msg=\"{} %v\"") != bytes::npos);
}

}  // namespace
}  // namespace comet::runtime
