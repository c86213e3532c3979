#pragma once
// A small HTTP server for people and machines that look at a node: fixed pages, GET and POST.
//
// It knows nothing of the node: each page is a function from a request to an answer, called on one
// of the server's own threads. What a request may take is bounded (http_connection): its head, its
// body (1 MiB), its time; and slow clients never keep out others.

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/wire/endpoint.hpp"
#include "runtime/value.hpp"

namespace comet::runtime {

/// Headers are empty where the client sent none.
struct http_request {
  bytes body{};
  wire::endpoint from{};
  bytes host{};
  bytes origin{};
  bytes fetch_site{};  ///< Sec-Fetch-Site: where a browser's request comes from
  bytes content_type{};
  bytes accept{};
  bytes authorization{};
  bytes if_none_match{};
};

struct http_answer {
  int status = 200;
  bytes content_type = "application/json";
  bytes body{};
  std::vector<std::pair<bytes, bytes>> headers{};
};

enum class http_method : std::uint8_t { get, post };

struct http_page {
  bytes path;  ///< "/health"
  std::function<http_answer(const http_request&)> make;
  http_method method = http_method::get;
};

class http_server {
 public:
  static constexpr std::size_t body_bytes_max = std::size_t{1} << 20U;

  /// Binds `where`; nothing is answered before `start`. The error names the address and the cause.
  static result<std::unique_ptr<http_server>> bind(const address& where,
                                                   std::vector<http_page> pages);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  void start();
  /// Lets requests in progress end. Idempotent.
  void stop();

  /// With the port in use.
  [[nodiscard]] const address& listens_on() const;

 private:
  struct parts;
  explicit http_server(std::unique_ptr<parts> content);

  std::unique_ptr<parts> parts_;
};

}  // namespace comet::runtime
