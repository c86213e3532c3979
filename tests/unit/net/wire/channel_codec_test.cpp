#include "net/wire/channel_codec.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::wire;

namespace {

template <class Message>
bytes encoded(const Message& content) {
  bytes out;
  REQUIRE(append_frame(out, 1, 0, content, frame_limits{}).ok());
  return out.substr(frame_head_bytes);
}

template <class Message>
result<Message> decoded(bytes_view body) {
  return decode<Message>({1, Message::kind, 0, body});
}

listening full() {
  listening l;
  l.whole = true;
  l.channels = {"news", bytes("a\0b", 3), ""};
  l.patterns = {"n*"};
  l.channels_left = {"old"};
  l.patterns_left = {"o*", "p*"};
  return l;
}

}  // namespace

TEST_CASE("what is listened to and messages come back as they were") {
  for (const auto& said : {listening{}, full(), listening{true, true, {}, {}, {}, {}}}) {
    const bytes body = encoded(said);
    const auto back = decoded<listening>(body);
    REQUIRE(back.ok());
    CHECK(*back == said);
  }
  const bytes message(100'000, '\xff');
  const publication p{"news", message};
  const bytes body = encoded(p);
  REQUIRE(decoded<publication>(body).ok());
  CHECK(*decoded<publication>(body) == p);
}

TEST_CASE("a body of channels that is cut anywhere is refused") {
  const bytes names = encoded(full());
  for (std::size_t n = 0; n < names.size(); ++n)
    CHECK(decoded<listening>(names.substr(0, n)).failure().code == errc::protocol);
  const bytes message = encoded(publication{"news", "hello"});
  for (std::size_t n = 0; n < message.size(); ++n)
    CHECK(decoded<publication>(message.substr(0, n)).failure().code == errc::protocol);
  CHECK(decoded<publication>(message + "x").failure().code == errc::protocol);
}

TEST_CASE("fields of channels that a later build adds are passed over") {
  CHECK(decoded<publication>("\x93\xc4\x01"
                             "c\xc4\x01"
                             "m\xa3new")
            .ok());
  const bytes later = "\x97" + encoded(full()).substr(1) + "\x2a";
  REQUIRE(decoded<listening>(later).ok());
  CHECK(*decoded<listening>(later) == full());
}

TEST_CASE("names that a stranger claims and does not send cost nothing") {
  const auto refused = decoded<listening>("\x96\xc3\xc2\xdd\xff\xff\xff\xff");
  CHECK(refused.failure().code == errc::protocol);
}
