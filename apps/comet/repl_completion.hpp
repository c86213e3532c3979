#pragma once
// What the shell offers when Tab is pressed. Pure.
//
// Called by repl_command with the line up to the cursor; names come from the session, files from
// the folder.

#include <functional>
#include <vector>

#include "base/bytes.hpp"

namespace comet::client {

struct repl_names {
  std::vector<bytes> methods;  ///< of the object that was loaded
  std::size_t nodes = 0;
};

/// Files whose path begins with this text; folders end in /.
using file_lister = std::function<std::vector<bytes>(const bytes& begin)>;

struct completion {
  bytes insert;                ///< at the cursor: what all choices have in common
  std::vector<bytes> choices;  ///< to show when nothing is inserted; sorted
};

completion complete(bytes_view before_cursor, const repl_names& names, const file_lister& files);

}  // namespace comet::client
