#include "runtime/node_pages.hpp"

#include <nlohmann/json.hpp>

#include "actors/concern.hpp"
#include "runtime/build_info.hpp"
#include "runtime/metrics.hpp"

namespace comet::runtime {
namespace {

using ordered_json = nlohmann::ordered_json;

http_answer json_answer(int status, const ordered_json& content) {
  return {.status = status, .body = content.dump(2) + "\n"};
}

ordered_json concerns_of(const actors::node_numbers& n) {
  auto concerns = ordered_json::array();
  for (const auto& one : actors::concerns_of(n.store, n.router, n.ranges.behind, n.objects_behind))
    concerns.push_back({{"concern", one.what}, {"why", one.why}});
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
