#include "apps/comet/text_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>

namespace comet::client {
namespace {

class folder {
 public:
  folder() {
    bytes name = (std::filesystem::temp_directory_path() / "comet-files-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~folder() { std::filesystem::remove_all(path_); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  [[nodiscard]] bytes file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

mode_t mode_of(const bytes& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777U;
}

TEST_CASE("a secret is made for its owner alone, and never over another file") {
  const folder f;
  const bytes path = f.file("key");
  REQUIRE(write_new_secret(path, "one"));
  CHECK(mode_of(path) == 0600);
  CHECK(*read_secret(path) == "one");
  const auto again = write_new_secret(path, "two");
  REQUIRE_FALSE(again);
  CHECK(again.failure().message == "cannot write " + path + ": File exists");
  CHECK(*read_secret(path) == "one");
  REQUIRE(append_secret(path, "+"));
  CHECK(*read_secret(path) == "one+");
  REQUIRE(append_secret(f.file("fresh"), "x"));
  CHECK(mode_of(f.file("fresh")) == 0600);
}

TEST_CASE("a secret that others may read is refused") {
  const folder f;
  const bytes path = f.file("key");
  REQUIRE(write_text(path, "text"));
  REQUIRE(chmod(path.c_str(), 0640) == 0);
  CHECK(read_secret(path).failure().message ==
        "cannot use " + path + ": others may read or change it; chmod 600 it");
  CHECK(*read_text(path) == "text");
}

TEST_CASE("a text replaces a file whole") {
  const folder f;
  const bytes path = f.file("a.lua");
  REQUIRE(write_text(path, "a longer text"));
  REQUIRE(write_text(path, "short"));
  CHECK(*read_text(path) == "short");
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
  CHECK(write_text(f.file("absent/a"), "x").failure().code == errc::syntax);
  CHECK(read_text(f.file("absent")).failure().message.ends_with("No such file or directory"));
}

}  // namespace
}  // namespace comet::client
