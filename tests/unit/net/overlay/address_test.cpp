#include "net/overlay/address.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::overlay {
namespace {

address at(bytes_view text) {
  return parse_address(text).value();
}

}  // namespace

TEST_CASE("an address reads back as it was written, in its shortest form") {
  const std::pair<bytes_view, bytes_view> forms[] = {
      {"192.0.2.1:7400", "192.0.2.1:7400"},
      {"0.0.0.0:0", "0.0.0.0:0"},
      {"255.255.255.255:65535", "255.255.255.255:65535"},
      {"[::]:1", "[::]:1"},
      {"[::1]:7400", "[::1]:7400"},
      {"[2001:DB8:0:0:0:0:0:1]:7400", "[2001:db8::1]:7400"},
      {"[1:0:0:2:0:0:0:3]:1", "[1:0:0:2::3]:1"},
      {"[1::]:1", "[1::]:1"},
      {"[1:2:3:4:5:6:7:8]:1", "[1:2:3:4:5:6:7:8]:1"},
      {"[1:2:3:4:5:6:0:8]:1", "[1:2:3:4:5:6:0:8]:1"},
  };
  for (const auto& [written, shortest] : forms) {
    INFO(written);
    CHECK(to_text(at(written)) == shortest);
    CHECK(at(shortest) == at(written));
  }
}

TEST_CASE("what is no address says how to write one") {
  for (const bytes_view text : {"",
                                ":",
                                "7400",
                                "192.0.2.1",
                                "192.0.2.1:",
                                "192.0.2.1:65536",
                                "192.0.2.1:-1",
                                "1.2.3:1",
                                "1.2.3.4.5:1",
                                "1.2.3.256:1",
                                "1.2.3.:1",
                                "example.org:7400",
                                "::1:7400",
                                "[::1]",
                                "[]:1",
                                "[::1:7400",
                                "[1:2:3:4:5:6:7]:1",
                                "[1:2:3:4:5:6:7:8:9]:1",
                                "[1:2:3:4:5:6:7::8]:1",
                                "[1::2::3]:1",
                                "[12345::]:1",
                                "[g::]:1",
                                "[:1]:1",
                                "[1:]:1"}) {
    INFO(text);
    const auto parsed = parse_address(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.failure().code == errc::syntax);
    CHECK(parsed.failure().message.find("write 192.0.2.1:7400") != bytes::npos);
  }
}

TEST_CASE("the network of an address is its /24 or its /64") {
  CHECK(network_of(at("192.0.2.1:1")) == network_of(at("192.0.2.254:2")));
  CHECK(network_of(at("192.0.2.1:1")) != network_of(at("192.0.3.1:1")));
  CHECK(network_of(at("[2001:db8::1]:1")) == network_of(at("[2001:db8::ffff:0:0:1]:1")));
  CHECK(network_of(at("[2001:db8::1]:1")) != network_of(at("[2001:db8:0:1::1]:1")));
}

TEST_CASE("loopback and private addresses are known as such") {
  for (const bytes_view text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1"}) {
    CHECK(is_loopback(at(text)));
    CHECK(is_private(at(text)));
  }
  for (const bytes_view text : {"10.0.0.1:1", "172.16.0.1:1", "172.31.255.1:1", "192.168.1.1:1",
                                "169.254.1.1:1", "[fd00::1]:1", "[fe80::1]:1"}) {
    INFO(text);
    CHECK_FALSE(is_loopback(at(text)));
    CHECK(is_private(at(text)));
  }
  for (const bytes_view text :
       {"11.0.0.1:1", "172.32.0.1:1", "172.15.0.1:1", "192.169.0.1:1", "[2001:db8::1]:1"}) {
    INFO(text);
    CHECK_FALSE(is_private(at(text)));
  }
}

TEST_CASE("unspecified and multicast addresses and port 0 cannot be dialled") {
  for (const bytes_view text :
       {"0.0.0.0:1", "224.0.0.1:1", "255.255.255.255:1", "192.0.2.1:0", "[::]:1", "[ff02::1]:1"}) {
    INFO(text);
    CHECK_FALSE(is_reachable(at(text)));
  }
  CHECK(is_reachable(at("192.0.2.1:1")));
  CHECK(is_reachable(at("[::1]:1")));
}

}  // namespace comet::overlay
