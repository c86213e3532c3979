// A seeded model test: random commands, evictions, failed commits and crashes against a plain map.

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "base/random.hpp"
#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

TEST_CASE("after any history of commands, failures and crashes the shard holds what a map would") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    policy limits;
    limits.cache_bytes_max = 16'000;
    shard_world world(limits);
    std::map<bytes, bytes> model;
    prng random(seed);
    for (int step = 0; step < 1'500; ++step) {
      const bytes key = "k" + std::to_string(random.below(120));
      const bytes value = std::to_string(random());
      switch (random.below(12)) {
        case 0:
          world.fail_commits = true;
          CHECK(world.set(key, value).failed());
          world.fail_commits = false;
          break;
        case 1: world.restart(); break;
        case 2:
        case 3: CHECK(world.del(key) == reply::number(model.erase(key) > 0 ? 1 : 0)); break;
        case 4: {
          const bytes other = "k" + std::to_string(random.below(120));
          command c;
          c.what = op::mset;
          c.keys = {key, other};
          c.values = {value, value};
          CHECK(world.ask(c) == reply::ok());
          model[key] = model[other] = value;
          break;
        }
        case 5:
        case 6:
        case 7:
          CHECK(world.set(key, value) == reply::ok());
          model[key] = value;
          break;
        default: {
          const auto found = model.find(key);
          CHECK(world.get(key) ==
                (found == model.end() ? reply::null() : reply::bulk(found->second)));
        }
      }
      REQUIRE(world.subject->objects() == model.size());
    }
    world.restart();
    for (const auto& [key, value] : model)
      CHECK(world.get(key) == reply::bulk(value));
  }
}

TEST_CASE("code that cannot be read fails those who need it, and is looked for again") {
  shard_world world;
  world.put_object("a", "code");
  world.restart();
  world.fail_loads_of = layout::code_key(sha256("code"));
  CHECK(world.get("a").code == errc::storage);
  CHECK(world.get("a").code == errc::storage);
  CHECK(world.put_object("b", "code").code == errc::storage);
  world.fail_loads_of.reset();
  CHECK(world.get("a") == reply::bulk("ran"));
  CHECK(world.put_object("b", "code") == reply::ok());
  CHECK(*layout::decode_number(world.stored.at(layout::code_count_key(sha256("code")))) == 2);
}
