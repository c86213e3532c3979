#pragma once
// The course of one experiment on an overlay_world, and the figures it ends with.
//
// Grow, settle (with churn and partitions, if there are any; upkeep is counted in its second half,
// when nobody looks anything up), look up, then end churn and partitions and wait until every node
// knows its neighbours.

#include "tests/sim/overlay_world.hpp"

namespace comet::sim {

struct experiment_options {
  /// Targets; each is looked up by a node that would store there, and by another that searches.
  std::size_t lookups = 1'000;
  std::chrono::seconds later{1};  ///< the search begins so long after the other found its nodes
  std::chrono::seconds settle{120};
  std::chrono::seconds measured{60};
  std::chrono::seconds convergence_max{120};
};

struct figures {
  std::size_t lookups = 0;
  double success = 0;
  double hops_mean = 0;
  unsigned hops_p50 = 0, hops_p99 = 0;
  double requests_mean = 0;  ///< a lookup
  double failures_mean = 0;  ///< requests without an answer, a lookup
  double took_ms_p50 = 0, took_ms_p99 = 0;
  double agreement = 0;  ///< of the three nearest that the first found, how many the search found
  double table_mean = 0;
  std::size_t table_max = 0;
  double upkeep_bytes = 0;  ///< a second and node, sent in messages
  double links_opened = 0;  ///< a second and node
  double link_bytes = 0;    ///< a second and node, sent to open and close links
  double coordinate_error = 0;
  double converged_at_end = 0;      ///< nodes that know their three nearest when lookups ended
  double convergence_seconds = -1;  ///< after churn ended, until 99.9 % do; -1: not in time
  std::uint64_t events = 0;
  std::uint64_t trace = 0;
};

figures run_experiment(const world_options& world, const experiment_options& course);

}  // namespace comet::sim
