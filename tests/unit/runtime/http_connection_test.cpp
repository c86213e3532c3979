#include "runtime/http_connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <future>

namespace comet::runtime {
namespace {

using namespace std::chrono_literals;

/// Both ends of a connection: the server's, which is tested, and the client's.
struct pair_of_ends {
  explicit pair_of_ends(http_limits limits = {}) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    server = std::make_unique<http_connection>(ends[0], waiting, limits);
  }
  ~pair_of_ends() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  pair_of_ends(const pair_of_ends&) = delete;
  pair_of_ends& operator=(const pair_of_ends&) = delete;

  void send(bytes_view text) const {
    REQUIRE(::send(ends[1], text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }
  /// All that the server wrote, up to the end it sets with `shutdown`.
  [[nodiscard]] bytes received() const {
    ::shutdown(ends[0], SHUT_WR);
    bytes all;
    std::array<char, 4'096> buffer{};
    for (ssize_t n = 0; (n = ::recv(ends[1], buffer.data(), buffer.size(), 0)) > 0;)
      all.append(buffer.data(), static_cast<std::size_t>(n));
    return all;
  }
  /// As the library reads a head: byte by byte. The last result that was not a byte.
  bytes read_all() const {
    bytes all;
    char c = 0;
    while (server->read(&c, 1) == 1)
      all += c;
    return all;
  }

  std::array<int, 2> ends{-1, -1};
  waiting_clients waiting{1};
  std::unique_ptr<http_connection> server;
};

TEST_CASE("what a client sends is read, and what is answered reaches it") {
  pair_of_ends both;
  both.send("GET / HTTP/1.1\r\n\r\n");
  REQUIRE(both.server->await_request());
  ::shutdown(both.ends[1], SHUT_WR);
  CHECK(both.read_all() == "GET / HTTP/1.1\r\n\r\n");
  pair_of_ends fresh;
  CHECK(fresh.server->write("answer", 6) == 6);
  CHECK(fresh.received() == "answer");
}

TEST_CASE("a request that does not begin in time ends the connection") {
  pair_of_ends both({.idle_max = 1ms});
  CHECK_FALSE(both.server->await_request());
  CHECK(both.server->over());
}

TEST_CASE("a request whose bytes come too slowly ends the connection, however many have come") {
  pair_of_ends both({.request_max = 1ms});
  both.send("GET / HT");
  REQUIRE(both.server->await_request());
  CHECK(both.read_all().size() <= 8);
  CHECK(both.server->over());
}

TEST_CASE("a head that is too large is refused with 431, and nothing is written after it") {
  pair_of_ends both({.head_bytes_max = 64});
  both.send("GET / HTTP/1.1\r\nX: " + bytes(200, 'x') + "\r\n\r\n");
  REQUIRE(both.server->await_request());
  CHECK(both.read_all().size() <= 65);
  CHECK(both.server->write("more", 4) == -1);
  const bytes answer = both.received();
  CHECK(answer.starts_with("HTTP/1.1 431 "));
  const std::size_t body = answer.find("\r\n\r\n") + 4;
  CHECK(answer.find("Content-Length: " + std::to_string(answer.size() - body) + "\r\n") !=
        bytes::npos);
}

TEST_CASE("a body is no part of the head, and has a bound of its own") {
  pair_of_ends both({.head_bytes_max = 32, .request_bytes_max = 100});
  const bytes head = "POST / HTTP/1.1\r\nA: b\r\n\r\n";
  both.send(head + bytes(200, 'x'));
  REQUIRE(both.server->await_request());
  CHECK(both.read_all() == head + bytes(100 - head.size(), 'x'));
  CHECK_FALSE(both.server->over());  // it can still be told so
}

TEST_CASE("each request of a connection has bounds of its own") {
  pair_of_ends both({.head_bytes_max = 32});
  const bytes head = "GET / HTTP/1.1\r\n\r\n";
  for (int i = 0; i < 5; ++i)
    both.send(head);
  for (int i = 0; i < 5; ++i) {
    REQUIRE(both.server->await_request());
    for (std::size_t at = 0; at < head.size(); ++at) {
      char c = 0;
      REQUIRE(both.server->read(&c, 1) == 1);
    }
  }
}

TEST_CASE("a client that does not read its answer is let go") {
  pair_of_ends both({.answer_max = 1ms});
  const bytes much(std::size_t{8} << 20U, 'x');
  CHECK(both.server->write(much.data(), much.size()) == -1);
  CHECK(both.server->over());
}

TEST_CASE("the client that was waited for longest gives way") {
  waiting_clients waiting{1};
  waiting.came();
  pair_of_ends first;
  pair_of_ends second;
  const mono_time early{1s};
  REQUIRE(waiting.enter(second.ends[0], early + 1s, true));
  REQUIRE(waiting.enter(first.ends[0], early, false));
  waiting.came();  // one more than can be served
  char c = 0;
  CHECK(::recv(first.ends[1], &c, 1, MSG_DONTWAIT) == 0);
  CHECK(::recv(second.ends[1], &c, 1, MSG_DONTWAIT) < 0);
  waiting.leave(second.ends[0]);
  waiting.came();  // nobody is waited for
  CHECK(::recv(second.ends[1], &c, 1, MSG_DONTWAIT) < 0);
  REQUIRE(waiting.enter(second.ends[0], early, true));  // now somebody is, and too many are there
  CHECK(::recv(second.ends[1], &c, 1, MSG_DONTWAIT) == 0);
}

TEST_CASE("a server that ends waits for nobody's next request") {
  pair_of_ends both;
  auto waits = std::async(std::launch::async, [&] { return both.server->await_request(); });
  both.waiting.close();
  CHECK_FALSE(waits.get());
}

}  // namespace
}  // namespace comet::runtime
