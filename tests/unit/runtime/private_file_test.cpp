#include "runtime/private_file.hpp"

#include <sys/stat.h>

#include <fstream>

#include "scratch_node.hpp"

namespace comet::runtime::test {
namespace {

/// What reading a file of this text and mode gives; up to 8 bytes are allowed.
result<bytes> read_one(const bytes& text, mode_t mode) {
  const scratch_directory directory;
  std::ofstream{directory.data()} << text;
  REQUIRE(chmod(directory.data().c_str(), mode) == 0);
  return read_private_file("the list", directory.data(), 8);
}

TEST_CASE("a file of its owner alone is read whole") {
  CHECK(read_one("a\nb\n", 0600).value() == "a\nb\n");
  CHECK(read_one("", 0400).value().empty());
  CHECK(read_one("12345678", 0600).value().size() == 8);
}

TEST_CASE("a file that others can read or change is refused by its mode") {
  for (const mode_t mode : {0644, 0640, 0620, 0602, 0777}) {
    const auto read = read_one("x", mode);
    REQUIRE_FALSE(read);
    CHECK(read.failure().code == errc::config);
    CHECK(read.failure().message.find("others may read or change it (mode 0") != bytes::npos);
    CHECK(read.failure().message.ends_with("chmod 600 it"));
  }
}

TEST_CASE("what is no such file is named with the cause") {
  const scratch_directory empty;
  CHECK(read_private_file("the list", empty.data(), 8).failure().message ==
        "the list " + empty.data() + " cannot be used: No such file or directory");
  CHECK(read_private_file("the list", "/", 8).failure().message.find("it is not a file") !=
        bytes::npos);
  CHECK(read_one("123456789", 0600).failure().message.ends_with("it is over 8B"));
}

}  // namespace
}  // namespace comet::runtime::test
