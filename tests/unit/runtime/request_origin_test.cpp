#include "runtime/request_origin.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::runtime {
namespace {

const std::vector<bytes> names{"node1.example", ""};

http_request fair_request() {
  return {.host = "127.0.0.1:7480", .content_type = "application/json"};
}

int status_of(const http_request& request) {
  const auto refused = refuse_stranger(request, names);
  return refused ? refused->status : 200;
}

TEST_CASE("a host is an address, localhost or a name that the node was given") {
  for (const bytes_view host :
       {"127.0.0.1", "127.0.0.1:7480", "192.0.2.1:1", "[::1]:7480", "[2001:db8::1]", "localhost",
        "LocalHost:7480", "node1.example:7480", "NODE1.example"}) {
    CAPTURE(host);
    CHECK(is_host_of_node(host, names));
  }
  for (const bytes_view host :
       {"", ":7480", "evil.example", "127.0.0.1.evil.example:7480", "localhost.evil.example",
        "evil.example:127.0.0.1", "[::1", "[evil]", "::1", "1.2.3", "node1.example.evil"}) {
    CAPTURE(host);
    CHECK_FALSE(is_host_of_node(host, names));
  }
}

TEST_CASE("the page of the node and a program are no strangers") {
  http_request request = fair_request();
  CHECK(status_of(request) == 200);
  request.content_type = "application/json; charset=utf-8";
  request.origin = "http://127.0.0.1:7480";
  request.fetch_site = "same-origin";
  CHECK(status_of(request) == 200);
}

TEST_CASE("a page of another site is refused") {
  http_request request = fair_request();
  for (const bytes_view origin : {"http://evil.example", "null", "http://127.0.0.1:8080",
                                  "https://127.0.0.1", "file://127.0.0.1:7480"}) {
    CAPTURE(origin);
    request.origin = origin;
    CHECK(status_of(request) == 403);
  }
  request.origin.clear();
  for (const bytes_view site : {"cross-site", "same-site"}) {
    request.fetch_site = site;
    CHECK(status_of(request) == 403);
  }
}

TEST_CASE("a name that was bound to the node's address by somebody else is refused") {
  http_request request = fair_request();
  request.host = "evil.example:7480";
  request.origin = "http://evil.example:7480";
  request.fetch_site = "same-origin";
  const auto refused = refuse_stranger(request, names);
  REQUIRE(refused);
  CHECK(refused->status == 403);
  CHECK(refused->body.find("'evil.example:7480' is no name of this node") != bytes::npos);
}

TEST_CASE("what a form can send is refused") {
  http_request request = fair_request();
  for (const bytes_view type : {"", "text/plain", "application/x-www-form-urlencoded",
                                "multipart/form-data; boundary=x", "application/jsonp"}) {
    CAPTURE(type);
    request.content_type = type;
    CHECK(status_of(request) == 415);
  }
}

}  // namespace
}  // namespace comet::runtime
