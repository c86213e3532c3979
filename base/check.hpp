#pragma once
// Checks of invariants: programmer errors end the process with the place and the reason.
//
// They stay on in release builds. An operating error (bad input, a full disk, a lost peer) is never
// a check; it is a `result`.

namespace comet {

/// Prints `what` and the place to standard error and aborts. The place is the caller's; clang 14
/// has these builtins but no std::source_location.
[[noreturn]] void check_failed(const char* what, const char* file = __builtin_FILE(),
                               int line = __builtin_LINE(),
                               const char* function = __builtin_FUNCTION());

}  // namespace comet

#define COMET_CHECK(condition)           \
  do {                                   \
    if (!(condition)) [[unlikely]]       \
      ::comet::check_failed(#condition); \
  } while (false)
