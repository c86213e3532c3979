#pragma once
// Stacks of the threads to come: large enough for handlers, whatever `ulimit -s` says.
//
// A handler may nest calls through C code (patterns, callbacks, the parser) until Lua's own limit
// stops it, which takes up to 430 kB of the thread's stack, and more under sanitizers. Threads take
// their size from the process's soft limit otherwise. Called by runtime/service before any thread
// is made.

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"

namespace comet::runtime {

/// Address space, not memory: what a thread does not use costs nothing.
inline constexpr std::size_t thread_stack_bytes = std::size_t{8} << 20U;

/// Stacks of new threads have at least `thread_stack_bytes`. A warning for the log if that fails.
std::optional<bytes> enlarge_thread_stacks();

}  // namespace comet::runtime
