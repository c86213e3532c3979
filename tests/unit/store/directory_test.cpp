#include "store/directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tests/unit/store/engines.hpp"

namespace comet::store {

using namespace testing;  // NOLINT(google-build-using-namespace)

namespace {

/// Fails the test with the whole message when the words are not in it.
void must_say(const error& failure, bytes_view words) {
  CAPTURE(failure.message, words);
  CHECK(failure.message.find(words) != bytes::npos);
}

directory_state claimed(const std::string& path) {
  const auto state = claim_directory(path);
  INFO((state.ok() ? bytes{} : state.failure().message));
  REQUIRE(state.ok());
  return *state;
}

}  // namespace

TEST_CASE("a directory is created with its parents and says what it is", "[store]") {
  const temporary_directory directory;
  const auto path = directory.file("a/b/c");
  CHECK(claimed(path) == directory_state::fresh);
  CHECK(content_of(path + "/FORMAT") == "comet store\nformat 1\n");
  CHECK(claimed(path) == directory_state::fresh);
  CHECK_FALSE(std::filesystem::exists(path + "/FORMAT.tmp"));
}

TEST_CASE("an empty directory is taken, as is one whose creation was cut short", "[store]") {
  const temporary_directory directory;
  write_file(directory.file("FORMAT.tmp"), "comet st");
  std::filesystem::create_directory(directory.file("lost+found"));
  CHECK(claimed(directory.path()) == directory_state::fresh);
}

TEST_CASE("a directory with an engine's files is in use", "[store]") {
  const temporary_directory directory;
  CHECK(claimed(directory.path()) == directory_state::fresh);
  write_file(directory.file("CURRENT"), "MANIFEST-000001\n");
  CHECK(claimed(directory.path()) == directory_state::used);
}

TEST_CASE("a directory of something else is refused and left as it was", "[store]") {
  const temporary_directory directory;
  write_file(directory.file("thesis.tex"), "\\begin");
  const auto failure = refusal(claim_directory(directory.path()));
  CHECK(failure.code == errc::incompatible);
  must_say(failure, directory.path());
  must_say(failure, "thesis.tex");
  CHECK_FALSE(std::filesystem::exists(directory.file("FORMAT")));
}

TEST_CASE("another engine's directory is refused", "[store]") {
  const temporary_directory directory;
  write_file(directory.file("CURRENT"), "MANIFEST-000001\n");
  CHECK(refusal(claim_directory(directory.path())).code == errc::incompatible);
}

TEST_CASE("a newer format is refused with both versions", "[store]") {
  const temporary_directory directory;
  write_file(directory.file("FORMAT"), "comet store\nformat 7\n");
  const auto failure = refusal(claim_directory(directory.path()));
  CHECK(failure.code == errc::incompatible);
  must_say(failure, "format 7");
  must_say(failure, "up to format 1");
}

TEST_CASE("a FORMAT of another product or without sense is refused", "[store]") {
  const temporary_directory directory;
  const auto code_for = [&](bytes_view content) {
    write_file(directory.file("FORMAT"), content);
    return refusal(claim_directory(directory.path())).code;
  };
  CHECK(code_for("") == errc::incompatible);
  CHECK(code_for("other product\nformat 1\n") == errc::incompatible);
  CHECK(code_for("comet store") == errc::incompatible);
  CHECK(code_for("comet store\n") == errc::corrupt);
  CHECK(code_for("comet store\nformat\n") == errc::corrupt);
  CHECK(code_for("comet store\nformat x\n") == errc::corrupt);
  CHECK(code_for("comet store\nformat 0\n") == errc::corrupt);
  CHECK(code_for("comet store\nformat -1\n") == errc::corrupt);
  CHECK(code_for("comet store\nformat 1") == errc::corrupt);
  CHECK(code_for("comet store\nformat 1x\n") == errc::corrupt);
  CHECK(code_for("comet store\nformat 99999999999999\n") == errc::corrupt);
}

TEST_CASE("tables without the file that names them are damage, never a fresh start", "[store]") {
  const temporary_directory directory;
  claimed(directory.path());
  write_file(directory.file("000012.sst"), "table");
  const auto failure = refusal(claim_directory(directory.path()));
  CHECK(failure.code == errc::corrupt);
  must_say(failure, "CURRENT");
}

TEST_CASE("a file in the place of the directory is refused", "[store]") {
  const temporary_directory directory;
  write_file(directory.file("data"), "");
  CHECK(refusal(claim_directory(directory.file("data"))).code == errc::config);
  CHECK(refusal(claim_directory(directory.file("data/below"))).code != errc::internal);
}

TEST_CASE("a directory that may not be written is refused with what to do", "[store]") {
  const temporary_directory directory;
  const auto path = directory.file("theirs");
  std::filesystem::create_directory(path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  // Permissions bind no privileged user, so a child without privileges tries.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    const auto state = claim_directory(path);
    const bool refused = !state.ok() && state.failure().code == errc::config &&
                         state.failure().message.find("writable") != bytes::npos;
    ::_exit(refused ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("the bytes of a directory are those of its files", "[store]") {
  const temporary_directory directory;
  CHECK(bytes_in_directory(directory.path()) == 0);
  write_file(directory.file("a"), bytes(1000, 'a'));
  write_file(directory.file("b"), bytes(24, 'b'));
  std::filesystem::create_directory(directory.file("below"));
  CHECK(bytes_in_directory(directory.path()) == 1024);
  CHECK(bytes_in_directory(directory.file("absent")) == 0);
}

TEST_CASE("free space is known of what exists", "[store]") {
  const temporary_directory directory;
  CHECK(free_bytes(directory.path()).ok());
  CHECK(refusal(free_bytes(directory.file("absent"))).code == errc::storage);
  const auto space = space_of_directory(directory.path());
  CHECK(space.free_bytes > 0);
  CHECK(space.free_bytes <= space.total_bytes);
  CHECK(space_of_directory(directory.file("absent")).total_bytes == 0);
}

TEST_CASE("no space and no quota are a full disk, other failures are the storage's", "[store]") {
  CHECK(errc_of(ENOSPC) == errc::disk_full);
  CHECK(errc_of(EDQUOT) == errc::disk_full);
  CHECK(errc_of(EIO) == errc::storage);
}

}  // namespace comet::store
