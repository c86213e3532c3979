#include "runtime/request_origin.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "runtime/reply_json.hpp"

namespace comet::runtime {
namespace {

http_answer refusal(int status, errc code, bytes message) {
  return {.status = status,
          .body = json_of(error{code, std::move(message)}).dump() + "\n",
          .headers = {{"Cache-Control", "no-store"}}};
}

bool is_address(const bytes& host) {
  std::array<std::uint8_t, sizeof(in6_addr)> raw{};
  return inet_pton(AF_INET, host.c_str(), raw.data()) == 1;
}

bool is_bracketed_address(bytes_view host) {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return false;
  std::array<std::uint8_t, sizeof(in6_addr)> raw{};
  return inet_pton(AF_INET6, bytes{host.substr(1, host.size() - 2)}.c_str(), raw.data()) == 1;
}

bytes_view without_port(bytes_view header) {
  const std::size_t colon = header.rfind(':');
  if (colon == bytes_view::npos) return header;
  const bytes_view port = header.substr(colon + 1);
  const bool digits = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? header.substr(0, colon) : header;
}

/// "http://host:port" is of the same site as the Host header "host:port".
bool is_same_site(bytes_view origin, bytes_view host) {
  for (const bytes_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme)) return equal_ignoring_case(origin.substr(scheme.size()), host);
  return false;
}

}  // namespace

bool is_host_of_node(bytes_view header, std::span<const bytes> names) {
  const bytes_view host = without_port(header);
  return is_address(bytes{host}) || is_bracketed_address(host) ||
         equal_ignoring_case(host, "localhost") || std::ranges::any_of(names, [&](bytes_view name) {
           return !name.empty() && equal_ignoring_case(host, name);
         });
}

std::optional<http_answer> refuse_stranger(const http_request& request,
                                           std::span<const bytes> names) {
  const bytes_view type = request.content_type;
  const bytes_view media = type.substr(0, std::min(type.find(';'), type.size()));
  if (!equal_ignoring_case(media, "application/json"))
    return refusal(415, errc::syntax, "the Content-Type has to be application/json");
  if (!is_host_of_node(request.host, names))
    return refusal(403, errc::no_permission,
                   "the Host '" + printable(shortened(request.host, 80)) +
                       "' is no name of this node; use its IP address, localhost, or the host of "
                       "its settings `http` or `advertise`");
  const bool other_origin = !request.origin.empty() && !is_same_site(request.origin, request.host);
  const bool other_site = !request.fetch_site.empty() && request.fetch_site != "same-origin" &&
                          request.fetch_site != "none";
  if (other_origin || other_site)
    return refusal(403, errc::no_permission, "a page of another site may not use this node");
  return std::nullopt;
}

}  // namespace comet::runtime
