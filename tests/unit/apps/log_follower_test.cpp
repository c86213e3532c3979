#include "apps/comet/log_follower.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using object::reply;

/// What ASO.INFO tells of an object that wrote `total` lines since `since` and keeps the last ones.
reply information(const std::vector<bytes>& kept, std::int64_t total, std::int64_t since) {
  std::vector<reply> lines;
  for (const auto& line : kept)
    lines.push_back(reply::bulk(line));
  return reply::map({reply::bulk("log"), reply::list(std::move(lines)), reply::bulk("log-lines"),
                     reply::number(total), reply::bulk("log-since-unix-ms"),
                     total == 0 ? reply::null() : reply::number(since)});
}

/// "number text", each.
std::vector<bytes> texts(const log_news& news) {
  std::vector<bytes> lines;
  for (const auto& line : news.lines)
    lines.push_back(std::to_string(line.number) + " " + line.text);
  return lines;
}

using words = std::vector<bytes>;

TEST_CASE("the first look tells all that is kept, and no loss") {
  log_follower follower;
  const auto news = follower.look(information({"c", "d"}, 4, 1'000));
  REQUIRE(news);
  CHECK(texts(*news) == words{"3 c", "4 d"});
  CHECK(news->lost == 0);
  CHECK_FALSE(news->restarted);
  CHECK(remark_on(*news).empty());
}

TEST_CASE("each later line is told once") {
  log_follower follower;
  REQUIRE(follower.look(information({}, 0, 0))->lines.empty());
  CHECK(texts(*follower.look(information({"a"}, 1, 1'000))) == words{"1 a"});
  CHECK(follower.look(information({"a"}, 1, 1'000))->lines.empty());
  const auto news = follower.look(information({"a", "b", "c"}, 3, 1'000));
  CHECK(texts(*news) == words{"2 b", "3 c"});
  CHECK_FALSE(news->restarted);
}

TEST_CASE("lines that came and went between two looks are counted as lost") {
  log_follower follower;
  REQUIRE(follower.look(information({"a"}, 1, 1'000)));
  const auto news = follower.look(information({"h", "i"}, 9, 1'000));
  CHECK(texts(*news) == words{"8 h", "9 i"});
  CHECK(news->lost == 6);
  CHECK(remark_on(*news) ==
        "-- 6 lines are lost: more were written between two looks than are kept\n");
  CHECK(remark_as_json(*news) == "{\"restarted\":false,\"lost\":6}\n");
}

TEST_CASE("a count that begins anew is said, fewer lines or not") {
  log_follower follower;
  REQUIRE(follower.look(information({"a", "b"}, 2, 1'000)));
  const auto fewer = follower.look(information({"x"}, 1, 1'000));
  CHECK(fewer->restarted);
  CHECK(texts(*fewer) == words{"1 x"});
  const auto later = follower.look(information({"p", "q", "r"}, 3, 5'000));
  CHECK(later->restarted);
  CHECK(texts(*later) == words{"1 p", "2 q", "3 r"});
  CHECK(remark_on(*later).find("starts again") != bytes::npos);
  const auto none = follower.look(information({}, 0, 0));
  CHECK(none->restarted);
  CHECK(none->lines.empty());
  CHECK_FALSE(follower.look(information({"s"}, 1, 9'000))->restarted);
}

TEST_CASE("no object and a log that is not told are told apart") {
  log_follower follower;
  CHECK(follower.look(reply::null()).failure().code == errc::not_found);
  CHECK(follower.look(reply::map({reply::bulk("turns"), reply::number(1)})).failure().code ==
        errc::no_permission);
}

TEST_CASE("nothing that a terminal obeys leaves a line, and JSON has it as it was") {
  const log_line line{3, "\x1b[2J caf\xc3\xa9\nnext"};
  CHECK(shown(line) == "\\x1b[2J caf\xc3\xa9\\x0anext\n");
  CHECK(as_json(line) == "{\"line\":3,\"text\":\"\\u001b[2J caf\xc3\xa9\\nnext\"}\n");
  CHECK(as_json({1, "\xff"}).find("\xef\xbf\xbd") != bytes::npos);
}

}  // namespace
}  // namespace comet::client
