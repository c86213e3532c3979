// Rows of the publish and subscribe commands; sessions answer them.
#include <array>

#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

using enum command_flag;

constexpr auto any_time = command_flag::pubsub | loading | stale;
/// Subscribing starts alone, so that no message overtakes the confirmation.
constexpr auto subscribing = any_time | noscript | subscribed | alone;
constexpr auto group = command_group::pubsub;

constexpr std::array introspection_rows{
    command_row{.name = "channels",
                .syntax = "[pattern]",
                .arity = -2,
                .flags = any_time,
                .group = group,
                .since = "2.8.0",
                .complexity = "O(n) with n channels that have subscribers",
                .summary = "Returns the channels that have subscribers at this node.",
                .own = session_command::pubsub_channels},
    command_row{.name = "help",
                .arity = 2,
                .flags = loading | stale,
                .group = group,
                .since = "6.2.0",
                .complexity = "O(1)",
                .summary = "Lists the subcommands.",
                .own = session_command::pubsub_help},
    command_row{.name = "numpat",
                .arity = 2,
                .flags = any_time,
                .group = group,
                .since = "2.8.0",
                .complexity = "O(1)",
                .summary = "Returns the number of patterns that have subscribers at this node.",
                .own = session_command::pubsub_numpat},
    command_row{
        .name = "numsub",
        .syntax = "[channel ...]",
        .arity = -2,
        .flags = any_time,
        .group = group,
        .since = "2.8.0",
        .complexity = "O(n) with n channels named",
        .summary = "Returns the number of subscribers of channels at this node, without patterns.",
        .own = session_command::pubsub_numsub},
};

constexpr std::array rows{
    command_row{.name = "psubscribe",
                .syntax = "pattern [pattern ...]",
                .arity = -2,
                .flags = subscribing,
                .group = group,
                .since = "2.0.0",
                .complexity = "O(n) with n patterns",
                .summary = "Listens to all channels that match glob patterns.",
                .own = session_command::psubscribe},
    command_row{
        .name = "publish",
        .syntax = "channel message",
        .arity = 3,
        .flags = any_time | fast | alone,
        .group = group,
        .since = "2.0.0",
        .complexity = "O(n + m) with n subscribers and m patterns",
        .summary =
            "Sends a message to a channel; returns how many subscribers of this node got it.",
        .own = session_command::publish},
    command_row{.name = "pubsub",
                .syntax = "subcommand",
                .arity = -2,
                .group = group,
                .since = "2.8.0",
                .complexity = "Depends on subcommand.",
                .summary = "Channels and their subscribers; see the subcommands.",
                .subcommands = introspection_rows},
    command_row{.name = "punsubscribe",
                .syntax = "[pattern ...]",
                .arity = -1,
                .flags = subscribing,
                .group = group,
                .since = "2.0.0",
                .complexity = "O(n) with n patterns",
                .summary = "Stops listening to patterns, or to all of them.",
                .own = session_command::punsubscribe},
    command_row{.name = "subscribe",
                .syntax = "channel [channel ...]",
                .arity = -2,
                .flags = subscribing,
                .group = group,
                .since = "2.0.0",
                .complexity = "O(n) with n channels",
                .summary = "Listens to channels.",
                .own = session_command::subscribe},
    command_row{.name = "unsubscribe",
                .syntax = "[channel ...]",
                .arity = -1,
                .flags = subscribing,
                .group = group,
                .since = "2.0.0",
                .complexity = "O(n) with n channels",
                .summary = "Stops listening to channels, or to all of them.",
                .own = session_command::unsubscribe},
};

}  // namespace

std::span<const command_row> pubsub_commands() {
  return rows;
}

}  // namespace comet::wire
