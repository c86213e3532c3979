// What RocksDB adds to the port: refusal at opening, what a crash leaves, damage found.

#include "store/rocks_store.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdlib>

#include "tests/unit/store/engines.hpp"

namespace comet::store {

using namespace testing;  // NOLINT(google-build-using-namespace)

namespace {

rocks_options with(durability safety) {
  rocks_options options;
  options.safety = safety;
  return options;
}

bytes numbered(int n) {
  bytes digits = std::to_string(n);
  return bytes(8 - digits.size(), '0') + digits;
}

/// Commits numbered(first) ... numbered(last - 1), each with a value of `size` bytes.
void commit_numbers(store& to, int first, int last, std::size_t size = 100) {
  for (int n = first; n < last; ++n) {
    REQUIRE(to.commit(putting(numbered(n), bytes(size, 'v'))).ok());
  }
}

/// How many of numbered(0), numbered(1), ... are there before the first that is not.
int length_of_prefix(store& in) {
  int n = 0;
  for (const auto& [key, value] : all_of(in)) {
    if (key != numbered(n)) break;
    ++n;
  }
  return n;
}

void flip_bit(const std::string& file, std::size_t at) {
  bytes content = content_of(file);
  REQUIRE(at < content.size());
  content[at] = static_cast<char>(content[at] ^ 4);
  write_file(file, content);
}

error opening_error(const std::string& path, const rocks_options& options = {}) {
  return refusal(rocks_store::open(path, options));
}

/// Fails the test with the whole message when the words are not in it.
void must_say(const error& failure, bytes_view words) {
  CAPTURE(failure.message, words);
  CHECK(failure.message.find(words) != bytes::npos);
}

}  // namespace

TEST_CASE("a second opening of an open store is refused", "[store]") {
  const temporary_directory directory;
  const auto first = opened(directory.path());
  const auto failure = opening_error(directory.path());
  CHECK(failure.code == errc::unavailable);
  must_say(failure, "in use");
  CHECK(first->commit(putting("a", "1")).ok());
}

TEST_CASE("a directory that was refused by its FORMAT is not opened", "[store]") {
  const temporary_directory directory;
  write_file(directory.file("FORMAT"), "comet store\nformat 2\n");
  CHECK(opening_error(directory.path()).code == errc::incompatible);
  CHECK_FALSE(std::filesystem::exists(directory.file("CURRENT")));
}

TEST_CASE("a damaged or missing manifest is refused", "[store]") {
  const temporary_directory directory;
  commit_numbers(*opened(directory.path()), 0, 10);
  std::string name;
  for (const auto& each : std::filesystem::directory_iterator(directory.path())) {
    if (each.path().filename().string().starts_with("MANIFEST-")) name = each.path().string();
  }
  REQUIRE_FALSE(name.empty());
  SECTION("damaged") {
    flip_bit(name, content_of(name).size() / 2);
    CHECK(opening_error(directory.path()).code == errc::corrupt);
  }
  SECTION("missing") {
    std::filesystem::remove(name);
    const auto failure = opening_error(directory.path());
    CHECK(failure.code == errc::corrupt);
    must_say(failure, "MANIFEST");
  }
}

TEST_CASE("a missing table is refused and named", "[store]") {
  const temporary_directory directory;
  {
    const auto store = opened(directory.path());
    commit_numbers(*store, 0, 100);
    REQUIRE(store->compact().ok());
  }
  const auto table = last_file(directory.path(), ".sst");
  std::filesystem::remove(table);
  const auto failure = opening_error(directory.path());
  CHECK(failure.code == errc::corrupt);
  must_say(failure, std::filesystem::path(table).stem().string());
}

TEST_CASE("a flipped bit in a table is found when it is read", "[store]") {
  const temporary_directory directory;
  {
    const auto store = opened(directory.path());
    commit_numbers(*store, 0, 1000);
    REQUIRE(store->compact().ok());
  }
  const auto table = last_file(directory.path(), ".sst");
  flip_bit(table, 100);  // in the first block
  const auto store = opened(directory.path());
  const auto failure = refusal(store->load(numbered(0)));
  CHECK(failure.code == errc::corrupt);
  must_say(failure, std::filesystem::path(table).stem().string());
  CHECK(refusal(store->scan("", "", 10)).code == errc::corrupt);
  CHECK(refusal(store->load_all({numbered(0)})).code == errc::corrupt);
  // Other blocks are read as before.
  CHECK(store->load(numbered(999)).ok());
}

TEST_CASE("a log torn at its end is read up to the tear", "[store]") {
  const auto safety = GENERATE(durability::interval, durability::always);
  const temporary_directory directory;
  const temporary_directory crashed;
  const auto copy = crashed.file("copy");
  {
    const auto store = opened(directory.path(), with(safety));
    commit_numbers(*store, 0, 200);
    REQUIRE(store->sync().ok());
    copy_as_after_kill(directory.path(), copy);
  }
  const auto log = last_file(copy, ".log");
  const auto content = content_of(log);
  const auto record = content.size() / 200;

  SECTION("cut at any byte of the last records") {
    for (std::size_t cut = 1; cut < 3 * record; cut += 7) {
      copy_as_after_kill(directory.path(), copy);
      write_file(log, bytes_view(content).substr(0, content.size() - cut));
      const auto store = opened(copy, with(safety));
      const auto lost = static_cast<int>((cut + record - 1) / record);
      REQUIRE(length_of_prefix(*store) == 200 - lost);
      REQUIRE(store->commit(putting(numbered(200 - lost), "again")).ok());
    }
  }
  SECTION("a flipped bit in the last record") {
    flip_bit(log, content.size() - 5);
    CHECK(length_of_prefix(*opened(copy, with(safety))) == 199);
  }
  SECTION("the end never reached the disk: zeros") {
    write_file(log, content.substr(0, content.size() - record) + bytes(record, '\0'));
    CHECK(length_of_prefix(*opened(copy, with(safety))) == 199);
  }
}

TEST_CASE("everything acknowledged is there after kill -9", "[store]") {
  const auto safety = GENERATE(durability::interval, durability::always);
  const temporary_directory directory;
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // A process of its own: RocksDB's threads do not survive a fork.
    ::dup2(pipe[1], 3);
    ::setenv("COMET_TEST_DIRECTORY", directory.path().c_str(), 1);
    ::setenv("COMET_TEST_SAFETY", safety == durability::always ? "always" : "interval", 1);
    ::execl("/proc/self/exe", "store_writer", "[.store_writer]", nullptr);
    ::_exit(127);
  }
  ::close(pipe[1]);
  const int enough = safety == durability::always ? 200 : 5000;
  int acknowledged = 0;
  while (acknowledged < enough) {
    std::array<char, 64> acks{};
    const auto got = ::read(pipe[0], acks.data(), acks.size());
    if (got <= 0) break;
    acknowledged += static_cast<int>(got);
  }
  REQUIRE(::kill(child, SIGKILL) == 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  // What it had acknowledged before it died.
  for (std::array<char, 64> acks{};;) {
    const auto got = ::read(pipe[0], acks.data(), acks.size());
    if (got <= 0) break;
    acknowledged += static_cast<int>(got);
  }
  ::close(pipe[0]);
  CHECK(WIFSIGNALED(status));
  CHECK(acknowledged >= enough);
  const auto store = opened(directory.path(), with(safety));
  const int kept = length_of_prefix(*store);
  CHECK(kept >= acknowledged);
  CHECK(kept <= acknowledged + 1);
  CHECK(all_of(*store).size() == static_cast<std::size_t>(kept));
}

// The process that the test above kills: one byte to descriptor 3 for each commit.
TEST_CASE("a writer acknowledges each commit until it is killed", "[.store_writer]") {
  const char* path = std::getenv("COMET_TEST_DIRECTORY");
  const char* safety = std::getenv("COMET_TEST_SAFETY");
  if (path == nullptr || safety == nullptr) SKIP("started by another test only");
  rocks_options options =
      with(bytes_view(safety) == "always" ? durability::always : durability::interval);
  options.memtable_bytes = std::size_t{64} << 10U;  // so that logs change under it
  const auto store = opened(path, options);
  for (int n = 0;; ++n) {
    REQUIRE(store->commit(putting(numbered(n), bytes(100, 'v'))).ok());
    REQUIRE(::write(3, "+", 1) == 1);
  }
}

TEST_CASE("without a log a commit is safe after a sync, and a crash leaves a prefix", "[store]") {
  const temporary_directory directory;
  const temporary_directory crashed;
  const auto store = opened(directory.path(), with(durability::none));
  commit_numbers(*store, 0, 100);
  REQUIRE(store->sync().ok());
  commit_numbers(*store, 100, 150);
  copy_as_after_kill(directory.path(), crashed.file("copy"));
  const int kept = length_of_prefix(*opened(crashed.file("copy"), with(durability::none)));
  CHECK(kept >= 100);
  CHECK(kept <= 150);
}

TEST_CASE("the store can be opened with another durability than it was written with", "[store]") {
  const temporary_directory directory;
  commit_numbers(*opened(directory.path(), with(durability::none)), 0, 50);
  commit_numbers(*opened(directory.path(), with(durability::always)), 50, 100);
  CHECK(length_of_prefix(*opened(directory.path(), with(durability::interval))) == 100);
}

TEST_CASE("sizes on disk and in memory are told", "[store]") {
  const temporary_directory directory;
  const auto store = opened(directory.path());
  const auto before = store->disk_bytes();
  commit_numbers(*store, 0, 1000);
  CHECK(store->disk_bytes() > before + 100'000);
  CHECK(store->memory_bytes() > 100'000);
}

}  // namespace comet::store
