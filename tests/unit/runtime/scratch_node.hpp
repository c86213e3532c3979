#pragma once
// A node in a directory of its own on free ports of loopback, and a client of few words.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "runtime/configuration.hpp"

namespace comet::runtime::test {

/// A directory that is gone at the end of the test.
class scratch_directory {
 public:
  scratch_directory() {
    bytes name = (std::filesystem::temp_directory_path() / "comet-node-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch_directory() { std::filesystem::remove_all(path_); }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  [[nodiscard]] bytes data() const { return (path_ / "data").string(); }

 private:
  std::filesystem::path path_;
};

/// A configuration for `data` on free ports, quiet, with a small store.
inline configuration told_to_use(const bytes& data) {
  configuration told;
  for (const auto& [name, value] : {std::pair<bytes, bytes>{"data", data},
                                    {"resp", "127.0.0.1:0"},
                                    {"http", "127.0.0.1:0"},
                                    {"confine", "no"},  // the tests' own process goes on
                                    {"log-level", "off"},
                                    {"workers", "1"},
                                    {"store-buffer-bytes", "1MB"}}) {
    REQUIRE(told.apply({name, value, "test"}).ok());
  }
  return told;
}

/// The first answer to an inline request, as far as one read gives it.
inline bytes ask(const address& node, const bytes& request) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(node.port);
  REQUIRE(inet_pton(AF_INET, node.host.c_str(), &where.sin_addr) == 1);
  REQUIRE(connect(client, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
  const bytes line = request + "\r\n";
  REQUIRE(send(client, line.data(), line.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(line.size()));
  std::array<char, 65'536> answer{};
  const ssize_t count = recv(client, answer.data(), answer.size(), 0);
  close(client);
  return {answer.data(), static_cast<std::size_t>(count < 0 ? 0 : count)};
}

}  // namespace comet::runtime::test
