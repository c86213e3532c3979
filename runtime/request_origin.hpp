#pragma once
// Where a request for the node's API comes from: the pages of the node itself, or a program; never
// another site in somebody's browser.
//
// A page of another site may make a browser send requests, to an address or, once its name is bound
// to this machine's address (DNS rebinding), as if they were its own. The first are known by their
// content type, which no form can send, and by Origin and Sec-Fetch-Site; the second by Host, which
// has to be an address, localhost, or a name that the node was given. Pure. Called by
// dashboard_api.

#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "runtime/http_server.hpp"

namespace comet::runtime {

/// Is the host of `header` (a Host header: HOST or HOST:PORT) an IP address, localhost or one of
/// `names`?
bool is_host_of_node(bytes_view header, std::span<const bytes> names);

/// The answer to a POST that must not be carried out; nothing: it may.
std::optional<http_answer> refuse_stranger(const http_request& request,
                                           std::span<const bytes> names);

}  // namespace comet::runtime
