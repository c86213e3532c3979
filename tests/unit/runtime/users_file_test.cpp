#include "runtime/users_file.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "scratch_node.hpp"

namespace comet::runtime::test {
namespace {

/// A users file of this text and mode.
struct users_on_disk {
  scratch_directory directory;
  bytes path = directory.data();

  explicit users_on_disk(const bytes& text, mode_t mode = 0600) {
    std::ofstream{path} << text;
    REQUIRE(chmod(path.c_str(), mode) == 0);
  }
  [[nodiscard]] bytes problem() const {
    const auto read = read_users_file(path);
    REQUIRE_FALSE(read);
    CHECK(read.failure().code == errc::config);
    return read.failure().message;
  }
};

TEST_CASE("a private users file is read") {
  const users_on_disk file("user alice on nopass ~* &* +@all\n");
  const auto read = read_users_file(file.path);
  REQUIRE(read);
  CHECK((*read)->find("alice"));
  CHECK(read_users_file(users_on_disk("").path));
}

TEST_CASE("a users file that others can read or change is refused by its mode") {
  for (const mode_t mode : {0644, 0640, 0620, 0602, 0777})
    CHECK(users_on_disk("", mode).problem().find("others may read or change it (mode 0") !=
          bytes::npos);
}

TEST_CASE("what cannot be read, or has a fault, is named") {
  const scratch_directory empty;
  CHECK(read_users_file(empty.data()).failure().message ==
        "the users file " + empty.data() + " cannot be used: No such file or directory");
  CHECK(read_users_file("/").failure().message.find("it is not a file") != bytes::npos);
  const users_on_disk file("user a on\nuser b what\n");
  CHECK(file.problem() == file.path + ":2: user b: rule 'what': there is no rule 'what'");
}

}  // namespace
}  // namespace comet::runtime::test
