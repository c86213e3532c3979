#include "net/wire/node_frame.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

using namespace comet;
using namespace comet::wire;

namespace {

using outcome = frame_decoder::outcome;

bytes frame(frame_kind kind, std::uint64_t request, bytes_view body, std::uint8_t version = 1) {
  bytes out;
  const frame_limits large{std::size_t{1} << 30U, std::size_t{1} << 30U, std::size_t{1} << 30U};
  const auto start = begin_frame(out, version, kind, request);
  out += body;
  REQUIRE(end_frame(out, start, large).ok());
  return out;
}

struct seen {
  frame_kind kind;
  std::uint64_t request;
  bytes body;
  friend bool operator==(const seen&, const seen&) = default;
};

/// Everything in `stream`, received in pieces of `piece` bytes.
std::vector<seen> decoded(frame_decoder& from, bytes_view stream, std::size_t piece) {
  std::vector<seen> all;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    from.feed(stream.substr(at, piece));
    node_frame one;
    while (from.next(one) == outcome::frame)
      all.push_back({one.kind, one.request, bytes{one.body}});
    from.keep();
  }
  return all;
}

/// Past the hello.
struct open_decoder {
  frame_limits limits;
  frame_decoder from{limits};
  open_decoder() { from.speak(1); }
};

}  // namespace

TEST_CASE("a frame is its length, version, kind and request id, big endian, and its body") {
  CHECK(frame(frame_kind::find_node, 0x0102030405060708, "ab") ==
        bytes("\x00\x00\x00\x0c\x01\x04\x01\x02\x03\x04\x05\x06\x07\x08"
              "ab",
              16));
}

TEST_CASE("frames come out as they went in, however the stream is cut") {
  const bytes stream = frame(frame_kind::ping, 1, "") +
                       frame(frame_kind::forward, 2, bytes(300, 'x')) +
                       frame(frame_kind::reply, 1ULL << 63U, "yz");
  const std::vector<seen> wanted{{frame_kind::ping, 1, ""},
                                 {frame_kind::forward, 2, bytes(300, 'x')},
                                 {frame_kind::reply, 1ULL << 63U, "yz"}};
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    CAPTURE(piece);
    open_decoder d;
    CHECK(decoded(d.from, stream, piece) == wanted);
  }
}

TEST_CASE("a frame over the cap of its kind ends the stream at its head") {
  const frame_limits limits;
  for (const auto& [kind, most] : {std::pair{frame_kind::find_node, limits.control_bytes_max},
                                   std::pair{frame_kind::lease, limits.control_bytes_max},
                                   std::pair{frame_kind::lease_answer, limits.control_bytes_max},
                                   std::pair{frame_kind::forward, limits.data_bytes_max},
                                   std::pair{frame_kind::replica, limits.data_bytes_max},
                                   std::pair{frame_kind::listening, limits.data_bytes_max},
                                   std::pair{frame_kind::publication, limits.data_bytes_max},
                                   std::pair{frame_kind{200}, limits.data_bytes_max}}) {
    CAPTURE(name_of(kind));
    open_decoder taken;
    node_frame one;
    const bytes fits = frame(kind, 1, bytes(most, 'x'));
    taken.from.feed(bytes_view{fits}.substr(0, frame_head_bytes));
    CHECK(taken.from.next(one) == outcome::incomplete);

    open_decoder refused;
    const bytes too_large = frame(kind, 1, bytes(most + 1, 'x'));
    refused.from.feed(bytes_view{too_large}.substr(0, frame_head_bytes));
    CHECK(refused.from.next(one) == outcome::failed);
    CHECK(refused.from.problem().find(std::to_string(most + 1)) != bytes::npos);
    CHECK(refused.from.next(one) == outcome::failed);
  }
}

TEST_CASE("a claimed gigabyte costs nothing") {
  open_decoder d;
  d.from.feed(bytes_view("\x40\x00\x00\x00\x01\x08\x00\x00\x00\x00\x00\x00\x00\x01", 14));
  node_frame one;
  CHECK(d.from.next(one) == outcome::failed);
  CHECK(d.from.held() < 64);
}

TEST_CASE("a length that does not cover the head ends the stream") {
  open_decoder d;
  d.from.feed(bytes_view("\x00\x00\x00\x09\x01\x02\x00\x00\x00\x00\x00\x00\x00\x01", 14));
  node_frame one;
  CHECK(d.from.next(one) == outcome::failed);
}

TEST_CASE("frames of unknown kinds are passed over without being kept") {
  const bytes stream = frame(frame_kind::ping, 1, "") +
                       frame(frame_kind{77}, 9, bytes(100'000, 'x')) + frame(frame_kind{0}, 9, "") +
                       frame(frame_kind::pong, 2, "");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}, stream.size()}) {
    open_decoder d;
    CHECK(decoded(d.from, stream, piece) ==
          std::vector<seen>{{frame_kind::ping, 1, ""}, {frame_kind::pong, 2, ""}});
    CHECK(d.from.skipped() == 2);
    CHECK(d.from.held() < 2'000);
  }
}

TEST_CASE("nothing but a hello or an error is taken first, and a hello never again") {
  const frame_limits limits;
  node_frame one;
  for (const auto kind : {frame_kind::ping, frame_kind::forward, frame_kind{77}}) {
    frame_decoder fresh{limits};
    const bytes early = frame(kind, 1, "");
    fresh.feed(early);
    CHECK(fresh.next(one) == outcome::failed);
    CHECK(fresh.problem().find("before the hello") != bytes::npos);
  }
  frame_decoder fresh{limits};
  const bytes first = frame(frame_kind::error, 0, "") + frame(frame_kind::hello, 0, "h");
  fresh.feed(first);
  CHECK(fresh.next(one) == outcome::frame);
  CHECK(fresh.next(one) == outcome::frame);
  fresh.speak(1);
  const bytes again = frame(frame_kind::hello, 0, "h");
  fresh.feed(again);
  CHECK(fresh.next(one) == outcome::failed);
}

TEST_CASE("before the hello every frame has its small cap") {
  const frame_limits limits;
  frame_decoder fresh{limits};
  const bytes large = frame(frame_kind::error, 0, bytes(limits.hello_bytes_max + 1, 'x'));
  fresh.feed(large);
  node_frame one;
  CHECK(fresh.next(one) == outcome::failed);
}

TEST_CASE("a frame of another version than the one agreed on ends the stream") {
  open_decoder d;
  const bytes other = frame(frame_kind::ping, 1, "", 2);
  d.from.feed(other);
  node_frame one;
  CHECK(d.from.next(one) == outcome::failed);
  CHECK(d.from.problem().find("version 2") != bytes::npos);
}

TEST_CASE("the version spoken is the highest that both know") {
  CHECK(agreed_version(1, 1).value() == 1);
  CHECK(agreed_version(1, 9).value() == node_version_highest);
  CHECK(agreed_version(node_version_highest + 1, 9).failure().code == errc::incompatible);
  CHECK(agreed_version(0, 0).failure().code == errc::incompatible);
  CHECK(agreed_version(2, 1).failure().code == errc::incompatible);
}

TEST_CASE("a frame that the peer would refuse is not written") {
  const frame_limits limits;
  bytes out = "before";
  const auto start = begin_frame(out, 1, frame_kind::ping, 1);
  out += bytes(limits.control_bytes_max + 1, 'x');
  const auto ended = end_frame(out, start, limits);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.failure().code == errc::too_large);
  CHECK(out == "before");
}

TEST_CASE("memory of a large frame is given back after it") {
  open_decoder d;
  const bytes large = frame(frame_kind::forward, 1, bytes(1'000'000, 'x'));
  CHECK(decoded(d.from, large, 10'000).size() == 1);
  CHECK(d.from.held() < 1'000);
}
