#pragma once
// What runtime/ hands to a node at its start, and the doors it opens to it while the node runs.
//
// Free of CAF, so that runtime/ and apps/ build without it. All values; the interfaces are called
// on the I/O thread only.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "actors/log.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/signature.hpp"
#include "net/wire/endpoint.hpp"
#include "net/wire/session_host.hpp"
#include "object/policy.hpp"
#include "store/store.hpp"

namespace comet::actors {

/// Where to listen: an IPv4 or IPv6 literal, or "localhost" (127.0.0.1). Port 0: any free one.
struct listen_address {
  bytes host;
  std::uint16_t port = 0;
};

/// Everything that may change while the node runs.
struct tunables {
  object::policy limits;
  std::shared_ptr<const wire::user_table> users;  ///< null: everybody may do everything
  wire::session_limits sessions;
  std::size_t clients_max = 10'000;
  std::chrono::seconds client_idle_max{0};  ///< idle clients are closed after it; 0: never
};

/// CONFIG GET and CONFIG SET: which keys there are and what they mean is runtime's to know.
class live_settings {
 public:
  live_settings() = default;
  live_settings(const live_settings&) = delete;
  live_settings& operator=(const live_settings&) = delete;
  virtual ~live_settings() = default;

  /// Parameters whose name matches the glob `pattern`, without regard to case.
  virtual std::vector<std::pair<bytes, bytes>> get(bytes_view pattern) = 0;
  /// All or none; what is in force afterwards. The error's message goes to the client as it is.
  virtual result<tunables> set(std::span<const std::pair<bytes_view, bytes_view>> changes) = 0;
  /// ACL LOAD: the users file is read again. Likewise.
  virtual result<tunables> reload_users() = 0;
};

/// What a node needs to be one of several.
struct link_options {
  std::shared_ptr<const signing_key> key;  ///< who this node is; never null
  bytes secret;                            ///< of the network, 16 bytes at least
  std::vector<listen_address> listen;      ///< for other nodes; one at least
  /// The literal at which others reach this node; nothing: the first of `listen`, with its port in
  /// use.
  std::optional<wire::endpoint> advertised;
  std::vector<listen_address> join;  ///< nodes of the network; names allowed, ports are not 0
  std::chrono::milliseconds leave_deadline{30'000};  ///< to hand keys over before a stop
};

struct node_options {
  std::vector<listen_address> listen;  ///< for RESP clients
  wire::endpoint http;                 ///< where the node's pages are, in use; empty: nowhere
  tunables limits;
  int workers = 0;  ///< threads that run handlers; 0: one a core but one, at least one
  store::durability durability = store::durability::interval;
  std::chrono::milliseconds sync_interval{1'000};  ///< of durability `interval`
  bytes durability_name = "interval";              ///< as INFO shows it
  bytes node_id;                                   ///< hex; empty on a lone node
  bytes run_id;                                    ///< 40 hexadecimal digits, for INFO
  bytes version;
  bytes config_file;
  std::uint64_t seed = 0;                          ///< of the shard's and the handlers' randomness
  std::function<bytes(std::size_t)> random_bytes;  ///< that nobody can guess, for ACL GENPASS

  std::optional<link_options> links;             ///< nothing: the node is alone
  std::shared_ptr<live_settings> configuration;  ///< null: CONFIG knows no parameter
  log_sink log;                                  ///< empty: nobody listens
  /// Called from any thread when the node cannot go on: an actor died, or its life is over. The
  /// process logs it and ends with a failure; an orderly stop is not possible any more.
  std::function<void(const error&)> fatal;
};

}  // namespace comet::actors
