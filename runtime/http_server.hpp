#pragma once
// A small HTTP server for people and machines that watch a node: fixed pages, GET only.
//
// It knows nothing of the node: each page is a function that makes an answer, called on one of the
// server's own threads. Bodies of requests are not read; slow clients are cut off after 5 s. The
// sole includer of cpp-httplib is http_server.cpp.

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "runtime/value.hpp"

namespace comet::runtime {

struct http_answer {
  int status = 200;
  bytes content_type = "application/json";
  bytes body;
};

struct http_page {
  bytes path;  ///< "/health"
  std::function<http_answer()> make;
};

class http_server {
 public:
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
