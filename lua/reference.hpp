#pragma once
// The reference of what a handler may call, for people, made from the rows of lua/allow_list.hpp.
//
// It is the second part of docs/lua.md, which a test holds against it (COMET_REWRITE=1 makes that
// test write it), and what `comet help lua` prints.

#include "base/bytes.hpp"

namespace comet::lua {

/// All names, library by library, as Markdown.
bytes reference_page();

/// What is said of the names meant by `topic`: a library, or a name with or without its library.
/// Empty when there are none.
bytes reference_text(bytes_view topic);

/// The names of each library, a line or more each.
bytes reference_names();

}  // namespace comet::lua
