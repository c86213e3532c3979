#pragma once
// The store on a disk: RocksDB 7.8, one directory a node, tuned for many records of 100 B to 1 kB.
//
// What it promises beyond the port:
//  - A commit that failed never comes back: not in reads, not after kill -9 and a restart.
//  - After a failed write (disk full, failing disk) reads go on. The next commit after the cause is
//    gone opens the database again under the same object, and succeeds. Before that it asks for
//    the free space it needs and writes a probe, so commits refused meanwhile are cheap.
//  - A log torn at its end by a crash is read up to the tear (RocksDB's point-in-time recovery).
//    A record is synced only after all before it, so a tear loses no synced commit. RocksDB's
//    other mode refuses to start over a record that is not cut cleanly, as power loss leaves them.
//    Damage elsewhere in a log cannot come from a crash under durability `always`; then opening is
//    refused (log_check).
//  - Durability `none` writes no log. A crash leaves a state that once was, up to two tables in
//    memory old; `sync` and closing write those tables.
//  - A flipped bit in a table is found by its checksum when read, and is errc::corrupt.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "store/store.hpp"

namespace comet::store {

/// Operations of files that a test may have fail.
enum class file_operation : std::uint8_t { create, append, sync };

/// For tests: asked before each operation; returns 0 to let it happen or an errno to fail it. May
/// be called from several threads.
using file_fault = std::function<int(file_operation what, bytes_view path)>;

struct rocks_options {
  durability safety = durability::interval;
  /// Memory for blocks of tables, indexes and filters; a bound. Filters take 1.25 bytes an object
  /// and must fit: 32 MB serve some 15 million objects.
  std::size_t cache_bytes = std::size_t{32} << 20U;
  /// One table in memory; two of them at most: one filling, one on its way to the disk.
  /// Small enough for the processor's cache: with 64 MB an insert takes 1.6 times as long.
  std::size_t memtable_bytes = std::size_t{16} << 20U;
  /// Open tables; each costs a descriptor and about 2 kB.
  int open_files = 512;
  file_fault fault;
};

class rocks_store : public store {
 public:
  /// Opens or creates the store in the directory `path`. Errors as `claim_directory`; in addition
  /// unavailable (another process has it open) and corrupt (RocksDB's own files are damaged).
  static result<std::unique_ptr<rocks_store>> open(const std::string& path,
                                                   const rocks_options& options);

  /// Memory that RocksDB accounts for: tables in memory, cached blocks, open tables.
  virtual std::uint64_t memory_bytes() = 0;
  /// Moves everything into sorted tables and merges them: for benchmarks and offline tools.
  virtual result<void> compact() = 0;
};

}  // namespace comet::store
