#include "apps/comet/connection.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <thread>

namespace comet::client {
namespace {

using object::reply;
using namespace std::chrono_literals;

/// Takes one client, gives it `answers` one a request, keeps what it said, closes.
class scripted_server {
 public:
  explicit scripted_server(std::vector<bytes> answers)
      : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&where), size) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&where), &size) == 0);
    port_ = ntohs(where.sin_port);
    thread_ = std::thread([this, answers = std::move(answers)] { serve(answers); });
  }
  ~scripted_server() { finish(); }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  [[nodiscard]] runtime::address where() const { return {"127.0.0.1", port_}; }
  const std::vector<bytes>& heard() {
    finish();
    return heard_;
  }

 private:
  void serve(const std::vector<bytes>& answers) {
    const int client = accept(listener_, nullptr, nullptr);
    for (const bytes& answer : answers) {
      std::array<char, 1'024> buffer{};
      const ssize_t count = recv(client, buffer.data(), buffer.size(), 0);
      if (count <= 0) break;
      heard_.emplace_back(buffer.data(), static_cast<std::size_t>(count));
      send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    close(client);
  }
  void finish() {
    if (!thread_.joinable()) return;
    thread_.join();
    close(listener_);
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::vector<bytes> heard_;
  std::thread thread_;
};

TEST_CASE("a connection asks for RESP3 and then what it is told to ask") {
  scripted_server node({"%0\r\n", "$1\r\nv\r\n"});
  auto opened = connection::open(node.where());
  REQUIRE(opened.ok());
  CHECK(opened->ask({"GET", "k"}).value() == reply::bulk("v"));
  CHECK(node.heard()[0] == "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n");
  CHECK(node.heard()[1] == "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
}

TEST_CASE("a connection says who asks before anything else") {
  scripted_server node({"+OK\r\n", "%0\r\n"});
  REQUIRE(connection::open(node.where(), credentials{"anna", "pw"}).ok());
  CHECK(node.heard()[0] == "*3\r\n$4\r\nAUTH\r\n$4\r\nanna\r\n$2\r\npw\r\n");
}

TEST_CASE("a node that does not take the password is an error that names the user") {
  scripted_server node({"-WRONGPASS no\r\n"});
  const auto opened = connection::open(node.where(), credentials{"anna", "pw"});
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.failure() ==
        error{errc::no_auth, text_of(node.where()) + " does not let anna in: WRONGPASS no"});
}

TEST_CASE("a server without RESP3 is spoken to in RESP2") {
  scripted_server node({"-ERR unknown command\r\n", "*1\r\n:1\r\n"});
  auto opened = connection::open(node.where());
  REQUIRE(opened.ok());
  CHECK(opened->ask({"X"}).value() == reply::list({reply::number(1)}));
}

TEST_CASE("an error of the node is an answer, and pushes are passed over") {
  scripted_server node({"%0\r\n", ">1\r\n+news\r\n-BUSY later\r\n"});
  auto opened = connection::open(node.where());
  REQUIRE(opened.ok());
  const auto answer = opened->ask({"GET", "k"});
  REQUIRE(answer.ok());
  CHECK(answer->failed());
  CHECK(answer->text == "BUSY later");
}

TEST_CASE("a connection that is closed before the answer is an error") {
  scripted_server node({"%0\r\n", "$100\r\nhalf"});
  auto opened = connection::open(node.where());
  REQUIRE(opened.ok());
  const auto answer = opened->ask({"GET", "k"});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.failure() == error{errc::unavailable, "the connection to " + text_of(node.where()) +
                                                         " broke: it was closed by the node"});
}

TEST_CASE("a request may be sent first, and its answer received when it is there") {
  scripted_server node({"%0\r\n", "$1\r\nv\r\n"});
  auto opened = connection::open(node.where());
  REQUIRE(opened.ok());
  CHECK_FALSE(opened->answers_within(0ms));
  REQUIRE(opened->send({"GET", "k"}).ok());
  REQUIRE(opened->answers_within(60s));
  CHECK(opened->receive().value() == reply::bulk("v"));
}

TEST_CASE("a node that says nothing costs the patience that it is given, and no more") {
  const int silent = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  REQUIRE(bind(silent, reinterpret_cast<sockaddr*>(&where), size) == 0);
  REQUIRE(listen(silent, 1) == 0);
  REQUIRE(getsockname(silent, reinterpret_cast<sockaddr*>(&where), &size) == 0);
  const auto opened = connection::open({"127.0.0.1", ntohs(where.sin_port)}, {}, {1'000ms, 20ms});
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.failure().message.ends_with("broke: no answer within 20ms"));
  close(silent);
}

TEST_CASE("an address where nobody listens is an error that says what to do") {
  runtime::address where;
  {
    scripted_server gone({});
    where = gone.where();
    REQUIRE(connection::open(where).failure().code == errc::unavailable);
  }
  const auto opened = connection::open(where);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.failure() ==
        error{errc::unavailable,
              "cannot connect to " + text_of(where) +
                  ": Connection refused; start a node with `comet node`, or name another with "
                  "--node HOST:PORT"});
}

}  // namespace
}  // namespace comet::client
