#include "store/log_check.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/random.hpp"
#include "tests/unit/store/engines.hpp"

namespace comet::store {

using namespace testing;  // NOLINT(google-build-using-namespace)

namespace {

/// A store whose log holds one record a size, and that log as kill -9 leaves it.
class written_log {
 public:
  explicit written_log(const std::vector<std::size_t>& sizes) {
    rocks_options options;
    options.safety = durability::interval;
    store_ = opened(directory_.path(), options);
    const auto log = last_file(directory_.path(), ".log");
    for (const auto size : sizes) {
      starts.push_back(content_of(log).size());
      REQUIRE(
          store_->commit(putting("key" + std::to_string(starts.size()), bytes(size, 'v'))).ok());
    }
    content = content_of(log);
  }

  bytes content;
  std::vector<std::size_t> starts;

 private:
  temporary_directory directory_;
  std::unique_ptr<rocks_store> store_;
};

std::optional<log_damage> damage_of(bytes_view log) {
  log_reader reader;
  reader.read("log", log);
  return reader.damage();
}

bytes with_flipped_bit(bytes content, std::size_t at) {
  content[at] = static_cast<char>(content[at] ^ 16);
  return content;
}

// Records that begin and end in all ways: within a block, across one, across several, at its edge.
const std::vector<std::size_t> sizes = {100, 40'000, 1, 100'000, 25'000, 7'000, 100, 32'768, 50};

}  // namespace

TEST_CASE("a log that RocksDB wrote holds", "[store]") {
  CHECK_FALSE(damage_of(written_log(sizes).content));
  CHECK_FALSE(damage_of(""));
}

TEST_CASE("records that end near the end of a block hold", "[store]") {
  for (std::size_t short_of = 0; short_of < 24; ++short_of) {
    const written_log log({32'768 - 50 - short_of, 10, 10});
    CHECK_FALSE(damage_of(log.content));
  }
}

TEST_CASE("a log cut anywhere is torn, not damaged", "[store]") {
  const written_log log(sizes);
  for (std::size_t end = 0; end < log.content.size(); end += 61) {
    REQUIRE_FALSE(damage_of(bytes_view(log.content).substr(0, end)));
  }
}

TEST_CASE("zeros at the end are space never written", "[store]") {
  const written_log log({100, 100});
  CHECK_FALSE(damage_of(log.content + bytes(100'000, '\0')));
}

TEST_CASE("a flipped bit with records behind it is damage, told with what is lost", "[store]") {
  const written_log log(sizes);
  prng random(5);
  for (std::size_t record = 0; record + 1 < sizes.size(); ++record) {
    const auto start = log.starts[record];
    const auto size = log.starts[record + 1] - start;
    for (int i = 0; i < 20; ++i) {
      // In the payload: a length that no longer holds may hide the rest of its block.
      const auto at = start + 20 + random.below(size - 20);
      const auto damage = damage_of(with_flipped_bit(log.content, at));
      CAPTURE(record, at);
      REQUIRE(damage);
      CHECK(damage->file == "log");
      CHECK(damage->offset <= at);
      // Sequence numbers count from 1; before any record the expected one is not known.
      CHECK(damage->expected == (record == 0 ? 0 : record + 1));
      CHECK(damage->found > record + 1);
    }
  }
}

TEST_CASE("a flipped bit in the last record is a tear", "[store]") {
  const written_log log(sizes);
  for (auto at = log.starts.back(); at < log.content.size(); ++at) {
    REQUIRE_FALSE(damage_of(with_flipped_bit(log.content, at)));
  }
}

TEST_CASE("a tear that a restart went on behind is none", "[store]") {
  const written_log log({100, 100, 100, 100});
  const bytes_view content = log.content;
  log_reader reader;
  reader.read("old", content.substr(0, log.starts[2] + 30));
  reader.read("new", content.substr(log.starts[2]));
  CHECK_FALSE(reader.damage());
}

TEST_CASE("a log that lost its end, with another behind it, is damage", "[store]") {
  const written_log log({100, 100, 100, 100});
  const bytes_view content = log.content;
  log_reader reader;
  reader.read("old", content.substr(0, log.starts[1] + 30));
  reader.read("new", content.substr(log.starts[2]));
  REQUIRE(reader.damage());
  CHECK(reader.damage()->file == "old");
  CHECK(reader.damage()->expected == 2);
  CHECK(reader.damage()->found == 3);
}

TEST_CASE("a store of synced commits is not opened over a damaged log, unless told", "[store]") {
  const temporary_directory directory;
  const temporary_directory crashed;
  const auto copy = crashed.file("copy");
  rocks_options options;
  options.safety = durability::always;
  {
    const auto store = opened(directory.path(), options);
    for (int n = 0; n < 20; ++n) {
      REQUIRE(store->commit(putting("key" + std::to_string(n), bytes(5'000, 'v'))).ok());
    }
    copy_as_after_kill(directory.path(), copy);
  }
  const auto log = last_file(copy, ".log");
  const auto content = content_of(log);
  write_file(log, with_flipped_bit(content, content.size() / 2));
  const auto failure = refusal(rocks_store::open(copy, options));
  CHECK(failure.code == errc::corrupt);
  CHECK(failure.message.find(log) != bytes::npos);
  CHECK(failure.message.find("durability interval") != bytes::npos);

  options.safety = durability::interval;
  const auto kept = all_of(*opened(copy, options)).size();
  CHECK(kept > 5);
  CHECK(kept < 15);
}

}  // namespace comet::store
