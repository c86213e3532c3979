#pragma once
// The system calls that a node never makes are refused by the kernel, with EPERM.
//
// A list of what is denied, not of what is allowed (docs/adr/0005): other programs, namespaces and
// mounts, modules, other processes' memory, the clock, keys, io_uring, sockets that are neither
// local nor IP, and the calls of other ABIs (i386, x32). Threads can be made; processes cannot.
// Called by runtime/confinement alone, before any thread is made. It cannot be undone.

#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::runtime {

/// Names as the kernel has them. Some do not exist on every architecture.
std::span<const bytes_view> denied_system_calls();

/// For this thread, all others, and those to come. Errors: unavailable (the kernel has no filters).
result<void> install_system_call_filter();

}  // namespace comet::runtime
