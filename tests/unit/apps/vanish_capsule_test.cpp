#include "apps/comet/vanish_capsule.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/cipher.hpp"

namespace comet::client {
namespace {

capsule example() {
  capsule c;
  c.shares = 10;
  c.needed = 7;
  c.ends = from_unix_ms(1'767'225'600'000);
  c.access = bytes(capsule_access_bytes, 'a');
  c.nonce = bytes(cipher_nonce_bytes, 'n');
  c.box = bytes(cipher_tag_bytes + 100, '\x7f');
  return c;
}

/// The example's text with one part exchanged.
bytes changed(bytes_view from, bytes_view to) {
  bytes text = text_of(example());
  const auto at = text.find(from);
  REQUIRE(at != bytes::npos);
  return text.replace(at, from.size(), to);
}

bytes complaint(bytes_view text) {
  const auto read = parse_capsule(text);
  REQUIRE_FALSE(read);
  CHECK(read.failure().code == errc::syntax);
  return read.failure().message;
}

TEST_CASE(
    "a capsule comes back from its text, also from the middle of a mail with other line ends") {
  const capsule c = example();
  REQUIRE(parse_capsule(text_of(c)));
  CHECK(*parse_capsule(text_of(c)) == c);
  bytes mail = "Dear Anna,\nhere it is:\r\n";
  for (const char each : text_of(c))
    mail += each == '\n' ? bytes{" \r\n"} : bytes(1, each);
  CHECK(parse_capsule(mail + "Yours, Bert\n")->box == c.box);
}

TEST_CASE("the text says what people ask of it, in short lines") {
  const bytes text = text_of(example());
  CHECK(
      text.starts_with("-----BEGIN COMET CAPSULE-----\nshares: 10\nneeded: 7\n"
                       "ends: 2026-01-01T00:00:00Z\naccess: 6161"));
  CHECK(text.ends_with("\n-----END COMET CAPSULE-----\n"));
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    CHECK(end - at <= 76);
    at = end + 1;
  }
}

TEST_CASE("a capsule that is not whole says which part is missing or wrong") {
  CHECK(complaint("") == "not a whole capsule: there is no line '-----BEGIN COMET CAPSULE-----'");
  CHECK(complaint(changed("-----END", "----END")) ==
        "not a whole capsule: there is no line '-----END COMET CAPSULE-----'");
  CHECK(complaint(changed("needed: 7\n", "")) ==
        "not a whole capsule: line 2 is not 'needed: ...'");
  CHECK(complaint(changed("shares: 10", "shares: 256")) ==
        "not a whole capsule: 'shares' is not a number from 1 to 255");
  CHECK(complaint(changed("needed: 7", "needed: 11")) ==
        "not a whole capsule: 'needed' is not a number from 1 to 10");
  CHECK(complaint(changed("2026-01-01T00", "tomorrow")).find("'ends' is not a time") !=
        bytes::npos);
  CHECK(complaint(changed("access: 61", "access: ")) ==
        "not a whole capsule: 'access' is not 64 hexadecimal digits");
  CHECK(complaint(changed("nonce: 6e", "nonce: xy")) ==
        "not a whole capsule: 'nonce' is not 24 hexadecimal digits");
  CHECK(complaint(changed("7f7f", "7f7")).find("is not a sealed text") != bytes::npos);
}

TEST_CASE("what is bound changes with each field before the sealed text") {
  const bytes before = bound_text(example());
  for (int field = 0; field < 5; ++field) {
    capsule c = example();
    if (field == 0) c.shares = 11;
    if (field == 1) c.needed = 6;
    if (field == 2) c.ends += std::chrono::seconds{1};
    if (field == 3) c.access[0] = 'b';
    if (field == 4) c.nonce[0] = 'b';
    INFO("field " << field);
    CHECK(bound_text(c) != before);
  }
}

TEST_CASE("keys of shares follow from the access key and the place, and from nothing else") {
  const bytes access(capsule_access_bytes, 'a');
  CHECK(share_key(access, 1) == share_key(access, 1));
  CHECK(share_key(access, 1) != share_key(access, 2));
  CHECK(share_key(access, 1) != share_key(bytes(capsule_access_bytes, 'b'), 1));
  CHECK(share_key(access, 1).size() == bytes_view{"vanish:"}.size() + 32);
}

TEST_CASE("a share comes back from its value at its own place only") {
  const secret_share share{200, bytes(cipher_key_bytes, '\xff')};
  CHECK(parse_share(share_value(share), 200) == share);
  CHECK_FALSE(parse_share(share_value(share), 199));
  CHECK_FALSE(parse_share(share_value(share).substr(2), 255));
  CHECK_FALSE(parse_share("a plain value", 200));
  CHECK_FALSE(parse_share("", 200));
}

}  // namespace
}  // namespace comet::client
