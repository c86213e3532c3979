#pragma once
// The life of a node's process: start, announce, wait for a reason to end, stop in order.

#include <functional>

#include "base/result.hpp"
#include "runtime/configuration.hpp"
#include "runtime/node.hpp"
#include "runtime/stop_signal.hpp"

namespace comet::runtime {

/// Runs a node until `end` asks for its stop, and gives the exit status of an orderly one, 0. What
/// is not done at the deadline, a second signal, or a failure that the node cannot survive end the
/// process at once with status 1. `announce` is called once clients are served.
/// Errors: what kept the node from starting.
result<int> serve(configuration told, const bytes& config_file, stop_signal& end,
                  const std::function<void(const node&)>& announce);

}  // namespace comet::runtime
