#include "tests/sim/replication_course.hpp"

namespace comet::sim {

using std::chrono::milliseconds;

replication_options drawn_options(std::uint64_t seed) {
  prng chance{seed ^ 0x5EEDU};
  replication_options options;
  options.seed = seed;
  options.nodes = 4 + chance.below(3);
  options.ranges = 1 + chance.below(2);
  options.keys = 2 + chance.below(3);
  options.clients = 3 + chance.below(4);
  if (chance.below(3) == 0) options.wanted = 1 + chance.below(5);
  if (chance.below(2) == 0) options.terms.page = 1 + chance.below(3);
  if (chance.below(2) == 0) options.terms.window_max = 4 + chance.below(60);
  if (chance.below(2) == 0) options.terms.frame_parts_max = 1 + chance.below(8);
  if (chance.below(3) == 0) options.terms.message_bytes_max = 1 + chance.below(400);
  if (chance.below(3) == 0) options.terms.window_bytes_max = 200 + chance.below(4'000);
  if (chance.below(3) == 0) options.lookup = std::chrono::microseconds{100 + chance.below(40'000)};
  if (chance.below(4) == 0) options.clients += 6;
  options.terms.regroup_patience = milliseconds{1'000};
  if (chance.below(2) == 0) options.compare_every = milliseconds{100 + chance.below(1'000)};
  return options;
}

bool run_course(replication_world& world) {
  world.run_for(milliseconds{1'700});
  world.work(true);
  world.run_for(milliseconds{300});
  world.trouble(true);
  world.run_for(milliseconds{7'000});
  world.settle();
  if (world.faults.empty()) world.judge_histories();
  return world.faults.empty();
}

}  // namespace comet::sim
