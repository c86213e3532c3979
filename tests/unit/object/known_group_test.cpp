#include "object/known_group.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;

namespace {

digest node(std::uint8_t first) {
  digest id{};
  id[0] = first;
  return id;
}

bytes hex_of(std::uint8_t first) {
  return to_hex(as_bytes(node(first)));
}

peer peer_of(std::uint8_t first) {
  peer made;
  made.id = node(first);
  return made;
}

}  // namespace

TEST_CASE("a node is found by the hex of its id, when it is this one or one of the network") {
  known_group group;
  group.members.push_back({hex_of(0xa1), "here:7400"});
  group.network = std::make_shared<const key_map>(node(0xa1), false, std::vector{peer_of(0xb2)});
  CHECK(group.find(hex_of(0xa1)) == node(0xa1));
  CHECK(group.find(hex_of(0xb2)) == node(0xb2));
  CHECK(group.find("B2" + hex_of(0xb2).substr(2)) == node(0xb2));
  CHECK_FALSE(group.find(hex_of(0xc3)));
}

TEST_CASE("an address is known of this node and those of the network") {
  known_group group;
  group.members.push_back({hex_of(0xa1), "here:7400"});
  auto other = peer_of(0xb2);
  other.address = "there:7400";
  group.network = std::make_shared<const key_map>(node(0xa1), false, std::vector{other});
  CHECK(group.address_of(node(0xa1)) == "here:7400");
  CHECK(group.address_of(node(0xb2)) == "there:7400");
  CHECK(group.address_of(node(0xc3)).empty());
  group.network = nullptr;
  CHECK(group.address_of(node(0xb2)).empty());
  CHECK(group.address_of(node(0xa1)) == "here:7400");
}

TEST_CASE("a node without a network knows itself alone") {
  known_group group;
  group.members.push_back({hex_of(0xa1), "here:7400"});
  CHECK(group.find(hex_of(0xa1)) == node(0xa1));
  CHECK_FALSE(group.find(hex_of(0xb2)));
}

TEST_CASE("what is no id of a node is no node") {
  known_group group;
  group.members.push_back({hex_of(0xa1), "here:7400"});
  CHECK_FALSE(group.find(""));
  CHECK_FALSE(group.find("a1"));
  CHECK_FALSE(group.find(bytes(64, 'x')));
  CHECK_FALSE(group.find(hex_of(0xa1) + "00"));
  CHECK_FALSE(group.find(bytes(100'000, 'a')));
}
