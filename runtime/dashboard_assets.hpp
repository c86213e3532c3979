#pragma once
// The files of the dashboard (runtime/dashboard/), which are a part of the binary.
//
// A page of plain modules, so that nothing is fetched from elsewhere and nothing is built when a
// node runs. What each file is for stands at its top. Called by runtime/node.

#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "runtime/http_server.hpp"

namespace comet::runtime {

// The content of a file each; made by the build (comet_embed).
bytes_view dashboard_page();
bytes_view dashboard_style();
bytes_view dashboard_main();
bytes_view dashboard_api_client();
bytes_view dashboard_elements();
bytes_view dashboard_formats();
bytes_view dashboard_metrics();
bytes_view dashboard_charts();
bytes_view dashboard_ring();
bytes_view dashboard_objects();
bytes_view dashboard_object();
bytes_view dashboard_try();
bytes_view dashboard_login();
bytes_view dashboard_digest();

struct dashboard_asset {
  bytes_view path;  ///< "/dashboard/main.js"
  bytes_view content_type;
  bytes_view content;
};
/// All but the page itself.
std::vector<dashboard_asset> dashboard_assets();

/// One, or 304 when the client has it. Nothing but this node's own files may run in what it shows.
http_answer dashboard_answer(const dashboard_asset& asset, const http_request& request);

/// Does a browser ask, and not a program?
bool wants_page(const http_request& request);
/// What / answers to a browser.
http_answer dashboard_page_answer(const http_request& request);

}  // namespace comet::runtime
