#pragma once
// The parts of the command table, one a group; command_table.cpp puts them together.

#include <span>

#include "net/wire/command_table.hpp"

namespace comet::wire {

std::span<const command_row> string_commands();
std::span<const command_row> key_commands();
std::span<const command_row> active_commands();
std::span<const command_row> connection_commands();
std::span<const command_row> pubsub_commands();
std::span<const command_row> server_commands();
std::span<const command_row> acl_commands();
std::span<const command_row> network_commands();

}  // namespace comet::wire
