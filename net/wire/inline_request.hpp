#pragma once
// Inline requests: one line of words, as a person types it into telnet.
//
// Quoting is that of Redis (sdssplitargs): "..." with \n \r \t \b \a \xHH and \c for the byte c,
// '...' with \' only; a closing quote ends its word. Called by resp_parser.

#include <vector>

#include "base/bytes.hpp"

namespace comet::wire {

/// Splits `line` (without its line end) into `words`, which view `line` or, where a word has
/// quotes, `unquoted`; both have to outlive them. False: unbalanced quotes.
bool split_inline(bytes_view line, std::vector<bytes_view>& words, bytes& unquoted);

}  // namespace comet::wire
