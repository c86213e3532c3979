#include "runtime/descriptor_limit.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

namespace comet::runtime {
namespace {

/// For the store's tables and logs, HTTP and the rest of the process.
constexpr rlim_t besides_clients = 1'024;

}  // namespace

result<std::optional<bytes>> raise_descriptor_limit(std::size_t maxclients) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::optional<bytes>{};
  if (limit.rlim_max < descriptors_min) {
    return error{errc::config,
                 fmt::format("the process may have {} file descriptors, and a node needs {} before "
                             "the first client comes; raise the hard limit (ulimit -Hn, "
                             "LimitNOFILE=)",
                             limit.rlim_max, descriptors_min)};
  }
  const rlim_t wanted = maxclients + besides_clients;
  if (limit.rlim_cur >= wanted) return std::optional<bytes>{};
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  const bool raised = setrlimit(RLIMIT_NOFILE, &limit) == 0;
  if (raised && limit.rlim_cur >= wanted) return std::optional<bytes>{};
  return std::optional<bytes>{fmt::format(
      "maxclients = {} needs {} file descriptors and the process may have {}; raise the hard limit "
      "(ulimit -Hn, LimitNOFILE=) or lower maxclients",
      maxclients, wanted, limit.rlim_cur)};
}

}  // namespace comet::runtime
