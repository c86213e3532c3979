#include "net/wire/resp_parser.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>

#include "base/random.hpp"

using namespace comet;
using namespace comet::wire;
using outcome = resp_parser::outcome;

namespace {

bytes multibulk(const std::vector<bytes>& words) {
  bytes out = "*" + std::to_string(words.size()) + "\r\n";
  for (const bytes& word : words)
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return out;
}

/// What a stream means: requests as lines, "!problem" for refusals, "#problem" for its end.
struct reading {
  std::vector<bytes> events;
  bool failed = false;
  std::size_t held_max = 0;

  void read(resp_parser& parser, bytes_view part, bool trusted = true) {
    std::vector<bytes_view> words;
    const bytes copy{part};  // as a read buffer that is used again
    parser.feed(copy);
    while (!failed && take(parser, words, trusted)) {
    }
    parser.keep();
    held_max = std::max(held_max, parser.held());
  }

 private:
  bool take(resp_parser& parser, std::vector<bytes_view>& words, bool trusted) {
    switch (parser.next(words, trusted)) {
      case outcome::incomplete: return false;
      case outcome::too_large: events.push_back("!" + parser.problem()); return true;
      case outcome::failed:
        events.push_back("#" + parser.problem());
        failed = true;
        return false;
      case outcome::request: break;
    }
    bytes event;
    for (const bytes_view word : words)
      event.append("<").append(word).append(">");
    events.push_back(event);
    return true;
  }
};

std::vector<bytes> events_of(bytes_view stream, const parser_limits& limits = {},
                             bool trusted = true) {
  resp_parser parser{limits};
  reading r;
  r.read(parser, stream, trusted);
  return r.events;
}

parser_limits small_limits() {
  parser_limits limits;
  limits.bulk_bytes_max = 10;
  limits.request_bytes_max = 60;
  limits.bulk_bytes_claim_max = 1'000;
  limits.words_max = 8;
  limits.line_bytes_max = 40;
  return limits;
}

using events = std::vector<bytes>;

}  // namespace

TEST_CASE("multibulk and inline requests mix in one stream") {
  CHECK(events_of("*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\nset a 'b c'\n*1\r\n$0\r\n\r\n") ==
        events{"<GET><k>", "<PING>", "<set><a><b c>", "<>"});
}

TEST_CASE("empty requests are skipped") {
  CHECK(events_of("*0\r\n*-1\r\n\r\n\n  \r\nPING\r\n") == events{"<PING>"});
}

TEST_CASE("words are views into the input when the request is whole") {
  const parser_limits limits;
  resp_parser parser{limits};
  const bytes input = multibulk({"GET", "key"});
  std::vector<bytes_view> words;
  parser.feed(input);
  REQUIRE(parser.next(words) == outcome::request);
  CHECK(words[1].data() == input.data() + input.find("key"));
  REQUIRE(parser.next(words) == outcome::incomplete);
  parser.keep();
  CHECK(parser.unread() == 0);
}

TEST_CASE("a stream means the same wherever it is cut") {
  const parser_limits limits = small_limits();
  const std::vector<bytes> streams{
      "*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\nset a \"b\\x41 c\"\n*0\r\n*1\r\n$4\r\nQUIT\r\n",
      multibulk({"SET", "k", bytes(11, 'v'), "x"}) + multibulk({"GET", "k"}),
      multibulk({"a", bytes(10, 'v'), bytes(10, 'v'), bytes(10, 'v')}) + "PING\r\n",
      "*2\r\n$1\r\na\r\n+b\r\n",
      "*1\r\n$04\r\nPING\r\n",
      "*9\r\n",
      "*1\r\n$1001\r\n",
      "PING\r\n" + bytes(41, 'x') + "\r\n",
      "*" + bytes(41, '1') + "\r\n",
      "*1\r\n$" + bytes(41, '1') + "\r\n",
      "set \"a\r\n",
      "*1\rx$1\rxaxx*1\r\n$1\r\nb\r\n",
  };
  for (const bytes& stream : streams) {
    const events whole = events_of(stream, limits);
    CAPTURE(stream);
    REQUIRE(!whole.empty());
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      resp_parser parser{limits};
      reading r;
      r.read(parser, bytes_view{stream}.substr(0, cut));
      r.read(parser, bytes_view{stream}.substr(cut));
      REQUIRE(r.events == whole);
    }
    resp_parser parser{limits};
    reading r;
    for (const char& byte : stream)
      r.read(parser, {&byte, 1});
    REQUIRE(r.events == whole);
  }
}

TEST_CASE("protocol errors have the words of Redis and are final") {
  const std::vector<std::pair<bytes, bytes>> cases{
      {"*x\r\n", "invalid multibulk length"},
      {"*1048577\r\n", "invalid multibulk length"},
      {"*\r\n", "invalid multibulk length"},
      {"*01\r\n", "invalid multibulk length"},
      {"*+1\r\n", "invalid multibulk length"},
      {"*9223372036854775808\r\n", "invalid multibulk length"},
      {"*1\r\n+x\r\n", "expected '$', got '+'"},
      {"*1\r\n$x\r\n", "invalid bulk length"},
      {"*1\r\n$-1\r\n", "invalid bulk length"},
      {"*1\r\n$536870913\r\n", "invalid bulk length"},
      {"*" + bytes(70'000, '1'), "too big mbulk count string"},
      {"*1\r\n$" + bytes(70'000, '1'), "too big bulk count string"},
      {bytes(70'000, 'x'), "too big inline request"},
      {"get 'a\r\n", "unbalanced quotes in request"},
  };
  for (const auto& [stream, problem] : cases)
    CHECK(events_of(stream) == events{"#Protocol error: " + problem});
  const parser_limits limits;
  resp_parser parser{limits};
  reading r;
  r.read(parser, "*x\r\n");
  std::vector<bytes_view> words;
  parser.feed("PING\r\n");
  CHECK(parser.next(words) == outcome::failed);
}

TEST_CASE("a client that is not authenticated gets small requests only") {
  CHECK(events_of("*10\r\n", {}, false) == events{});
  CHECK(events_of("*11\r\n", {}, false) ==
        events{"#Protocol error: unauthenticated multibulk length"});
  CHECK(events_of("*1\r\n$16384\r\n", {}, false) == events{});
  CHECK(events_of("*1\r\n$16385\r\n", {}, false) ==
        events{"#Protocol error: unauthenticated bulk length"});
}

TEST_CASE("an argument over the limit is dropped, refused, and the stream goes on") {
  const parser_limits limits = small_limits();
  const bytes stream = multibulk({"SET", "k", bytes(900, 'v'), "EX", "5"}) + multibulk({"PING"});
  CHECK(events_of(stream, limits) ==
        events{"!an argument of 900 bytes exceeds the limit of 10 bytes", "<PING>"});
}

TEST_CASE("a request over the limit is dropped, refused, and the stream goes on") {
  const parser_limits limits = small_limits();
  const bytes word(10, 'v');
  CHECK(events_of(multibulk({word, word, word}) + "PING\r\n", limits) ==
        events{"<" + word + "><" + word + "><" + word + ">", "<PING>"});
  CHECK(events_of(multibulk({word, word, word, word, word}) + "PING\r\n", limits) ==
        events{"!a request exceeds the limit of 60 bytes", "<PING>"});
}

TEST_CASE("a protocol error while dropping ends the stream") {
  CHECK(events_of("*2\r\n$11\r\n" + bytes(11, 'v') + "\r\n+x\r\n", small_limits()) ==
        events{"#Protocol error: expected '$', got '+'"});
}

TEST_CASE("memory follows the bytes that arrive, not the lengths that are claimed") {
  const parser_limits limits;
  resp_parser parser{limits};
  reading r;
  r.read(parser, "*1048576\r\n$1048576\r\nabc");
  CHECK(parser.held() < 1'000);
  CHECK(parser.unread() == 23);
}

TEST_CASE("memory of what is dropped stays small") {
  parser_limits limits;
  limits.bulk_bytes_max = 1'000;
  resp_parser parser{limits};
  reading r;
  r.read(parser, "*2\r\n$3\r\nSET\r\n$100000000\r\n");
  const bytes part(4'096, 'v');
  for (int i = 0; i < 100'000'000 / 4'096; ++i)
    r.read(parser, part);
  r.read(parser, bytes(100'000'000 % 4'096, 'v') + "\r\nPING\r\n");
  CHECK(r.events ==
        events{"!an argument of 100000000 bytes exceeds the limit of 1000 bytes", "<PING>"});
  CHECK(r.held_max < 10'000);
}

TEST_CASE("a large value in small parts is read once and its memory is given back") {
  const parser_limits limits;
  resp_parser parser{limits};
  reading r;
  const bytes value(1'000'000, 'v');
  const bytes stream = multibulk({"SET", "k", value});
  for (std::size_t at = 0; at < stream.size(); at += 1'000)
    r.read(parser, bytes_view{stream}.substr(at, 1'000));
  CHECK(r.events == events{"<SET><k><" + value + ">"});
  CHECK(r.held_max < 3'000'000);
  CHECK(parser.held() < 100'000);
}

TEST_CASE("a request can be put back") {
  const parser_limits limits;
  resp_parser parser{limits};
  std::vector<bytes_view> words;
  const bytes input = "PING\r\n" + multibulk({"GET", "k"}) + "TIME\r\n";
  parser.feed(input);
  REQUIRE(parser.next(words) == outcome::request);
  REQUIRE(parser.next(words) == outcome::request);
  parser.put_back();
  parser.keep();
  parser.feed("ECHO x\r\n");
  for (const char* first : {"GET", "TIME", "ECHO"}) {
    REQUIRE(parser.next(words) == outcome::request);
    CHECK(words[0] == first);
  }
}

TEST_CASE("a glance sees the second words of whole requests that come next, and takes nothing") {
  const parser_limits limits;
  resp_parser parser{limits};
  std::vector<bytes_view> words;
  std::array<bytes_view, 3> seen;
  const bytes input = multibulk({"GET", "a"}) + multibulk({"PING"}) + multibulk({"SET", "b", "v"}) +
                      multibulk({"GET", "c"}) + multibulk({"GET", "d"}) + "GET e\r\n" +
                      multibulk({"GET", "f"});
  CHECK(parser.glance(seen) == 0);
  parser.feed(input);
  REQUIRE(parser.glance(seen) == 3);
  CHECK(seen == std::array<bytes_view, 3>{"a", "b", "c"});
  for (int i = 0; i < 3; ++i)
    REQUIRE(parser.next(words) == outcome::request);
  REQUIRE(parser.glance(seen) == 2);  // an inline request ends it
  CHECK(seen[0] == "c");
  CHECK(seen[1] == "d");
  REQUIRE(parser.next(words) == outcome::request);
  CHECK(words == std::vector<bytes_view>{"GET", "c"});
}

TEST_CASE("a glance ends where the bytes do") {
  const parser_limits limits;
  const bytes input = multibulk({"GET", "key"}) + multibulk({"SET", "other", "value"});
  for (std::size_t size = 0; size <= input.size(); ++size) {
    resp_parser parser{limits};
    std::array<bytes_view, 4> seen;
    parser.feed(bytes_view(input).substr(0, size));
    const std::size_t count = parser.glance(seen);
    CHECK(count <= 2);
    if (count > 0) CHECK(seen[0] == "key");
    if (count > 1) CHECK(seen[1] == "other");
    std::vector<bytes_view> words;
    while (parser.next(words) == outcome::request) {
    }
    CHECK(parser.glance(seen) == 0);
  }
}

TEST_CASE("random bytes never break the parser and never make it grow") {
  comet::prng random{7};
  const bytes alphabet = "*$0123456789\r\n\r\n\"' aGET-\0x";
  const parser_limits limits = small_limits();
  for (int round = 0; round < 3'000; ++round) {
    resp_parser parser{limits};
    reading r;
    for (int part = 0; part < 20 && !r.failed; ++part) {
      bytes noise(random.below(40), '\0');
      for (char& c : noise)
        c = random.below(8) == 0 ? static_cast<char>(random.below(256))
                                 : alphabet[random.below(alphabet.size())];
      r.read(parser, noise);
    }
    REQUIRE(r.held_max < 2'000);
  }
}
