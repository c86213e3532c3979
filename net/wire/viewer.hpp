#pragma once
// The user that looks at a node without a login: on the dashboard, before somebody says who it is.
//
// It may run a closed list of commands that read and run no code. Where everybody who connects is
// the administrator (no users file), that holds for the viewer too, so that it sees states, codes
// and logs, and what there is; elsewhere it sees accounts, and nothing that belongs to an owner.
// Its name cannot stand in a users file. Called by the reactor.

#include <span>

#include "base/bytes.hpp"
#include "net/wire/user_table.hpp"

namespace comet::wire {

/// As rules name them: "comet|top".
std::span<const bytes_view> commands_of_every_viewer();
/// And these, where there are no users.
std::span<const bytes_view> commands_of_open_viewer();

/// `open`: the node has no users file.
user_ref make_viewer(bool open);

}  // namespace comet::wire
