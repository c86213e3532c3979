#include "store/rocks_tuning.hpp"

#include <catch2/catch_test_macros.hpp>

#include <rocksdb/cache.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "tests/unit/store/engines.hpp"

namespace comet::store {

using namespace testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("memory is bounded by the two sizes that are asked for", "[store]") {
  rocks_options wanted;
  wanted.cache_bytes = std::size_t{5} << 20U;
  wanted.memtable_bytes = std::size_t{3} << 20U;
  const auto options = tuned_for(wanted);
  CHECK(options.write_buffer_size == wanted.memtable_bytes);
  CHECK(options.max_write_buffer_number == 2);
  const auto* table = options.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
  REQUIRE(table != nullptr);
  CHECK(table->block_cache->GetCapacity() == wanted.cache_bytes);
  // What is not in the cache is not bounded by it.
  CHECK(table->cache_index_and_filter_blocks);
}

TEST_CASE("reading everything keeps to the cache's bound", "[store]") {
  const temporary_directory directory;
  rocks_options wanted;
  wanted.cache_bytes = std::size_t{1} << 20U;
  wanted.memtable_bytes = std::size_t{1} << 20U;
  const auto store = opened(directory.path(), wanted);
  for (int n = 0; n < 80; ++n) {
    batch changes;
    for (int i = 0; i < 100; ++i) {
      changes.put(std::to_string(n * 100 + i), bytes(1'000, static_cast<char>('a' + i % 26)));
    }
    REQUIRE(store->commit(changes).ok());
  }
  CHECK(all_of(*store).size() == 8'000);
  CHECK(store->memory_bytes() < (std::size_t{4} << 20U));
}

TEST_CASE("RocksDB's own log files do not pile up", "[store]") {
  const temporary_directory directory;
  for (int start = 0; start < 6; ++start) {
    REQUIRE(opened(directory.path())->commit(putting("key", std::to_string(start))).ok());
  }
  const std::filesystem::directory_iterator files(directory.path());
  const auto logs = std::count_if(begin(files), end(files), [](const auto& each) {
    return each.path().filename().string().starts_with("LOG");
  });
  CHECK(logs <= 2);
}

}  // namespace comet::store
