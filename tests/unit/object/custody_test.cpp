#include "object/custody.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;

namespace {

using kind = whereabouts::kind;

std::shared_ptr<const key_map> drawn(std::vector<peer> others, bool leaves = false) {
  return std::make_shared<key_map>(here, leaves, std::move(others));
}

bytes key_of(const custody& subject, const digest& holder) {
  for (int i = 0;; ++i) {
    bytes key = std::to_string(i);
    if (subject.map()->holder_of(sha256(key)) == holder) return key;
  }
}

peer restarted(const digest& id) {
  peer made = staying(id);
  made.run = 2;
  return made;
}

/// Anna is known, neither owes the other anything, and nobody has to be told.
custody settled_with_anna() {
  custody made;
  made.take_map(drawn({staying(anna)}), true);
  made.settle(anna);
  CHECK(made.take_untold() == std::vector{anna});
  return made;
}

}  // namespace

TEST_CASE("a node that knows of no other answers for every key") {
  custody subject;
  CHECK(subject.alone());
  CHECK(subject.of("key").what == kind::here);
  CHECK(subject.is_own("key"));
  subject.take_map(drawn({}), false);
  CHECK(subject.alone());
  CHECK(subject.is_own("key"));
  CHECK_FALSE(subject.owes());
}

TEST_CASE("an own key is here once nobody is awaited") {
  const auto subject = settled_with_anna();
  const auto key = key_of(subject, here);
  CHECK(subject.of(key).what == kind::here);
  CHECK(subject.is_own(key));
}

TEST_CASE("an own key can be claimed from a node that came, until that owes nothing") {
  custody subject;
  subject.take_map(drawn({staying(anna)}), true);
  CHECK(subject.awaits(anna));
  const auto key = key_of(subject, here);
  const auto place = subject.of(key);
  CHECK(place.what == kind::claimable);
  CHECK(place.holder == here);
  CHECK(place.claim_from == std::vector{anna});
  subject.settle(anna);
  CHECK(subject.awaited() == 0);
  CHECK(subject.of(key).what == kind::here);
}

TEST_CASE("a key of another is unsure while this node owes, and elsewhere from then on") {
  custody subject;
  subject.take_map(drawn({staying(anna)}), false);
  const auto key = key_of(subject, anna);
  CHECK(subject.owes());
  CHECK(subject.of(key).what == kind::unsure);
  CHECK(subject.of(key).holder == anna);
  CHECK_FALSE(subject.is_own(key));
  subject.swept(subject.serial());
  CHECK(subject.of(key).what == kind::elsewhere);
}

TEST_CASE("an empty node owes nothing to those who come") {
  custody subject;
  subject.take_map(drawn({staying(anna)}), true);
  CHECK_FALSE(subject.owes());
  CHECK(subject.of(key_of(subject, anna)).what == kind::elsewhere);
}

TEST_CASE("a newcomer is told once this node owes nothing, and once only") {
  custody subject;
  subject.take_map(drawn({staying(anna)}), false);
  CHECK(subject.has_to_tell());
  CHECK(subject.take_untold().empty());
  CHECK(subject.has_to_tell());
  subject.swept(subject.serial());
  CHECK(subject.take_untold() == std::vector{anna});
  CHECK_FALSE(subject.has_to_tell());
}

TEST_CASE("a node that arrives is awaited, holds nothing and is owed nothing until it stays") {
  custody subject;
  subject.take_map(drawn({arriving(anna)}), false);
  CHECK(subject.awaits(anna));
  CHECK_FALSE(subject.owes());
  CHECK_FALSE(subject.has_to_tell());
  CHECK(subject.of("any key").claim_from == std::vector{anna});
  subject.settle(anna);
  subject.take_map(drawn({staying(anna)}), false);
  CHECK(subject.awaits(anna));
  CHECK(subject.owes());
  CHECK(subject.has_to_tell());
}

TEST_CASE("a node that leaves is awaited and owed nothing") {
  auto subject = settled_with_anna();
  subject.take_map(drawn({leaving(anna)}), false);
  CHECK(subject.awaits(anna));
  CHECK_FALSE(subject.owes());
  CHECK_FALSE(subject.has_to_tell());
  const auto place = subject.of("any key");
  CHECK(place.what == kind::claimable);
  CHECK(place.claim_from == std::vector{anna});
}

TEST_CASE("a node that leaves is asked however far it is, of those that stay only the near") {
  std::vector<peer> others;
  for (std::uint8_t i = 1; i <= 30; ++i)
    others.push_back(staying(node(static_cast<std::uint8_t>(i * 8))));
  others.front().leaves = true;
  others.back().leaves = true;
  custody subject;
  subject.take_map(drawn(others), true);
  const auto key = key_of(subject, here);
  const auto near = subject.map()->nearest(sha256(key), custody::claims_max + 1);
  const auto place = subject.of(key);
  const auto& asked = place.claim_from;
  for (const auto& other : others) {
    INFO(to_hex(as_bytes(other.id)));
    const bool is_near = std::find(near.begin(), near.end(), other.id) != near.end();
    const bool is_asked = std::find(asked.begin(), asked.end(), other.id) != asked.end();
    CHECK(is_asked == (other.leaves || is_near));
  }
  CHECK(asked.size() <= custody::claims_max + 2);
}

TEST_CASE("a node that was started again is awaited, owed and told anew") {
  auto subject = settled_with_anna();
  subject.take_map(drawn({restarted(anna)}), false);
  CHECK(subject.awaits(anna));
  CHECK(subject.owes());
  CHECK(subject.has_to_tell());
}

TEST_CASE("a map with the same nodes changes nothing but the serial") {
  auto subject = settled_with_anna();
  const auto before = subject.serial();
  subject.take_map(drawn({staying(anna)}), false);
  CHECK(subject.serial() > before);
  CHECK_FALSE(subject.awaits(anna));
  CHECK_FALSE(subject.owes());
  CHECK_FALSE(subject.has_to_tell());
}

TEST_CASE("a look through the store under an older map proves nothing") {
  custody subject;
  subject.take_map(drawn({staying(anna)}), false);
  const auto older = subject.serial();
  subject.take_map(drawn({staying(anna), staying(bert)}), false);
  subject.swept(older);
  CHECK(subject.owes());
  CHECK(subject.take_untold().empty());
  subject.swept(subject.serial());
  CHECK_FALSE(subject.owes());
}

TEST_CASE("a node that is gone is neither awaited nor told") {
  custody subject;
  subject.take_map(drawn({staying(anna), staying(bert)}), true);
  subject.take_map(drawn({staying(bert)}), true);
  CHECK_FALSE(subject.awaits(anna));
  CHECK(subject.awaited() == 1);
  CHECK(subject.take_untold() == std::vector{bert});
  subject.tell_again(anna);
  CHECK_FALSE(subject.has_to_tell());
}

TEST_CASE("a node that did not hear it is told again, once however often that is asked") {
  auto subject = settled_with_anna();
  subject.tell_again(anna);
  subject.tell_again(anna);
  CHECK(subject.take_untold() == std::vector{anna});
}

TEST_CASE("a node that leaves owes all its objects and tells everybody who stays at the end") {
  auto subject = settled_with_anna();
  subject.take_map(drawn({staying(anna), leaving(bert)}, true), false);
  CHECK(subject.owes());
  CHECK_FALSE(subject.is_own("any key"));
  CHECK(subject.of("any key").what == kind::unsure);
  subject.swept(subject.serial());
  CHECK(subject.take_untold() == std::vector{anna});
  subject.take_map(drawn({staying(anna), leaving(bert)}, true), false);
  CHECK_FALSE(subject.owes());
}
