#pragma once
// What `comet check` says: of a file's code, of a sample's figures, and their row of
// docs/library.md. Pure.

#include "apps/comet/rendering.hpp"
#include "apps/comet/sample_run.hpp"
#include "base/bytes.hpp"
#include "lua/code_findings.hpp"
#include "lua/code_names.hpp"

namespace comet::client {

/// "FILE:LINE: ..." of a message of the compiler, the sandbox or a handler, which call the script
/// `aso` or tell the line at their end; "FILE: ..." when they know no line.
bytes placed(bytes_view file, bytes_view message);

/// "FILE:LINE: warning: ...", a line each.
bytes warnings_text(bytes_view file, const std::vector<lua::code_finding>& findings);

/// The handlers and methods with their lines and the functions of dht and comet that each uses.
bytes functions_text(const lua::code_names& names, const rendering& how);

/// What each handler of the sample took.
bytes figures_text(const sample_figures& figures, const rendering& how);

/// "| name | instructions | time | code size | largest state |", of the costliest handler. onPut is
/// left out: it runs once, and its time is that of compiling the code.
bytes table_row(bytes_view name, std::size_t source_bytes, const sample_figures& figures);

}  // namespace comet::client
