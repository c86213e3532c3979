#include "net/wire/reply_reader.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "net/wire/resp_writer.hpp"

namespace comet::wire {
namespace {

using object::reply;

/// A reader of `text` that arrives in pieces of `step` bytes and then ends.
reply_reader reader_of(bytes_view text, std::size_t step) {
  return reply_reader([text, step, at = std::size_t{0}]() mutable -> result<bytes_view> {
    if (at >= text.size()) return error{errc::unavailable, "the end"};
    const bytes_view piece = text.substr(at, step);
    at += piece.size();
    return piece;
  });
}

reply one_of(bytes_view text, std::size_t step = 1'000) {
  auto read = reader_of(text, step).next();
  INFO((read ? bytes{} : read.failure().message));
  REQUIRE(read.ok());
  return *read;
}

errc failure_of(bytes_view text) {
  const auto read = reader_of(text, 1'000).next();
  REQUIRE_FALSE(read.ok());
  return read.failure().code;
}

TEST_CASE("every kind of reply is read") {
  CHECK(one_of("+OK\r\n") == reply::ok());
  CHECK(one_of(":-42\r\n") == reply::number(-42));
  CHECK(one_of({"$5\r\na\r\nb\0\r\n", 11}) == reply::bulk({"a\r\nb\0", 5}));
  CHECK(one_of("$-1\r\n") == reply::null());
  CHECK(one_of("*-1\r\n") == reply::null());
  CHECK(one_of("_\r\n") == reply::null());
  CHECK(one_of("#t\r\n") == reply::truth(true));
  CHECK(one_of(",1.5\r\n") == reply::real_number(1.5));
  CHECK(std::isinf(one_of(",-inf\r\n").real));
  CHECK(std::isnan(one_of(",nan\r\n").real));
  CHECK(one_of("(123456789012345678901\r\n") == reply::bulk("123456789012345678901"));
  CHECK(one_of("=7\r\ntxt:abc\r\n") == reply::verbatim("abc"));
  CHECK(one_of("*2\r\n:1\r\n*0\r\n") == reply::list({reply::number(1), reply::list({})}));
  CHECK(one_of("%1\r\n+a\r\n:1\r\n") == reply::map({reply::status("a"), reply::number(1)}));
  CHECK(one_of("~1\r\n:1\r\n").what == reply::kind::set);
  CHECK(one_of(">1\r\n:1\r\n").what == reply::kind::push);
}

TEST_CASE("an error keeps its prefix") {
  CHECK(one_of("-BUSY try later\r\n").failed());
  CHECK(one_of("-BUSY try later\r\n").text == "BUSY try later");
  CHECK(one_of("!8\r\nERR a\r\nb\r\n").text == "ERR a\r\nb");
}

TEST_CASE("a reply is the same however it is cut into pieces") {
  const bytes_view text = "%2\r\n$3\r\nlog\r\n*2\r\n$2\r\n\r\n\r\n_\r\n+n\r\n,0.5\r\n";
  const reply whole = one_of(text);
  for (std::size_t step = 1; step < text.size(); ++step) {
    CAPTURE(step);
    CHECK(one_of(text, step) == whole);
  }
}

TEST_CASE("replies follow each other") {
  reply_reader reader = reader_of("+a\r\n+b\r\n", 3);
  CHECK(reader.next().value() == reply::status("a"));
  CHECK(reader.next().value() == reply::status("b"));
  CHECK(reader.next().failure() == error{errc::unavailable, "the end"});
}

TEST_CASE("what the node writes is what is read, in RESP3") {
  const reply all = reply::map(
      {reply::bulk("list"),
       reply::list({reply::number(-1), reply::real_number(0.1), reply::null()}), reply::bulk("yes"),
       reply::truth(true), reply::bulk("text"), reply::verbatim("a\nb")});
  bytes written;
  wire::append(written, all, wire::protocol::resp3);
  CHECK(one_of(written, 7) == all);
}

TEST_CASE("a large reply is read in one pass") {
  bytes written = "*20000\r\n";
  for (int i = 0; i < 20'000; ++i)
    written += "$10\r\n0123456789\r\n";
  CHECK(one_of(written, 4'096).items.size() == 20'000);
}

TEST_CASE("what is not RESP is an error that shows it") {
  for (const bytes_view text :
       {"HTTP/1.1 400\r\n", "\r\n", ":x\r\n", ":1 \r\n", "$-2\r\n", "$1\r\nab\r\n", "#x\r\n",
        ",x\r\n", "=2\r\nab\r\n", "%-1\r\n", "*99999999999\r\n", "$999999999999\r\n"}) {
    CAPTURE(text);
    CHECK(failure_of(text) == errc::protocol);
  }
  const auto read = reader_of("HTTP/1.1 400 Bad Request\r\n", 100).next();
  CHECK(read.failure().message ==
        "the answer is not RESP, near 'HTTP/1.1 400 Bad Request\\x0d\\x0a'");
}

TEST_CASE("nesting without end and lines without end are errors") {
  bytes nested;
  for (int i = 0; i < 100; ++i)
    nested += "*1\r\n";
  CHECK(failure_of(nested) == errc::protocol);
  CHECK(failure_of("+" + bytes(200'000, 'x')) == errc::protocol);
}

}  // namespace
}  // namespace comet::wire
