#include "runtime/http_server.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

namespace comet::runtime {
namespace {

constexpr std::size_t threads = 4;
constexpr time_t patience_seconds = 5;

nlohmann::json paths_of(const std::vector<http_page>& pages) {
  auto paths = nlohmann::json::array();
  for (const http_page& page : pages)
    paths.push_back(page.path);
  return paths;
}

}  // namespace

struct http_server::parts {
  httplib::Server server;
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
  httplib::Server& server = content->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  // The library's default, SO_REUSEPORT, would let two nodes share a port without a word.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.set_read_timeout(patience_seconds);
  server.set_write_timeout(patience_seconds);
  server.set_payload_max_length(0);
  const bytes not_found =
      nlohmann::json{{"error", "no such page"}, {"pages", paths_of(pages)}}.dump() + "\n";
  server.set_error_handler([not_found](const httplib::Request&, httplib::Response& response) {
    if (response.status == 404) response.set_content(not_found, "application/json");
  });
  for (http_page& page : pages) {
    server.Get(page.path,
               [make = std::move(page.make)](const httplib::Request&, httplib::Response& response) {
                 const http_answer answer = make();
                 response.status = answer.status;
                 response.set_content(answer.body, answer.content_type);
               });
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
