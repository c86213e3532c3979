#pragma once
// What a node shows over HTTP, made from its figures: /, /health, /ready and /metrics.
//
// Pure. A node that stops has no figures any more: `numbers` is null then.

#include "actors/numbers.hpp"
#include "base/bytes.hpp"
#include "runtime/http_server.hpp"

namespace comet::runtime {

/// 200 as long as the process answers; "status" tells ok, read-only (writes fail),
/// joining or stopping.
http_answer health_page(const actors::node_numbers* numbers);
/// 200 when clients are served; 503 while the node stops, or looks for its network yet: `joining`
/// tells what it waits for. `concerns` names what is wrong with a node that serves: its disk, its
/// copies, clocks, its address.
http_answer ready_page(const actors::node_numbers* numbers);
/// The metrics, or 503.
http_answer metrics_page(const actors::node_numbers* numbers);
/// What this is: version, id, uptime and where to look further.
http_answer index_page(const actors::node_numbers* numbers, bytes_view node_id);

}  // namespace comet::runtime
