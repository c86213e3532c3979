#include "store/rocks_tuning.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace comet::store {

namespace {

/// Few threads read, and a shard must hold more than one large block.
constexpr int cache_shard_bits = 2;

rocksdb::BlockBasedTableOptions tables(const rocks_options& wanted) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.block_size = 4 << 10;
  // A load of an absent key touches no block in 99 of 100 tables.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.optimize_filters_for_memory = true;
  // Indexes and filters live in the cache, so memory has one bound. Not in parts: that would make a
  // load half as slow again (4.5 to 5.9 us cached, 0.85 to 1.3 us for an absent key) and pays only
  // when the filters, 1.25 bytes an object, outgrow the cache.
  table.block_cache = rocksdb::NewLRUCache(wanted.cache_bytes, cache_shard_bits);
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

}  // namespace

rocksdb::Options tuned_for(const rocks_options& wanted) {
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(tables(wanted)));
  options.compression = rocksdb::kLZ4Compression;
  options.max_open_files = wanted.open_files;

  // One thread writes, so the table in memory needs no locks and writes no queue.
  options.write_buffer_size = wanted.memtable_bytes;
  options.max_write_buffer_number = 2;
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;

  // One flush and one compaction at a time: two threads, created once.
  options.max_background_jobs = 2;
  options.max_subcompactions = 1;
  options.level_compaction_dynamic_level_bytes = true;
  options.bytes_per_sync = 1 << 20;  // tables reach the disk steadily, not in one burst

  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.paranoid_checks = true;
  options.avoid_flush_during_shutdown = false;
  options.max_bgerror_resume_count = 0;  // the store resumes

  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = 1 << 20;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

}  // namespace comet::store
