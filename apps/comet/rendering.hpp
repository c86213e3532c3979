#pragma once
// Replies as text for people on a terminal and for scripts at a pipe. Pure.
//
//   terminal  numbered lists, aligned maps and tables, escaped bytes, colours where wanted
//   pipe      a text as its exact bytes, one line an item, no numbers, no escapes, no colours
//
// A list of maps with the same keys is a table. Times ("...-unix-ms") are shown as dates besides.

#include <vector>

#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

struct rendering {
  bool terminal = false;
  bool colours = false;
};

/// Ends in a line break unless it is empty.
bytes rendered(const object::reply& r, const rendering& how);

/// On one line; printable ASCII and whole UTF-8 sequences stay, all else is escaped as \xNN.
bytes safe_line(bytes_view text);

/// "error: ..." of one line, for standard error.
bytes rendered_error(bytes_view message, const rendering& how);

/// Rows of cells under headings, columns aligned; the last column is not padded.
bytes table(const std::vector<bytes>& headings, const std::vector<std::vector<bytes>>& rows,
            const rendering& how);

}  // namespace comet::client
