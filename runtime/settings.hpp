#pragma once
// What a node is told: the typed result of configuration, handed down by value.
//
// It holds no defaults of its own; `configuration` fills every member from the table of keys
// (setting_table.hpp). Node, metrics and HTTP read it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "object/policy.hpp"
#include "runtime/log_levels.hpp"
#include "runtime/log_text.hpp"
#include "runtime/value.hpp"
#include "store/store.hpp"

namespace comet::runtime {

struct settings {
  bytes data;        ///< directory of the store
  bytes users_file;  ///< empty: there is none
  bool confine{};
  address resp;
  address http;
  bool dashboard{};
  address link;
  bytes secret_file;          ///< empty: no other node is known
  std::vector<address> join;  ///< nodes of the network to begin with
  address advertise;          ///< without a host: `link`
  std::chrono::milliseconds leave_deadline{};
  store::durability durability{};
  std::chrono::milliseconds sync_interval{};  ///< between fsyncs of durability `interval`
  std::size_t store_cache_bytes{};            ///< RocksDB's block cache
  std::size_t store_buffer_bytes{};           ///< RocksDB's write buffer
  log_levels log;
  log_format log_form{};
  std::chrono::milliseconds slow_request{};  ///< a request that takes longer is logged; 0: none
  std::chrono::milliseconds shutdown_deadline{};
  int workers{};  ///< threads that run handlers; 0: one a core but one, at least one
  std::size_t maxclients{};
  std::chrono::milliseconds client_idle_max{};  ///< 0: idle clients stay
  std::size_t client_output_bytes_max{};        ///< a client that reads slower is cut off
  std::size_t client_pending_max{};             ///< requests of a client without an answer
  object::policy limits;
};

}  // namespace comet::runtime
