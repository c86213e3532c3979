#pragma once
// Worlds and their clients for tests of lab/world, in few words.

#include <initializer_list>
#include <memory>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "lab/world.hpp"

namespace comet::lab::test {

inline std::unique_ptr<world> made(world_options options) {
  auto fresh = world::make(std::move(options));
  REQUIRE(fresh.ok());
  return std::move(*fresh);
}

inline std::unique_ptr<world> nodes(std::size_t count, std::uint64_t seed = 1) {
  world_options options;
  options.nodes = count;
  options.seed = seed;
  return made(std::move(options));
}

inline client_id at(world& net, node_number node, const bytes& user = {}) {
  client_options options;
  options.node = node;
  options.user = user;
  const auto who = net.connect(options);
  REQUIRE(who.ok());
  return *who;
}

inline object::reply ask(world& net, client_id who, std::initializer_list<bytes> words) {
  return net.ask(who, std::vector<bytes>(words));
}

/// Counts a minute after the other, and how often it was read.
inline const bytes counter = R"lua(
local aso = { value = 0, reads = 0 }
function aso:onPut()
  dht.setTimer("count", { every = 60 })
  return self
end
function aso:onTimer(name)
  self.value = self.value + 1
end
function aso:onGet(caller)
  self.reads = self.reads + 1
  comet.log("read by " .. caller.ip)
  return self.value
end
return aso
)lua";

}  // namespace comet::lab::test
