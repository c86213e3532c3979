#pragma once
// A mistake that no node refuses: a field of an object that bears a handler's name and is no
// function is plain state to it, and is never called.
//
// Who develops wants to know. Called by the test API after a put, and by the shell.

#include "base/bytes.hpp"
#include "lab/inspection.hpp"

namespace comet::lab {

/// The name of the first such field; empty: there is none. Valid as long as `seen` is.
[[nodiscard]] bytes_view misplaced_handler(const inspection& seen);

}  // namespace comet::lab
