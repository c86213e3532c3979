#pragma once
// What the dashboard asks of the node: commands as JSON, run as any client's, and logins.
//
//   POST /api/command {"argv": [...]}       -> {"reply": ...} or {"error": {"code", "message"}}
//   POST /api/login {"user", "password"}    -> {"token", "user", "expires-s"}
//   POST /api/logout
//
// Without a token (Authorization: Bearer) a command runs as a viewer (net/wire/viewer); with one as
// the user that logged in. A token is no cookie, so no other site's page can act with it. Safe from
// any thread. Made by runtime/node.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/local_client.hpp"
#include "base/result.hpp"
#include "net/wire/endpoint.hpp"
#include "runtime/http_server.hpp"
#include "runtime/login_table.hpp"

namespace comet::runtime {

class dashboard_api {
 public:
  /// Requests that are carried out at a time; others of the server's threads stay for its pages.
  static constexpr int running_max = 24;

  /// node_system::connect; called on the server's threads.
  using connector = std::function<result<std::unique_ptr<actors::local_client>>(wire::endpoint peer,
                                                                                bool as_viewer)>;

  /// `names`: hosts by which the node is known, beside addresses.
  dashboard_api(connector connect, std::vector<bytes> names,
                std::function<bytes(std::size_t)> random);

  http_answer command(const http_request& request);
  http_answer log_in(const http_request& request);
  http_answer log_out(const http_request& request);

  /// The three above, by their paths: strangers are refused, and what is too much at a time.
  [[nodiscard]] std::vector<http_page> pages();

 private:
  using client_pointer = std::unique_ptr<actors::local_client>;

  result<object::reply> ask_as_viewer(const std::vector<bytes>& words);
  result<object::reply> ask_as_user(bytes_view token, const std::vector<bytes>& words);
  result<client_pointer> take_viewer();
  void keep_viewer(client_pointer one);

  connector connect_;
  std::vector<bytes> names_;
  login_table logins_;
  std::atomic<int> running_ = 0;
  std::mutex mutex_;
  std::vector<client_pointer> viewers_;  ///< idle
};

}  // namespace comet::runtime
