#include "runtime/http_server.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "runtime/http_connection.hpp"

namespace comet::runtime {
namespace {

constexpr std::size_t threads = 32;
constexpr int requests_max = 1'000;  ///< of a connection

nlohmann::json paths_of(const std::vector<http_page>& pages) {
  auto paths = nlohmann::json::array();
  for (const http_page& page : pages)
    paths.push_back(page.path);
  return paths;
}

/// The library takes patterns.
bytes pattern_of(bytes_view path) {
  bytes pattern;
  for (const char c : path)
    pattern.append(c == '.' ? "\\." : bytes(1, c));
  return pattern;
}

http_request request_of(const httplib::Request& from) {
  const auto header = [&](const char* name) { return from.get_header_value(name); };
  return {.body = from.body,
          .from = {from.remote_addr, static_cast<std::uint16_t>(from.remote_port)},
          .host = header("Host"),
          .origin = header("Origin"),
          .fetch_site = header("Sec-Fetch-Site"),
          .content_type = header("Content-Type"),
          .accept = header("Accept"),
          .authorization = header("Authorization"),
          .if_none_match = header("If-None-Match")};
}

/// Threads for connections; a client that is waited for gives way to one that comes.
class connection_queue final : public httplib::TaskQueue {
 public:
  explicit connection_queue(waiting_clients& waiting) : waiting_(waiting), pool_(threads) {}

  void enqueue(std::function<void()> serve) override {
    waiting_.came();
    pool_.enqueue([this, serve = std::move(serve)] {
      serve();
      waiting_.went();
    });
  }
  void shutdown() override {
    waiting_.close();
    pool_.shutdown();
  }

 private:
  waiting_clients& waiting_;
  httplib::ThreadPool pool_;
};

/// The library's server over connections of ours.
class bounded_server final : public httplib::Server {
 public:
  waiting_clients waiting{threads};

  /// The library lets 5 clients wait to be accepted; one more would try again after a second.
  void lengthen_queue() { ::listen(svr_sock_, SOMAXCONN); }

 private:
  bool process_and_close_socket(socket_t socket) override {
    http_connection client(socket, waiting, {});
    bool goes_on = true;
    for (int left = requests_max; goes_on && left > 0 && client.await_request(); --left) {
      bool closed = false;
      goes_on = process_request(client, left == 1, closed, nullptr) && !closed;
    }
    client.finish();
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return goes_on;
  }
};

void answer_with(const http_page& page, const httplib::Request& request,
                 httplib::Response& response) {
  const http_answer answer = page.make(request_of(request));
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers)
    response.set_header(name, value);
  response.set_content(answer.body, answer.content_type);
}

}  // namespace

struct http_server::parts {
  bounded_server server;
  address where;
  std::thread thread;
  bool started = false;
};

http_server::http_server(std::unique_ptr<parts> content) : parts_(std::move(content)) {}

http_server::~http_server() {
  // The library closes its socket only when it has run.
  if (parts_->server.is_valid() && !parts_->started) start();
  stop();
}

result<std::unique_ptr<http_server>> http_server::bind(const address& where,
                                                       std::vector<http_page> pages) {
  auto content = std::make_unique<parts>();
  bounded_server& server = content->server;
  server.new_task_queue = [&waiting = content->server.waiting] {
    return new connection_queue(waiting);
  };
  // The library's default, SO_REUSEPORT, would let two nodes share a port without a word.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.set_tcp_nodelay(true);  // head and body of an answer leave apart
  server.set_keep_alive_max_count(requests_max);
  server.set_payload_max_length(body_bytes_max);
  const bytes not_found =
      nlohmann::json{{"error", "no such page"}, {"pages", paths_of(pages)}}.dump() + "\n";
  server.set_error_handler([not_found](const httplib::Request&, httplib::Response& response) {
    if (response.status == 404) response.set_content(not_found, "application/json");
  });
  for (http_page& page : pages) {
    const bool gets = page.method == http_method::get;
    const bytes pattern = pattern_of(page.path);
    const auto handler = [page = std::move(page)](const httplib::Request& request,
                                                  httplib::Response& response) {
      answer_with(page, request, response);
    };
    gets ? server.Get(pattern, handler) : server.Post(pattern, handler);
  }

  content->where = where;
  errno = 0;
  const int port = where.port == 0 ? server.bind_to_any_port(where.host)
                   : server.bind_to_port(where.host, where.port) ? where.port
                                                                 : -1;
  if (port < 0) {
    return error{errc::config,
                 fmt::format("http = {} cannot be used: {}; choose another with "
                             "--http HOST:PORT (port 0 takes a free one)",
                             text_of(where), errno == 0 ? "no such host" : std::strerror(errno))};
  }
  server.lengthen_queue();
  content->where.port = static_cast<std::uint16_t>(port);
  return std::unique_ptr<http_server>(new http_server(std::move(content)));
}

void http_server::start() {
  COMET_CHECK(!parts_->started);
  parts_->started = true;
  parts_->thread = std::thread([&server = parts_->server] { server.listen_after_bind(); });
  // `stop` has no effect on a server that does not run yet.
  while (!parts_->server.is_running())
    std::this_thread::yield();
}

void http_server::stop() {
  if (!parts_->thread.joinable()) return;
  parts_->server.stop();
  parts_->thread.join();
}

const address& http_server::listens_on() const {
  return parts_->where;
}

}  // namespace comet::runtime
