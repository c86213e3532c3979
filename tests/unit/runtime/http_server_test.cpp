#include "runtime/http_server.hpp"

#include <httplib.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace comet::runtime {
namespace {

const address any_port{"127.0.0.1", 0};

std::vector<http_page> two_pages() {
  return {{"/a", [](const http_request&) { return http_answer{.body = "{}"}; }},
          {"/b", [](const http_request&) {
             return http_answer{.status = 503, .content_type = "text/plain", .body = "no"};
           }}};
}

TEST_CASE("a page is answered with its status, type and body") {
  auto server = http_server::bind(any_port, two_pages());
  REQUIRE(server.ok());
  REQUIRE((*server)->listens_on().port != 0);
  (*server)->start();
  httplib::Client client("127.0.0.1", (*server)->listens_on().port);

  const auto a = client.Get("/a");
  REQUIRE(a);
  CHECK(a->status == 200);
  CHECK(a->body == "{}");
  CHECK(a->get_header_value("Content-Type") == "application/json");

  const auto b = client.Get("/b");
  REQUIRE(b);
  CHECK(b->status == 503);
  CHECK(b->body == "no");
  CHECK(b->get_header_value("Content-Type") == "text/plain");
}

TEST_CASE("an unknown page is 404 and names the pages there are") {
  auto server = http_server::bind(any_port, two_pages());
  REQUIRE(server.ok());
  (*server)->start();
  httplib::Client client("127.0.0.1", (*server)->listens_on().port);
  for (const auto& answer : {client.Get("/none"), client.Post("/a")}) {
    REQUIRE(answer);
    CHECK(answer->status == 404);
    CHECK(nlohmann::json::parse(answer->body)["pages"] == nlohmann::json{"/a", "/b"});
  }
}

TEST_CASE("a request with a body is refused") {
  auto server = http_server::bind(any_port, two_pages());
  REQUIRE(server.ok());
  (*server)->start();
  httplib::Client client("127.0.0.1", (*server)->listens_on().port);
  const auto answer = client.Post("/a", bytes(1'000, 'x'), "text/plain");
  REQUIRE(answer);
  CHECK(answer->status >= 400);
}

TEST_CASE("a page that takes a body gets it with the headers that matter") {
  auto server = http_server::bind(
      any_port, {{"/echo.js",
                  [](const http_request& request) {
                    return http_answer{.body = request.body + "|" + request.content_type + "|" +
                                               request.origin + "|" + request.from.ip,
                                       .headers = {{"X-Made", "yes"}}};
                  },
                  http_method::post}});
  REQUIRE(server.ok());
  (*server)->start();
  httplib::Client client("127.0.0.1", (*server)->listens_on().port);
  const auto answer = client.Post("/echo.js", {{"Origin", "http://a"}}, "text", "application/json");
  REQUIRE(answer);
  CHECK(answer->body == "text|application/json|http://a|127.0.0.1");
  CHECK(answer->get_header_value("X-Made") == "yes");
  CHECK(client.Get("/echo.js")->status == 404);
  CHECK(client.Post("/echoXjs", "text", "text/plain")->status == 404);
}

TEST_CASE("a body that is too large is refused with 413") {
  auto server = http_server::bind(
      any_port, {{"/a", [](const http_request&) { return http_answer{}; }, http_method::post}});
  REQUIRE(server.ok());
  (*server)->start();
  httplib::Client client("127.0.0.1", (*server)->listens_on().port);
  CHECK(client.Post("/a", bytes(http_server::body_bytes_max, 'x'), "text/plain")->status == 200);
  CHECK(client.Post("/a", bytes(http_server::body_bytes_max + 1, 'x'), "text/plain")->status ==
        413);
}

TEST_CASE("a connection serves many requests") {
  auto server = http_server::bind(any_port, two_pages());
  REQUIRE(server.ok());
  (*server)->start();
  httplib::Client client("127.0.0.1", (*server)->listens_on().port);
  client.set_keep_alive(true);
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.Get("/a");
    REQUIRE(answer);
    CHECK(answer->status == 200);
  }
}

TEST_CASE("a port in use is an error that says which and what to do") {
  auto first = http_server::bind(any_port, {});
  REQUIRE(first.ok());
  const address taken = (*first)->listens_on();
  const auto second = http_server::bind(taken, {});
  REQUIRE_FALSE(second.ok());
  CHECK(second.failure() ==
        error{errc::config, "http = " + text_of(taken) +
                                " cannot be used: Address already in use; choose another with "
                                "--http HOST:PORT (port 0 takes a free one)"});
}

TEST_CASE("an address that is not this machine's is an error") {
  const auto server = http_server::bind({"192.0.2.1", 0}, {});
  REQUIRE_FALSE(server.ok());
  CHECK(server.failure().message.starts_with("http = 192.0.2.1:0 cannot be used: "));
}

TEST_CASE("a server that was bound and never started gives its port back") {
  address where;
  {
    auto first = http_server::bind(any_port, {});
    REQUIRE(first.ok());
    where = (*first)->listens_on();
  }
  CHECK(http_server::bind(where, {}).ok());
}

TEST_CASE("a stopped server answers nobody, and may be stopped again") {
  auto server = http_server::bind(any_port, two_pages());
  REQUIRE(server.ok());
  (*server)->start();
  (*server)->stop();
  (*server)->stop();
  httplib::Client client("127.0.0.1", (*server)->listens_on().port);
  CHECK_FALSE(client.Get("/a"));
}

}  // namespace
}  // namespace comet::runtime
