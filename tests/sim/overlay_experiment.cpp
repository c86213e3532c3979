#include "tests/sim/overlay_experiment.hpp"

#include <algorithm>
#include <deque>
#include <memory>

namespace comet::sim {
namespace {

using namespace std::chrono_literals;

/// A target somebody would have stored at, to be searched.
struct stored {
  overlay::lookup_outcome at;
  mono_time search_at;
};

struct collected {
  std::vector<judged_lookup> lookups;
  std::deque<stored> to_search;
  std::size_t agreed = 0;
  std::size_t pairs = 0;
};

std::size_t shared_of_three(const overlay::lookup_outcome& a, const overlay::lookup_outcome& b) {
  const auto count = std::min<std::size_t>({3, a.nearest.size(), b.nearest.size()});
  const auto end = b.nearest.begin() + static_cast<std::ptrdiff_t>(count);
  std::size_t shared = 0;
  for (std::size_t i = 0; i < count; ++i)
    shared += std::find(b.nearest.begin(), end, a.nearest[i]) != end ? 1 : 0;
  return shared;
}

void look_up_to_store(overlay_world& world, std::chrono::seconds later,
                      const std::shared_ptr<collected>& into) {
  const auto target = overlay::random_id(world.random());
  world.look_up(target, [&world, later, into](const judged_lookup& judged) {
    into->lookups.push_back(judged);
    into->to_search.push_back({judged.outcome, world.now() + later});
  });
}

void search_what_is_due(overlay_world& world, const std::shared_ptr<collected>& into) {
  while (!into->to_search.empty() && into->to_search.front().search_at <= world.now()) {
    const auto stored_at = std::move(into->to_search.front().at);
    into->to_search.pop_front();
    world.look_up(stored_at.target, [into, stored_at](const judged_lookup& judged) {
      into->lookups.push_back(judged);
      into->agreed += shared_of_three(stored_at, judged.outcome);
      ++into->pairs;
    });
  }
}

template <class Value>
Value quantile(std::vector<Value> values, double q) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

void summarise(const collected& seen, figures& f) {
  std::vector<unsigned> hops;
  std::vector<double> took;
  std::size_t found = 0;
  const auto count = static_cast<double>(std::max<std::size_t>(1, seen.lookups.size()));
  for (const auto& l : seen.lookups) {
    found += l.found ? 1 : 0;
    f.hops_mean += l.outcome.hops / count;
    f.requests_mean += static_cast<double>(l.outcome.requests) / count;
    f.failures_mean += static_cast<double>(l.outcome.failures) / count;
    hops.push_back(l.outcome.hops);
    took.push_back(std::chrono::duration<double, std::milli>(l.took).count());
  }
  f.lookups = seen.lookups.size();
  f.success = static_cast<double>(found) / count;
  f.hops_p50 = quantile(hops, 0.5);
  f.hops_p99 = quantile(hops, 0.99);
  f.took_ms_p50 = quantile(took, 0.5);
  f.took_ms_p99 = quantile(took, 0.99);
  f.agreement = static_cast<double>(seen.agreed) /
                static_cast<double>(3 * std::max<std::size_t>(1, seen.pairs));
}

}  // namespace

figures run_experiment(const world_options& options, const experiment_options& course) {
  figures f;
  overlay_world world{options};
  world.grow();
  world.set_churn(options.median_session > 0s);
  world.set_partitioned(true);
  world.run_for(course.settle / 2);
  const auto before = world.bytes_sent();
  const auto links_before = world.links_opened();
  const auto link_bytes_before = world.link_bytes_sent();
  world.run_for(course.settle / 2);
  const auto a_node_and_second = [&](std::uint64_t count) {
    return static_cast<double>(count) / std::chrono::duration<double>(course.settle / 2).count() /
           static_cast<double>(options.nodes);
  };
  f.upkeep_bytes = a_node_and_second(world.bytes_sent() - before);
  f.links_opened = a_node_and_second(world.links_opened() - links_before);
  f.link_bytes = a_node_and_second(world.link_bytes_sent() - link_bytes_before);

  const auto seen = std::make_shared<collected>();
  const auto pause = std::chrono::nanoseconds{course.measured} / static_cast<int>(course.lookups);
  for (std::size_t i = 0; i < course.lookups; ++i) {
    look_up_to_store(world, course.later, seen);
    search_what_is_due(world, seen);
    world.run_for(pause);
  }
  const auto last = world.now() + course.later + options.lookup.time_max;
  while (!seen->to_search.empty() || world.now() < last) {
    search_what_is_due(world, seen);
    world.run_for(100ms);
  }
  f.converged_at_end = world.converged(3);
  for (const auto index : world.live()) {
    const auto size = world.node(index).table().size();
    f.table_mean += static_cast<double>(size) / static_cast<double>(world.live().size());
    f.table_max = std::max(f.table_max, size);
  }
  f.coordinate_error = world.coordinate_error(1'000);

  world.set_churn(false);
  world.set_partitioned(false);
  const auto stopped = world.now();
  while (world.now() - stopped < course.convergence_max) {
    if (world.converged(3) >= 0.999) {
      f.convergence_seconds = std::chrono::duration<double>(world.now() - stopped).count();
      break;
    }
    world.run_for(1s);
  }
  world.run_for(20s);  // lookups that are still under way
  summarise(*seen, f);
  f.events = world.events();
  f.trace = world.trace();
  return f;
}

}  // namespace comet::sim
