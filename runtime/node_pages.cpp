#include "runtime/node_pages.hpp"

#include <nlohmann/json.hpp>

#include "runtime/build_info.hpp"
#include "runtime/metrics.hpp"

namespace comet::runtime {
namespace {

using ordered_json = nlohmann::ordered_json;

http_answer json_answer(int status, const ordered_json& content) {
  return {.status = status, .body = content.dump(2) + "\n"};
}

/// What somebody should look at though the node serves: a word for machines, a sentence for people.
ordered_json concerns_of(const actors::node_numbers& n) {
  auto concerns = ordered_json::array();
  const auto add = [&](bytes_view what, const bytes& why) {
    concerns.push_back({{"concern", what}, {"why", why}});
  };
  if (!n.store.last_write_ok)
    add("read-only", "the store refuses writes: look for space on its disk and at the log");
  if (n.store.sync_failing)
    add("unsynced", std::to_string(n.store.unsynced_changes) +
                        " changes could not be synced and would be lost at a power loss: look at "
                        "the disk and at the log");
  if (n.objects_behind > 0)
    add("under-replicated",
        std::to_string(n.objects_behind) + " keys in " + std::to_string(n.ranges.behind) +
            " ranges are not known to have all their copies: see which nodes COMET NODES misses");
  if (n.router.clocks_apart > 0)
    add("clocks-apart", std::to_string(n.router.clocks_apart) +
                            " other nodes have a clock that differs from this one's: let all "
                            "follow NTP; the log names them");
  if (n.router.unreachable) add("unreachable", *n.router.unreachable);
  return concerns;
}

bytes_view status_of(const actors::node_numbers* numbers) {
  if (numbers == nullptr) return "stopping";
  if (!numbers->store.last_write_ok) return "read-only";
  return numbers->joining ? "joining" : "ok";
}

}  // namespace

http_answer health_page(const actors::node_numbers* numbers) {
  ordered_json content{{"status", status_of(numbers)}};
  if (numbers != nullptr) {
    content["uptime_seconds"] = numbers->info.uptime_seconds;
    content["clients"] = numbers->info.connected_clients;
    content["keys"] = numbers->info.keys;
    content["durability"] = numbers->info.durability;
  }
  return json_answer(200, content);
}

http_answer ready_page(const actors::node_numbers* numbers) {
  const bool ready = numbers != nullptr && !numbers->joining;
  ordered_json content{{"ready", ready}, {"status", status_of(numbers)}};
  if (numbers != nullptr && numbers->joining) content["joining"] = *numbers->joining;
  if (numbers != nullptr && numbers->router.unreachable)
    content["unreachable"] = *numbers->router.unreachable;
  if (numbers != nullptr) content["concerns"] = concerns_of(*numbers);
  return json_answer(ready ? 200 : 503, content);
}

http_answer metrics_page(const actors::node_numbers* numbers) {
  if (numbers == nullptr)
    return {.status = 503, .content_type = "text/plain", .body = "stopping\n"};
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = metrics_text(*numbers, this_build())};
}

http_answer index_page(const actors::node_numbers* numbers, bytes_view node_id) {
  ordered_json content{{"comet", this_build().version},
                       {"commit", this_build().commit},
                       {"id", node_id},
                       {"status", status_of(numbers)}};
  if (numbers != nullptr) content["uptime_seconds"] = numbers->info.uptime_seconds;
  content["pages"] = {"/health", "/ready", "/metrics"};
  return json_answer(200, content);
}

}  // namespace comet::runtime
