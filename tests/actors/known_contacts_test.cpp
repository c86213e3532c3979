#include "actors/known_contacts.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::actors;

TEST_CASE("contacts come back as they were") {
  const std::vector<known_contact> known{{sha256("a"), {"192.0.2.1", 7400}},
                                         {sha256("b"), {"2001:db8::1", 1}}};
  CHECK(decode_contacts(encode_contacts(known)) == known);
  CHECK(decode_contacts("").empty());
}

TEST_CASE("only so many contacts are kept and read") {
  const std::vector<known_contact> many(known_contacts_max + 1, {sha256("a"), {"192.0.2.1", 7400}});
  const auto text = encode_contacts(many);
  CHECK(decode_contacts(text).size() == known_contacts_max);
  CHECK(decode_contacts(text + text).size() == known_contacts_max);
}

TEST_CASE("lines that cannot be read are passed over") {
  const bytes good = encode_contacts({{sha256("a"), {"192.0.2.1", 7400}}});
  for (const bytes bad : {"", " ", "xyz", "00 192.0.2.1:7400", "\xff\xff"}) {
    CAPTURE(bad);
    CHECK(decode_contacts(bad + "\n" + good).size() == 1);
    CHECK(decode_contacts(good + bad).size() == 1);
  }
  const auto id = to_hex(as_bytes(sha256("a")));
  CHECK(decode_contacts(id + " host.example:7400\n").empty());
  CHECK(decode_contacts(id + " 192.0.2.1:0\n").empty());
  CHECK(decode_contacts(id + "192.0.2.1:7400\n").empty());
}

TEST_CASE("endpoints are literals with a port") {
  CHECK(parse_endpoint("192.0.2.1:7400") == wire::endpoint{"192.0.2.1", 7400});
  CHECK(parse_endpoint("[2001:db8::1]:7400") == wire::endpoint{"2001:db8::1", 7400});
  for (const auto* bad : {"", "192.0.2.1", "192.0.2.1:0", "localhost:7400", "192.0.2.1:99999"})
    CHECK_FALSE(parse_endpoint(bad));
}
