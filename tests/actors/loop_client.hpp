#pragma once
// A client that talks to sockets of the same thread: it never blocks, what has not come is not
// there.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "base/bytes.hpp"

namespace comet::actors {

class loop_client {
 public:
  /// Takes a connected socket.
  explicit loop_client(int fd) : fd_(fd) {}
  /// To a listening socket of this machine; the kernel completes it without an accept.
  static loop_client to_port(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
    return loop_client{fd};
  }
  loop_client(loop_client&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  loop_client& operator=(loop_client&&) = delete;
  loop_client(const loop_client&) = delete;
  loop_client& operator=(const loop_client&) = delete;
  ~loop_client() { close(); }

  void send(bytes_view text) const { REQUIRE(offer(text) == text.size()); }
  /// How much of it the kernel took.
  [[nodiscard]] std::size_t offer(bytes_view text) const {
    const auto sent = ::send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  /// What has arrived; at most `limit` bytes.
  [[nodiscard]] bytes received(std::size_t limit = ~std::size_t{0}) const {
    bytes all;
    std::array<char, 4096> some{};
    while (all.size() < limit) {
      const auto wanted = std::min(some.size(), limit - all.size());
      const auto n = ::recv(fd_, some.data(), wanted, MSG_DONTWAIT);
      if (n <= 0) break;
      all.append(some.data(), static_cast<std::size_t>(n));
    }
    return all;
  }
  /// The other side closed, and everything it sent was received.
  [[nodiscard]] bool at_end() const {
    char one = 0;
    const auto n = ::recv(fd_, &one, 1, MSG_DONTWAIT | MSG_PEEK);
    return n == 0 || (n < 0 && errno != EAGAIN);
  }
  [[nodiscard]] int descriptor() const { return fd_; }
  void finish() const { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

}  // namespace comet::actors
