#include "object/user_rights.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::object {
namespace {

user_rights rights_to(std::vector<key_rule> keys) {
  user_rights made;
  made.keys = std::move(keys);
  return made;
}

TEST_CASE("without a pattern a user reaches no key") {
  const user_rights nobody;
  for (const auto what : {key_access::seen, key_access::read, key_access::write})
    CHECK_FALSE(nobody.may(what, "k"));
  CHECK_FALSE(nobody.may_use_channel("c"));
}

TEST_CASE("a pattern allows what it says, and one pattern has to allow all of it") {
  const auto who = rights_to({{"app:*", key_access::both},
                              {"shared:*", key_access::read},
                              {"inbox:*", key_access::write},
                              {"split", key_access::read},
                              {"split", key_access::write}});
  CHECK(who.may(key_access::both, "app:1"));
  CHECK(who.may(key_access::read, "shared:1"));
  CHECK(who.may(key_access::seen, "shared:1"));
  CHECK(who.may(key_access::seen, "inbox:1"));
  CHECK_FALSE(who.may(key_access::write, "shared:1"));
  CHECK_FALSE(who.may(key_access::read, "inbox:1"));
  CHECK_FALSE(who.may(key_access::seen, "other"));
  CHECK(who.may(key_access::read, "split"));
  CHECK(who.may(key_access::write, "split"));
  CHECK_FALSE(who.may(key_access::both, "split"));
  CHECK_FALSE(who.all_keys());
  CHECK(rights_to({{"*", key_access::both}}).all_keys());
  CHECK_FALSE(rights_to({{"*", key_access::read}}).all_keys());
}

TEST_CASE("a pattern of channels has to be allowed as it is") {
  user_rights who;
  who.channels = {"news:*"};
  CHECK(who.may_use_channel("news:today"));
  CHECK_FALSE(who.may_use_channel("secrets"));
  CHECK(who.may_use_channels("news:*"));
  CHECK_FALSE(who.may_use_channels("news:t*"));
  CHECK_FALSE(who.may_use_channels("*"));
  who.channels = {"*"};
  CHECK(who.may_use_channels("news:t*"));
}

TEST_CASE("a directory knows users, trusts keys of administrators and lists weights") {
  user_directory all;
  auto chief = std::make_shared<user_rights>();
  chief->administrator = true;
  auto heavy = std::make_shared<user_rights>();
  heavy->weight = 300;
  all.add("chief", chief);
  all.add("heavy", heavy);
  const public_key key{1, 2, 3};
  all.add_signer(key, "chief");
  CHECK(all.find("chief") == chief.get());
  CHECK(all.find("nobody") == nullptr);
  CHECK(all.trusts(key));
  CHECK_FALSE(all.trusts(public_key{}));
  CHECK(all.weights() == std::vector<std::pair<bytes, std::uint32_t>>{{"heavy", 300}});
}

}  // namespace
}  // namespace comet::object
