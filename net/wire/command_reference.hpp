#pragma once
// docs/commands.md: the reference for people, made from the command table.
//
// A test holds the file against this text; COMET_REWRITE=1 makes that test write it.

#include "base/bytes.hpp"

namespace comet::wire {

/// All commands and error prefixes as one Markdown document.
bytes command_reference();

}  // namespace comet::wire
