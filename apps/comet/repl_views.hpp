#pragma once
// What the shell shows of a laboratory: turns, timers, nodes, messages, as tables. Pure.
//
// Called by repl_session. Replies of nodes are shown by rendering.hpp as everywhere.

#include <vector>

#include "apps/comet/rendering.hpp"
#include "apps/comet/repl_line.hpp"
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lab/heard_message.hpp"
#include "lab/inspection.hpp"
#include "lab/world.hpp"

namespace comet::client {

/// "2026-01-01T00:00:01.002Z"
bytes moment_text(wall_time at);

/// The last `count` of them, oldest first, and how many there are before; empty: no turns.
bytes turns_view(const std::vector<lab::turn_note>& turns, std::size_t count, const rendering& how);
bytes timers_view(const std::vector<object::timer>& timers, wall_time now, const rendering& how);
bytes messages_view(const std::vector<lab::heard_message>& heard, const rendering& how);
/// `seen` is the object at the key, if there is one: who leads it and who has a copy.
bytes nodes_view(const std::vector<lab::node_view>& nodes,
                 const std::optional<lab::inspection>& seen, const rendering& how);

/// All commands, or one of them.
bytes help_text(const rendering& how);
bytes help_text(const repl_row& row);

}  // namespace comet::client
