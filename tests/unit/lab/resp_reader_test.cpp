#include "lab/resp_reader.hpp"

#include <catch2/catch_test_macros.hpp>

#include "net/wire/resp_writer.hpp"

using namespace comet;
using namespace comet::lab;
using object::reply;

TEST_CASE("whatever a node writes is read back, in whatever pieces it comes") {
  reply push = reply::list({reply::bulk("message"), reply::bulk("news")});
  push.what = reply::kind::push;
  const std::vector<reply> all{reply::null(),
                               reply::ok(),
                               reply::number(-5),
                               reply::real_number(1.5),
                               reply::truth(true),
                               reply::bulk(bytes("a\r\n\0b", 5)),
                               reply::verbatim("as it is"),
                               reply::list({reply::number(1), reply::list({})}),
                               reply::map({reply::bulk("key"), reply::null()}),
                               push};
  bytes written;
  for (const auto& one : all)
    wire::append(written, one, wire::protocol::resp3);
  resp_reader reader;
  std::vector<reply> read;
  for (const char c : written) {
    reader.feed(bytes_view{&c, 1});
    auto found = reader.next();
    REQUIRE(found.ok());
    if (*found) read.push_back(std::move(**found));
  }
  CHECK(read == all);
}

TEST_CASE("an error keeps its whole line") {
  bytes written;
  wire::append_error(written, errc::no_permission, "not yours");
  resp_reader reader;
  reader.feed(written);
  const auto found = reader.next();
  REQUIRE(found.ok());
  CHECK((*found)->failed());
  CHECK((*found)->text == "NOPERM not yours");
}

TEST_CASE("bytes that are not RESP are told") {
  resp_reader reader;
  reader.feed("hello\r\n");
  CHECK(reader.next().failure().code == errc::protocol);
}

TEST_CASE("a request is an array of its words") {
  CHECK(encode_request({"GET", "a\r\nb"}) == "*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n");
}
