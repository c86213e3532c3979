#include "runtime/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
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

using actors::severity;

TEST_CASE("a line carries the time in UTC, the level, the room, the message and its fields") {
  log::set_levels(log_level::info);
  const bytes line = standard_error_of([] { log::warning("two words", {{"key", "value"}}); });
  const std::regex form(R"(time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=warning )"
                        R"(room=runtime msg="two words" key=value\n)");
  CAPTURE(line);
  CHECK(std::regex_match(line, form));
}

TEST_CASE("with log-format = json a line is one object") {
  log::set_levels(log_level::info);
  log::set_format(log_format::json);
  const bytes text = standard_error_of([] { log::warning("two words", {{"key", "a\n\"b\""}}); });
  log::set_format(log_format::logfmt);
  const auto line = nlohmann::json::parse(text);
  CHECK(text.find('\n') == text.size() - 1);
  CHECK(std::regex_match(line["time"].get<bytes>(),
                         std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
  CHECK(line["level"] == "warning");
  CHECK(line["room"] == "runtime");
  CHECK(line["msg"] == "two words");
  CHECK(line["key"] == "a\n\"b\"");
}

TEST_CASE("lines below the level of their room are dropped") {
  log_levels levels{log_level::warning};
  levels.set(actors::log_room::net, log_level::debug);
  log::set_levels(levels);
  const actors::log_sink sink = [](const actors::log_line& line) { log::write(line); };
  const bytes text = standard_error_of([&] {
    log::info("i");
    sink.about(actors::log_room::store)(severity::info, "s");
    sink.about(actors::log_room::net)(severity::debug, "n");
    log::error("e");
  });
  CHECK(text.find("msg=i") == bytes::npos);
  CHECK(text.find("msg=s") == bytes::npos);
  CHECK(text.find("level=debug room=net msg=n\n") != bytes::npos);
  CHECK(text.find("level=error room=runtime msg=e\n") != bytes::npos);
  log::set_levels(log_level::off);
  CHECK(standard_error_of([] { log::error("e"); }).empty());
  log::set_levels(log_level::info);
}

TEST_CASE("lines of one place that repeat too often are counted, whatever they name") {
  log::set_levels(log_level::info);
  const bytes text = standard_error_of([] {
    for (int i = 0; i < 25; ++i)
      log::warning("a stranger came", {{"from", std::to_string(i)}});
    log::warning("another place");
    log::finish();
  });
  CHECK(std::count(text.begin(), text.end(), '\n') == 12);
  CHECK(text.find("from=9\n") != bytes::npos);
  CHECK(text.find("from=10") == bytes::npos);
  CHECK(text.find("msg=\"another place\"\n") != bytes::npos);
  CHECK(text.find("level=warning room=runtime msg=\"a stranger came\" from=24 repeated=15\n") !=
        bytes::npos);
}

TEST_CASE("a message is never taken for a format") {
  log::set_levels(log_level::info);
  CHECK(standard_error_of([] { log::info("{} %v"); }).find("msg=\"{} %v\"") != bytes::npos);
}

}  // namespace
}  // namespace comet::runtime
