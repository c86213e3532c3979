#include "runtime/reply_json.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace comet::runtime {
namespace {

using object::reply;

bytes text_of_reply(const reply& r) {
  return json_of(r).dump();
}

TEST_CASE("every kind of reply has a form in JSON") {
  CHECK(text_of_reply(reply::null()) == "null");
  CHECK(text_of_reply(reply::ok()) == R"("OK")");
  CHECK(text_of_reply(reply::number(-7)) == "-7");
  CHECK(text_of_reply(reply::real_number(1.5)) == "1.5");
  CHECK(text_of_reply(reply::real_number(std::numeric_limits<double>::infinity())) == R"("inf")");
  CHECK(text_of_reply(reply::truth(true)) == "true");
  CHECK(text_of_reply(reply::verbatim("a\nb")) == R"("a\nb")");
  CHECK(text_of_reply(reply::list({reply::number(1), reply::list({})})) == "[1,[]]");
  CHECK(text_of_reply(reply::map({reply::bulk("z"), reply::number(1), reply::bulk("a"),
                                  reply::number(2)})) == R"({"z":1,"a":2})");
  CHECK(text_of_reply(reply::map({reply::number(3), reply::null()})) == R"({"3":null})");
  CHECK(text_of_reply(reply::failure(errc::fuel, "used up")) ==
        R"({"error":{"code":"fuel","message":"used up"}})");
}

TEST_CASE("markup and control characters are data, and come out as they went in") {
  CHECK(text_of_reply(reply::bulk({"<b>\0\x1b\"", 6})) == R"("<b>\u0000\u001b\"")");
}

TEST_CASE("bytes that are not UTF-8 are shown escaped") {
  CHECK(utf8_or_escaped("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80") ==
        "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
  CHECK(utf8_or_escaped("a\xff") == "a\\xff");
  // Longer than need be, half of a pair, beyond the last character, cut short.
  for (const bytes_view wrong : {"\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                 "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) {
    CAPTURE(printable(wrong));
    CHECK(utf8_or_escaped(wrong).starts_with("\\x"));
    CHECK_NOTHROW(json_of(reply::bulk(bytes{wrong})).dump());
  }
}

TEST_CASE("the words of a request are texts and numbers") {
  CHECK(read_words(R"({"argv": ["SET", "k\u0000", 7, -1.5, ""]})").value() ==
        std::vector<bytes>{"SET", bytes{"k\0", 2}, "7", "-1.5", ""});
}

TEST_CASE("a body that is no request is refused with a sentence") {
  for (const bytes_view body :
       {"", "{", "[]", "null", "{}", R"({"argv": "GET"})", R"({"argv": []})", R"({"argv": [null]})",
        R"({"argv": [["GET"]]})", R"({"argv": [true]})", "{\"argv\": [\"\xff\"]}",
        R"({"argv": ["GET"]} more)"}) {
    CAPTURE(body);
    const auto words = read_words(body);
    REQUIRE_FALSE(words.ok());
    CHECK(words.failure().code == errc::syntax);
    CHECK(words.failure().message.starts_with("the body has to be "));
  }
}

TEST_CASE("JSON that is nested deeply is refused before it is read") {
  const bytes deep = "{\"argv\": " + bytes(100'000, '[') + bytes(100'000, ']') + "}";
  CHECK(read_words(deep).failure().message == "the JSON is nested deeper than 8");
  // Brackets in texts are no nesting.
  CHECK(read_words(R"({"argv": ["[[[[[[[[[[[[\"[[["]})").ok());
}

TEST_CASE("too many words are refused") {
  bytes body = R"({"argv": ["MGET")";
  for (int i = 0; i < 4'096; ++i)
    body += R"(,"k")";
  CHECK_FALSE(read_words(body + "]}").ok());
}

}  // namespace
}  // namespace comet::runtime
