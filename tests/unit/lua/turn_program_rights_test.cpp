// What a turn may do by the limits that its object asked for, and by who signed its code.

#include <catch2/catch_test_macros.hpp>

#include "object/code_signature.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

// Limits that an object asked for
// -----------------------------------------------------------------

TEST_CASE("an object runs within the limits that it asked for") {
  scripted_object o(
      "local aso = { value = 0 }\n"
      "function aso:onGet() for i = 1, 5000 do self.value = i end return self end\n"
      "return aso");
  o.put();
  CHECK(text_of(o.get()) == "5000");
  auto asking = std::make_shared<object::record>(*o.record);
  asking->active->limits = {{object::limit::fuel_per_turn, 2'000}};
  o.record = asking;
  const auto outcome = o.get();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->message.starts_with("fuel: 2000 instructions used up in onGet"));
  CHECK(outcome.fuel == 2'000);
}

TEST_CASE("an object that asked for less memory meets its limit sooner") {
  const bytes source =
      "local aso = {}\nfunction aso:onGet() return #string.rep('x', 20000) end\nreturn aso";
  scripted_object o(source);
  o.put();
  CHECK(text_of(o.get()) == "20000");
  auto asking = std::make_shared<object::record>(*o.record);
  asking->active->limits = {{object::limit::memory_per_object, 30'000}};
  o.record = asking;
  o.chill();
  const auto outcome = o.get();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::memory);
}

// Signed code
// -------------------------------------------------------------------------------------

namespace {

/// Limits of a node whose administrator has `key`.
object::policy limits_with_signer(const signing_key& key) {
  auto users = std::make_shared<object::user_directory>();
  auto chief = std::make_shared<object::user_rights>();
  chief->administrator = true;
  users->add("chief", chief);
  users->add_signer(key.public_part(), "chief");
  object::policy limits;
  limits.users = users;
  return limits;
}

const bytes reaching =
    "local aso = {}\n"
    "function aso:onGet() return dht.get('elsewhere') or 'nothing' end\n"
    "return aso\n";

}  // namespace

TEST_CASE("code that an administrator signed addresses any key") {
  const auto key = signing_key::generate();
  scripted_object o(object::signed_source(reaching, key), limits_with_signer(key));
  o.network = [](const object::outcall& asked) {
    CHECK(asked.key == "elsewhere");
    return reply::list({reply::bulk("found"), reply::list({})});
  };
  REQUIRE(answer_of(o.put()) == reply::ok());
  CHECK(text_of(o.get()) == "found");
}

TEST_CASE("the right of signed code ends when its signer is no administrator any more") {
  const auto key = signing_key::generate();
  scripted_object o(object::signed_source(reaching, key), limits_with_signer(key));
  REQUIRE(answer_of(o.put()) == reply::ok());
  o.limits.users = limits_with_signer(signing_key::generate()).users;
  const auto outcome = o.get();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::refused);
}

TEST_CASE("code signed by somebody else is not stored, unsigned code has no such right") {
  const auto key = signing_key::generate();
  scripted_object stranger(object::signed_source(reaching, signing_key::generate()),
                           limits_with_signer(key));
  const auto put = stranger.put();
  REQUIRE(put.failure);
  CHECK(put.failure->code == errc::no_permission);
  CHECK(put.failure->message.ends_with("is not the key of an administrator of this node"));
  scripted_object plain_one(reaching, limits_with_signer(key));
  REQUIRE(answer_of(plain_one.put()) == reply::ok());
  CHECK(plain_one.get().failure->code == errc::refused);
}

TEST_CASE("new code for an object is checked for its signature as well") {
  const auto key = signing_key::generate();
  scripted_object o("return { value = 'v' }", limits_with_signer(key));
  o.put();
  const auto refused = o.replace(object::signed_source(reaching, signing_key::generate()));
  REQUIRE(refused.failure);
  CHECK(refused.failure->code == errc::no_permission);
  CHECK(answer_of(o.replace(object::signed_source(reaching, key))) == reply::ok());
}
