#include <catch2/catch_test_macros.hpp>

#include "tests/unit/apps/library_object.hpp"

namespace comet::library::test {
namespace {

using lua::test::answer_of;
using lua::test::text_of;
using object::reply;
using std::chrono::seconds;

/// The field of a map that a method returned.
reply field(const reply& map, bytes_view name) {
  REQUIRE(map.what == reply::kind::map);
  for (std::size_t i = 0; i < map.items.size(); i += 2) {
    if (map.items[i].text == name) return map.items[i + 1];
  }
  FAIL("no field " << name);
  return {};
}

TEST_CASE("a read answers the value and is recorded with time, address and user") {
  library_object key("access_log");
  REQUIRE(answer_of(key.put({}, "sesame")) == reply::ok());
  key.from = {"192.0.2.9", 4'242, "eve", ""};
  CHECK(text_of(key.get()) == "sesame");

  const reply log = answer_of(key.call("log"));
  REQUIRE(log.items.size() == 1);
  CHECK(field(log.items[0], "time") == reply::number(to_unix_ms(key.now.wall)));
  CHECK(field(log.items[0], "ip").text == "192.0.2.9");
  CHECK(field(log.items[0], "port") == reply::number(4'242));
  CHECK(field(log.items[0], "user").text == "eve");
}

TEST_CASE("an entry of the log has the same columns in the same order on every activation") {
  library_object key("access_log");
  key.put({}, "sesame");
  key.get();
  const reply log = answer_of(key.call("log"));
  REQUIRE(log.items.size() == 1);
  std::vector<bytes> columns;
  for (std::size_t i = 0; i < log.items[0].items.size(); i += 2)
    columns.push_back(log.items[0].items[i].text);
  CHECK(columns == std::vector<bytes>{"ip", "port", "time", "user"});
  for (int i = 0; i < 8; ++i) {
    key.chill();
    CHECK(answer_of(key.call("log")) == log);
  }
}

TEST_CASE("a command that fails tells something of the value, so it is recorded") {
  library_object key("access_log");
  key.put({}, "sesame");
  const reply refused = answer_of(key.operate(object::op::incrby));
  CHECK(refused.text == "value is not an integer or out of range");
  CHECK(answer_of(key.call("total")) == reply::number(1));
}

TEST_CASE("every way to read is recorded") {
  library_object key("access_log");
  key.put({}, "sesame");
  CHECK(text_of(key.fetch()) == "sesame");
  CHECK(answer_of(key.operate(object::op::strlen)) == reply::number(6));
  CHECK(text_of(key.operate(object::op::getex)) == "sesame");
  CHECK(answer_of(key.call("total")) == reply::number(3));
}

TEST_CASE("the log is bounded, keeps the newest in order, and the count loses nothing") {
  library_object key("access_log");
  key.put({"3"}, "sesame");
  const auto start = to_unix_ms(key.now.wall);
  for (int i = 0; i < 10; ++i) {
    key.pass(seconds{1});
    key.get();
    if (i % 4 == 0) key.chill();
  }
  const reply log = answer_of(key.call("log"));
  REQUIRE(log.items.size() == 3);
  CHECK(field(log.items[0], "time") == reply::number(start + 8'000));
  CHECK(field(log.items[1], "time") == reply::number(start + 9'000));
  CHECK(field(log.items[2], "time") == reply::number(start + 10'000));
  CHECK(answer_of(key.call("total")) == reply::number(10));
}

TEST_CASE("reading the log is not a read, and an empty log is empty") {
  library_object key("access_log");
  key.put({}, "sesame");
  CHECK(answer_of(key.call("log")).items.empty());
  key.call("log");
  CHECK(answer_of(key.call("total")) == reply::number(0));
}

TEST_CASE("the largest log fits into an object's memory and state") {
  library_object key("access_log");
  key.put({"200"}, bytes(1'000, 'v'));
  key.from = {"2001:0db8:0000:0000:0000:0000:0000:0001", 65'535, bytes(32, 'u'), bytes(64, 'f')};
  for (int i = 0; i < 210; ++i)
    answer_of(key.get());
  key.chill();
  CHECK(answer_of(key.call("log")).items.size() == 200);
  CHECK(answer_of(key.call("total")) == reply::number(210));
}

TEST_CASE("a write replaces the value and keeps the log") {
  library_object key("access_log");
  key.put({}, "sesame");
  key.get();
  CHECK(answer_of(key.set("mellon")) == reply::ok());
  CHECK(text_of(key.get()) == "mellon");
  CHECK(answer_of(key.call("total")) == reply::number(2));
}

TEST_CASE("a log of no length, or of too much, is not stored") {
  for (const bytes_view length : {"0", "201", "many", "1.5"}) {
    library_object key("access_log");
    const auto put = key.put({bytes{length}}, "sesame");
    REQUIRE(put.failure);
    CHECK(put.failure->message == "ARG 1 is how many reads to keep: 1 to 200");
  }
}

}  // namespace
}  // namespace comet::library::test
