#include "actors/dialer.hpp"

#include <poll.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "actors/listener.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

/// Waits until the kernel knows.
result<void> outcome_of(const wire::endpoint& where) {
  auto fd = begin_dial(where);
  if (!fd) return std::move(fd.failure());
  pollfd waiting{*fd, POLLOUT, 0};
  REQUIRE(::poll(&waiting, 1, 10'000) == 1);
  auto outcome = dial_outcome(*fd, where);
  ::close(*fd);
  return outcome;
}

}  // namespace

TEST_CASE("a dialed node that listens is reached") {
  const auto socket = listening_socket::open({"127.0.0.1", 0});
  REQUIRE(socket.ok());
  CHECK(outcome_of(socket->local()).ok());
}

TEST_CASE("where nobody listens the outcome is an error that names the address") {
  std::uint16_t free_port = 0;
  {
    const auto socket = listening_socket::open({"127.0.0.1", 0});
    REQUIRE(socket.ok());
    free_port = socket->local().port;
  }
  const auto outcome = outcome_of({"127.0.0.1", free_port});
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.failure().code == errc::unavailable);
  CHECK(outcome.failure().message.find(std::to_string(free_port)) != bytes::npos);
}

TEST_CASE("what is no address is refused before anything is opened") {
  for (const auto& where : {wire::endpoint{"no.such.host", 1}, wire::endpoint{"", 1},
                            wire::endpoint{"127.0.0.1", 0}, wire::endpoint{"\x1b[2J", 7}}) {
    const auto fd = begin_dial(where);
    REQUIRE_FALSE(fd.ok());
    CHECK(fd.failure().code == errc::unavailable);
    CHECK(fd.failure().message.find('\x1b') == bytes::npos);
  }
}
