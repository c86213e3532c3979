#include "actors/socket_address.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::actors;

TEST_CASE("literals of both families become addresses and endpoints again") {
  for (const auto* host : {"127.0.0.1", "0.0.0.0", "::1", "2001:db8::17"}) {
    const auto address = parse_address({host, 6379});
    REQUIRE(address.ok());
    const auto back = endpoint_of(*address);
    CHECK(back.ip == host);
    CHECK(back.port == 6379);
  }
}

TEST_CASE("localhost is the IPv4 loopback") {
  CHECK(endpoint_of(*parse_address({"localhost", 1})).ip == "127.0.0.1");
}

TEST_CASE("a name is refused, for no name server is asked") {
  const auto refused = parse_address({"example.org", 6379});
  REQUIRE(!refused.ok());
  CHECK(refused.failure().code == errc::config);
  CHECK(refused.failure().message.find("example.org") != bytes::npos);
}

TEST_CASE("an IPv4 client of an IPv6 socket shows its IPv4 address") {
  CHECK(endpoint_of(*parse_address({"::ffff:10.1.2.3", 7})).ip == "10.1.2.3");
}

TEST_CASE("a descriptor that is no socket has an empty endpoint") {
  CHECK(local_endpoint(-1).ip.empty());
}

TEST_CASE("what is bound to all addresses of a host is reached where its links are") {
  const wire::endpoint links{"192.0.2.7", 7400};
  CHECK(reachable({"0.0.0.0", 7379}, links).text() == "192.0.2.7:7379");
  CHECK(reachable({"::", 7379}, links).text() == "192.0.2.7:7379");
  CHECK(reachable({"10.0.0.1", 7379}, links).text() == "10.0.0.1:7379");
  CHECK(reachable({"0.0.0.0", 7379}, {}).text() == "0.0.0.0:7379");
}
