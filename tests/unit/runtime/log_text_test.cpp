#include "runtime/log_text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <vector>

namespace comet::runtime {
namespace {

bytes logfmt(bytes_view message, const std::vector<log_field>& fields) {
  return log_text(log_format::logfmt, log_room::store, message, fields);
}

nlohmann::json json(bytes_view message, const std::vector<log_field>& fields) {
  return nlohmann::json::parse("{" + log_text(log_format::json, log_room::net, message, fields) +
                               "}");
}

TEST_CASE("a field is quoted where logfmt needs it, and never breaks the line") {
  CHECK(logfmt("started", {}) == "room=store msg=started");
  CHECK(logfmt("a commit failed", {{"why", "disk full"}, {"batch", "7"}, {"note", ""}}) ==
        R"(room=store msg="a commit failed" why="disk full" batch=7 note="")");
  CHECK(logfmt("x", {{"text", "say \"no\"\\\n=\x01\xff"}}) ==
        R"(room=store msg=x text="say \"no\"\\\n=\x01\xff")");
}

TEST_CASE("JSON has the same members, in the same order") {
  CHECK(log_text(log_format::json, log_room::net, "a node came", {}) ==
        R"("room":"net","msg":"a node came")");
  const auto line = json("a commit failed", {{"why", "disk full"}, {"note", ""}});
  CHECK(line["msg"] == "a commit failed");
  CHECK(line["why"] == "disk full");
  CHECK(line["note"] == "");
}

TEST_CASE("JSON is one line of ASCII that parses, whatever a value holds") {
  const bytes hostile = bytes("\x00\x1b[31m\n\"\\\xff\xc3\xa4", 12);
  const std::vector<log_field> fields{{"text", hostile}};
  const bytes text = log_text(log_format::json, log_room::net, hostile, fields);
  for (const char c : text)
    CHECK((c >= ' ' && c <= '~'));
  CHECK(json(hostile, fields)["text"] == bytes("\x00\x1b[31m\n\"\\\xef\xbf\xbd\xc3\xa4", 14));
}

}  // namespace
}  // namespace comet::runtime
