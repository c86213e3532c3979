#pragma once
// Files that commands read and write whole: sources, keys, users.

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::client {

/// "-" reads standard input. Errors, syntax: the path and the system's reason.
result<bytes> read_text(const bytes& path);
/// The same of a file that holds a secret: refused when others may read it.
result<bytes> read_secret(const bytes& path);

/// Makes a file for its owner alone (mode 0600). Errors: it exists, or cannot be written.
result<void> write_new_secret(const bytes& path, bytes_view text);
/// Adds to a file, which is made for its owner alone when there is none.
result<void> append_secret(const bytes& path, bytes_view text);
/// "-" writes to standard output; a file is replaced whole or not at all.
result<void> write_text(const bytes& path, bytes_view text);

}  // namespace comet::client
