#pragma once
// Every limit of the node in one place.
//
// One `policy` value is made from the configuration and handed down by value; a record may ask for
// less, never for more. Shard, executor and Lua rooms read it and hold no limit of their own.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "object/user_rights.hpp"

namespace comet::object {

/// Which keys a handler may address with dht.* besides its own replicas and its callback keys.
enum class reach : std::uint8_t { own, any };

struct policy {
  /// Who may do what; null: there is one user, who may do everything.
  std::shared_ptr<const user_directory> users;

  // a turn
  std::int64_t fuel_per_turn = 100'000;     ///< VM instructions
  std::int64_t fuel_per_slice = 10'000;     ///< instructions before others may run
  std::size_t memory_per_object = 102'400;  ///< bytes over the empty environment
  std::size_t state_bytes_max = 65'536;     ///< encoded
  int state_depth_max = 16;
  int messages_per_turn = 20;
  int messages_per_minute = 200;
  std::chrono::milliseconds turn_time_max{5'000};  ///< wall time, waits included
  int breaches_until_quarantine = 8;               ///< in a row
  reach handlers_reach = reach::own;

  // an object
  std::size_t key_bytes_max = 512;
  std::size_t value_bytes_max = 1U << 20U;
  std::size_t source_bytes_max = 16U << 10U;
  std::size_t mailbox_max = 1'024;                          ///< commands that wait for one object
  std::size_t timers_max = 16;                              ///< named timers an object
  std::chrono::milliseconds timer_period_min{100};          ///< of `every`
  std::size_t replicas_max = 7;                             ///< copies that it may ask for
  std::chrono::milliseconds replicas_interval_min{60'000};  ///< between comparisons of them
  std::size_t log_lines_max = 32;                           ///< kept an object, in memory
  std::size_t log_line_bytes_max = 512;

  /// VM instructions a second for all objects of one owner; turns wait their share. 0: no limit.
  std::int64_t owner_fuel_per_second = 0;

  // a worker
  std::size_t hot_objects_max = 4'096;
  std::size_t hot_bytes_max = std::size_t{1} << 30U;

  // a shard
  std::size_t cache_bytes_max = std::size_t{128} << 20U;  ///< records kept in memory
};

}  // namespace comet::object
