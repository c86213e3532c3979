#include "apps/comet/otlp_collector.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <thread>

namespace comet::client {
namespace {

/// A collector on a free port of the loopback address, until it goes.
class fake_collector {
 public:
  explicit fake_collector(int status) {
    server_.Post(".*", [this, status](const httplib::Request& got, httplib::Response& answer) {
      path = got.path;
      type = got.get_header_value("Content-Type");
      body = got.body;
      answer.status = status;
      answer.set_content("spans are\nnot wanted", "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running())  // a stop before that would be none
      std::this_thread::yield();
  }
  fake_collector(const fake_collector&) = delete;
  fake_collector& operator=(const fake_collector&) = delete;
  ~fake_collector() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] bytes url(bytes_view path_asked = "") const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path_asked);
  }

  // Of the latest post; read once it is answered.
  bytes path;
  bytes type;
  bytes body;

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

result<void> post(const bytes& url) {
  const auto collector = otlp_collector::at(url);
  REQUIRE(collector);
  return collector->post("{}");
}

TEST_CASE("spans are posted as JSON, where OTLP has them unless the URL has a path") {
  fake_collector collector(200);
  REQUIRE(post(collector.url()));
  CHECK(collector.path == "/v1/traces");
  CHECK(collector.type == "application/json");
  CHECK(collector.body == "{}");
  REQUIRE(post(collector.url("/")));
  CHECK(collector.path == "/v1/traces");
  REQUIRE(post(collector.url("/otlp/traces")));
  CHECK(collector.path == "/otlp/traces");
}

TEST_CASE("a collector that refuses is told of with its status and answer, on one line") {
  const fake_collector collector(503);
  const auto sent = post(collector.url());
  REQUIRE_FALSE(sent);
  CHECK(sent.failure().code == errc::unavailable);
  CHECK(sent.failure().message == "the collector at " + collector.url("/v1/traces") +
                                      " did not take the spans: HTTP status 503, spans "
                                      "are\\x0anot wanted");
}

TEST_CASE("a collector that is away is told of by its address") {
  bytes url;
  {
    const fake_collector gone(200);
    url = gone.url();
  }
  const auto sent = post(url);
  REQUIRE_FALSE(sent);
  CHECK(sent.failure().message.starts_with("cannot send spans to " + url + "/v1/traces: "));
}

TEST_CASE("a URL is http or https, a host, perhaps a port and a path") {
  for (const auto* url : {"http://localhost", "https://collector.example", "http://[::1]:4318",
                          "http://[::1]", "http://127.0.0.1:4318/v1/traces"})
    CHECK(otlp_collector::at(url));
  for (const auto* url : {"", "127.0.0.1:4318", "grpc://127.0.0.1:4317", "http://", "http://:4318",
                          "http:///path", "http://host:0", "http://host:port", "http://user@host",
                          "http://host?q", "http://a b", "http://host/a\r\nb"}) {
    const auto collector = otlp_collector::at(url);
    REQUIRE_FALSE(collector);
    CHECK(collector.failure().code == errc::syntax);
  }
}

}  // namespace
}  // namespace comet::client
