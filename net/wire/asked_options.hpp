#pragma once
// COMET WITH: a command that carries another, and what is asked of that one request.
//
// The options are read here, and what cannot be asked of a command is refused before anything is
// done. The session asks for the carried command, too: its user has to have the right to that.

#include "base/result.hpp"
#include "net/wire/command_table.hpp"
#include "object/asks.hpp"

namespace comet::wire {

/// What READONLY reads may be answered with is at most so old.
inline constexpr std::chrono::milliseconds readonly_stale_max{10'000};

struct carried_request {
  object::asks asked;
  argument_list argv;  ///< of the carried command
  resolved_command what;
};

/// Of `COMET WITH [option ...] command ...`. Errors: a bad option, no command, one that there is
/// not, one that is not about keys.
result<carried_request> read_carried(argument_list argv);

/// Can this be asked of `c`, which is parsed?
result<void> check_asks(const object::asks& asked, const object::command& c);

/// Milliseconds, after STALE.
result<std::chrono::milliseconds> read_age(bytes_view word);

}  // namespace comet::wire
