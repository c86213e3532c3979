#include "apps/comet/otlp_collector.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>

#include "apps/comet/rendering.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

constexpr std::chrono::seconds to_connect{5};
constexpr std::chrono::seconds to_answer{10};
constexpr bytes_view default_path = "/v1/traces";
constexpr std::size_t answer_shown = 200;

error no_url(bytes_view url) {
  return {errc::syntax, fmt::format("'{}' is no address of a collector: write it as "
                                    "http://HOST:PORT or https://HOST:PORT, with a path where it "
                                    "is not {}",
                                    safe_line(url), default_path)};
}

bool has_no_space(bytes_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

result<otlp_collector> otlp_collector::at(bytes_view url) {
  const auto scheme_ends = url.find("://");
  if (scheme_ends == bytes_view::npos || !has_no_space(url)) return no_url(url);
  const bytes_view scheme = url.substr(0, scheme_ends);
  if (scheme != "http" && scheme != "https") return no_url(url);
  const bytes_view rest = url.substr(scheme_ends + 3);
  const bytes_view host = rest.substr(0, rest.find('/'));
  bytes path{rest.substr(host.size())};
  if (path.empty() || path == "/") path = default_path;
  // The port may be left out; what httplib takes for a host is checked here, so that it has no
  // errors of its own.
  const bool has_port = host.find(':', host.starts_with('[') ? host.find(']') : 0) != host.npos;
  const auto where = runtime::parse_address(
      has_port ? bytes{host} : fmt::format("{}:{}", host, scheme == "https" ? 443 : 80));
  if (!where || where->host.empty() || where->port == 0 ||
      where->host.find_first_of("@?#") != bytes::npos)
    return no_url(url);
  return otlp_collector{fmt::format("{}://{}", scheme, runtime::text_of(*where)), std::move(path)};
}

result<void> otlp_collector::post(const bytes& body) const {
  httplib::Client client(base_);
  client.set_connection_timeout(to_connect);
  client.set_read_timeout(to_answer);
  client.set_write_timeout(to_answer);
  const auto answer = client.Post(path_, body, "application/json");
  if (!answer)
    return error{errc::unavailable,
                 fmt::format("cannot send spans to {}{}: {}; see whether a collector listens there",
                             base_, path_, httplib::to_string(answer.error()))};
  if (answer->status >= 200 && answer->status < 300) return {};
  return error{errc::unavailable,
               fmt::format("the collector at {}{} did not take the spans: HTTP status {}{}{}",
                           base_, path_, answer->status, answer->body.empty() ? "" : ", ",
                           safe_line(bytes_view{answer->body}.substr(0, answer_shown)))};
}

}  // namespace comet::client
