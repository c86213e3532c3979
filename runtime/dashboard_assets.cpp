#include "runtime/dashboard_assets.hpp"

#include "base/digest.hpp"

namespace comet::runtime {
namespace {

constexpr bytes_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
    "data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

std::vector<dashboard_asset> dashboard_assets() {
  constexpr bytes_view script = "text/javascript; charset=utf-8";
  return {{"/dashboard/style.css", "text/css; charset=utf-8", dashboard_style()},
          {"/dashboard/main.js", script, dashboard_main()},
          {"/dashboard/api.js", script, dashboard_api_client()},
          {"/dashboard/elements.js", script, dashboard_elements()},
          {"/dashboard/formats.js", script, dashboard_formats()},
          {"/dashboard/metrics.js", script, dashboard_metrics()},
          {"/dashboard/charts.js", script, dashboard_charts()},
          {"/dashboard/ring.js", script, dashboard_ring()},
          {"/dashboard/objects.js", script, dashboard_objects()},
          {"/dashboard/object.js", script, dashboard_object()},
          {"/dashboard/try.js", script, dashboard_try()},
          {"/dashboard/login.js", script, dashboard_login()},
          {"/dashboard/digest.js", script, dashboard_digest()}};
}

http_answer dashboard_answer(const dashboard_asset& asset, const http_request& request) {
  constexpr std::size_t tag_digits = 32;
  const bytes tag = "\"" + to_hex(as_bytes(sha256(asset.content))).substr(0, tag_digits) + "\"";
  http_answer answer{.content_type = bytes{asset.content_type},
                     .headers = {{"Content-Security-Policy", bytes{policy}},
                                 {"X-Content-Type-Options", "nosniff"},
                                 {"Referrer-Policy", "no-referrer"},
                                 {"Cache-Control", "no-cache"},
                                 {"Vary", "Accept"},
                                 {"ETag", tag}}};
  if (request.if_none_match == tag) {
    answer.status = 304;
  } else {
    answer.body = asset.content;
  }
  return answer;
}

bool wants_page(const http_request& request) {
  return request.accept.find("text/html") != bytes::npos;
}

http_answer dashboard_page_answer(const http_request& request) {
  return dashboard_answer({"/", "text/html; charset=utf-8", dashboard_page()}, request);
}

}  // namespace comet::runtime
