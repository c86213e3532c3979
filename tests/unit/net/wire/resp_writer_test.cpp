#include "net/wire/resp_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

using namespace comet;
using namespace comet::wire;
using object::reply;

namespace {

bytes written(const reply& r, protocol p) {
  bytes out;
  append(out, r, p);
  return out;
}
bytes resp2(const reply& r) {
  return written(r, protocol::resp2);
}
bytes resp3(const reply& r) {
  return written(r, protocol::resp3);
}

reply of_kind(reply::kind what, std::vector<reply> items) {
  reply r = reply::list(std::move(items));
  r.what = what;
  return r;
}

}  // namespace

TEST_CASE("what both protocols know looks the same in both") {
  for (const protocol p : {protocol::resp2, protocol::resp3}) {
    CHECK(written(reply::ok(), p) == "+OK\r\n");
    CHECK(written(reply::number(-42), p) == ":-42\r\n");
    CHECK(written(reply::number(std::numeric_limits<std::int64_t>::min()), p) ==
          ":-9223372036854775808\r\n");
    CHECK(written(reply::bulk(""), p) == "$0\r\n\r\n");
    CHECK(written(reply::bulk(bytes{"a\0\r\nb", 5}), p) == bytes{"$5\r\na\0\r\nb\r\n", 11});
    CHECK(written(reply::list({}), p) == "*0\r\n");
    CHECK(written(reply::list({reply::number(1), reply::bulk("x")}), p) ==
          "*2\r\n:1\r\n$1\r\nx\r\n");
  }
}

TEST_CASE("RESP2 says with arrays, bulks and integers what RESP3 has types for") {
  const std::vector<reply> pair{reply::bulk("k"), reply::number(1)};
  CHECK(resp2(reply::null()) == "$-1\r\n");
  CHECK(resp3(reply::null()) == "_\r\n");
  CHECK(resp2(reply::map(pair)) == "*2\r\n$1\r\nk\r\n:1\r\n");
  CHECK(resp3(reply::map(pair)) == "%1\r\n$1\r\nk\r\n:1\r\n");
  CHECK(resp2(of_kind(reply::kind::set, pair)) == "*2\r\n$1\r\nk\r\n:1\r\n");
  CHECK(resp3(of_kind(reply::kind::set, pair)) == "~2\r\n$1\r\nk\r\n:1\r\n");
  CHECK(resp2(of_kind(reply::kind::push, pair)) == "*2\r\n$1\r\nk\r\n:1\r\n");
  CHECK(resp3(of_kind(reply::kind::push, pair)) == ">2\r\n$1\r\nk\r\n:1\r\n");
  CHECK(resp2(reply::truth(true)) == ":1\r\n");
  CHECK(resp2(reply::truth(false)) == "$-1\r\n");
  CHECK(resp3(reply::truth(true)) == "#t\r\n");
  CHECK(resp3(reply::truth(false)) == "#f\r\n");
  CHECK(resp2(reply::verbatim("hi")) == "$2\r\nhi\r\n");
  CHECK(resp3(reply::verbatim("hi")) == "=6\r\ntxt:hi\r\n");
}

TEST_CASE("a real number is the shortest text that reads back") {
  CHECK(resp2(reply::real_number(0.1)) == "$3\r\n0.1\r\n");
  CHECK(resp3(reply::real_number(0.1)) == ",0.1\r\n");
  CHECK(resp3(reply::real_number(3)) == ",3\r\n");
  CHECK(resp3(reply::real_number(std::numeric_limits<double>::infinity())) == ",inf\r\n");
  CHECK(resp3(reply::real_number(-std::numeric_limits<double>::infinity())) == ",-inf\r\n");
  CHECK(resp3(reply::real_number(std::nan(""))) == ",nan\r\n");
}

TEST_CASE("an error line has its prefix and no line breaks") {
  CHECK(resp2(reply::failure(errc::syntax, "syntax error")) == "-ERR syntax error\r\n");
  CHECK(resp3(reply::failure(errc::busy, "a\r\nb")) == "-BUSY a  b\r\n");
  CHECK(resp2(reply::failure(errc::no_auth, "")) == "-NOAUTH Authentication required.\r\n");
  bytes out;
  append_error_line(out, "WRONGPASS no\n");
  CHECK(out == "-WRONGPASS no \r\n");
}

TEST_CASE("a status cannot smuggle a second reply") {
  CHECK(resp2(reply::status("x\r\n+y")) == "+x  +y\r\n");
}

TEST_CASE("replies nest") {
  const reply inner = reply::map({reply::bulk("a"), reply::list({reply::null()})});
  CHECK(resp3(reply::list({inner})) == "*1\r\n%1\r\n$1\r\na\r\n*1\r\n_\r\n");
}
