#include "runtime/network_secret.hpp"

#include <sys/stat.h>

#include <fstream>

#include "scratch_node.hpp"

namespace comet::runtime::test {
namespace {

result<bytes> secret_of(const bytes& text, mode_t mode = 0600) {
  const scratch_directory directory;
  std::ofstream{directory.data()} << text;
  REQUIRE(chmod(directory.data().c_str(), mode) == 0);
  return read_network_secret(directory.data());
}

bytes problem_of(const bytes& text, mode_t mode = 0600) {
  const auto secret = secret_of(text, mode);
  REQUIRE_FALSE(secret);
  CHECK(secret.failure().code == errc::config);
  return secret.failure().message;
}

bool has(const bytes& text, bytes_view part) {
  return text.find(part) != bytes::npos;
}

TEST_CASE("a secret is the bytes that its hexadecimal digits write") {
  CHECK(secret_of("000102030405060708090a0B0C0D0E0F").value() ==
        bytes{"\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf", 16});
  CHECK(secret_of(" " + bytes(64, 'a') + " \r\n\n").value() == bytes(32, '\xaa'));
}

TEST_CASE("a new secret is 32 random bytes and is read back") {
  const bytes one = new_network_secret();
  CHECK(one.size() == 65);
  CHECK(one != new_network_secret());
  CHECK(to_hex(secret_of(one).value()) + "\n" == one);
}

TEST_CASE("words, and what is too short to withstand guessing, are no secret") {
  CHECK(has(problem_of("correct horse battery staple zealously"),
            "has to hold 32 hexadecimal digits at least (16 random bytes); `comet secret FILE`"));
  CHECK(has(problem_of(bytes(30, 'a')), "(16 random bytes), it has 30; `comet secret FILE`"));
  CHECK(has(problem_of(""), ", it has 0; "));
  CHECK(has(problem_of(bytes(33, 'a')), "hexadecimal digits"));
}

TEST_CASE("a secret that others can read is none") {
  CHECK(problem_of(bytes(64, 'a'), 0640).ends_with("(mode 0640); chmod 600 it"));
}

TEST_CASE("a file that is not there is answered with how to make one") {
  const scratch_directory empty;
  const bytes path = empty.data();
  CHECK(read_network_secret(path).failure().message ==
        "the secret file " + path + " cannot be used: No such file or directory; `comet secret " +
            path + "` makes one for a new network, other nodes get a copy");
}

}  // namespace
}  // namespace comet::runtime::test
