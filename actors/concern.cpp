#include "actors/concern.hpp"

#include <fmt/format.h>

namespace comet::actors {

std::vector<concern> concerns_of(const store_account& store, const router_account& router,
                                 std::uint64_t ranges_behind, std::uint64_t keys_behind) {
  std::vector<concern> found;
  if (!store.last_write_ok)
    found.push_back(
        {"read-only", "the store refuses writes: look for space on its disk and at the log"});
  if (store.sync_failing)
    found.push_back({"unsynced", fmt::format("{} changes could not be synced and would be lost at "
                                             "a power loss: look at the disk and at the log",
                                             store.unsynced_changes)});
  if (keys_behind > 0)
    found.push_back(
        {"under-replicated", fmt::format("{} keys in {} ranges are not known to have all their "
                                         "copies: see which nodes COMET NODES misses",
                                         keys_behind, ranges_behind)});
  if (router.clocks_apart > 0)
    found.push_back(
        {"clocks-apart", fmt::format("{} other nodes have a clock that differs from this one's: "
                                     "let all follow NTP; the log names them",
                                     router.clocks_apart)});
  if (router.unreachable) found.push_back({"unreachable", *router.unreachable});
  return found;
}

}  // namespace comet::actors
