#pragma once
// The files under RocksDB, so that a refused commit stays refused.
//
// RocksDB 7.8 writes a batch to its log, then syncs it, then shows it. When the sync fails the
// caller hears an error and reads do not see the batch, yet its record stands in the log and would
// come back at the next start. So the store tells this file system after each commit how much of
// the log is acknowledged, and after a failed one has the rest cut off. Used by rocks_store alone.

#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "store/rocks_store.hpp"

namespace comet::store {

/// Passes everything on to `target`, asks `fault` before each write, and knows the current log.
class rocks_files final : public rocksdb::FileSystemWrapper {
 public:
  rocks_files(const std::shared_ptr<rocksdb::FileSystem>& target, file_fault fault);

  const char* Name() const override { return "comet"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;

  /// Everything that the log holds is acknowledged.
  void acknowledge_log();
  /// Cuts off what stands in the log after the last acknowledged byte.
  result<void> cut_log();
  /// Whether a small file can be written and synced in `directory`; leaves nothing behind.
  result<void> probe(const std::string& directory);

  /// The error that the test's fault asks for, or OK.
  rocksdb::IOStatus fault_before(file_operation what, const std::string& path) const;

  /// How much of one log file has been written and acknowledged.
  struct log_extent {
    explicit log_extent(std::string path) : path(std::move(path)) {}
    const std::string path;
    std::atomic<std::uint64_t> written = 0;
    std::atomic<std::uint64_t> acknowledged = 0;
  };

 private:
  std::shared_ptr<log_extent> current_log();

  const file_fault fault_;
  std::mutex mutex_;
  std::shared_ptr<log_extent> log_;  ///< the newest log
};

/// Leaves recovery from failed writes to the store. RocksDB's own polls every five seconds, wants
/// 64 MB of free space, and in 7.8 can wait for ever for a flush that it has forgotten.
class store_recovers final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error,
                            bool* automatic) override;
};

/// `status` as ours. `what` says what did not happen, e.g. "commit to /data"; advice is added.
error error_of(const rocksdb::Status& status, const std::string& what);

}  // namespace comet::store
