#include "store/rocks_files.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/env.h>

#include "store/directory.hpp"

namespace comet::store {

namespace {

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

/// A file that asks the fault first and counts what a log has taken.
class watched_file final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  watched_file(std::unique_ptr<rocksdb::FSWritableFile> target, const rocks_files& files,
               std::string path, std::shared_ptr<rocks_files::log_extent> log)
      : FSWritableFileOwnerWrapper(std::move(target)),
        files_(files),
        path_(std::move(path)),
        log_(std::move(log)) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    auto status = files_.fault_before(file_operation::append, path_);
    if (!status.ok()) return status;
    status = FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (status.ok() && log_) log_->written += data.size();
    return status;
  }

  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    const auto status = files_.fault_before(file_operation::sync, path_);
    return status.ok() ? FSWritableFileOwnerWrapper::Sync(options, debug) : status;
  }

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    const auto status = files_.fault_before(file_operation::sync, path_);
    return status.ok() ? FSWritableFileOwnerWrapper::Fsync(options, debug) : status;
  }

 private:
  const rocks_files& files_;
  const std::string path_;
  const std::shared_ptr<rocks_files::log_extent> log_;  ///< none for other files
};

}  // namespace

rocks_files::rocks_files(const std::shared_ptr<rocksdb::FileSystem>& target, file_fault fault)
    : FileSystemWrapper(target), fault_(std::move(fault)) {}

rocksdb::IOStatus rocks_files::fault_before(file_operation what, const std::string& path) const {
  if (!fault_) return rocksdb::IOStatus::OK();
  const int failure = fault_(what, path);
  if (failure == 0) return rocksdb::IOStatus::OK();
  if (errc_of(failure) == errc::disk_full) {
    return rocksdb::IOStatus::NoSpace("asked for by a test in " + path, text_of(failure));
  }
  return rocksdb::IOStatus::IOError("asked for by a test in " + path, text_of(failure));
}

rocksdb::IOStatus rocks_files::NewWritableFile(const std::string& path,
                                               const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* file,
                                               rocksdb::IODebugContext* debug) {
  auto status = fault_before(file_operation::create, path);
  if (!status.ok()) return status;
  std::unique_ptr<rocksdb::FSWritableFile> made;
  status = FileSystemWrapper::NewWritableFile(path, options, &made, debug);
  if (!status.ok()) return status;

  std::shared_ptr<log_extent> log;
  if (path.ends_with(".log")) {
    log = std::make_shared<log_extent>(path);
    const std::lock_guard lock(mutex_);
    log_ = log;
  }
  if (log || fault_) {
    *file = std::make_unique<watched_file>(std::move(made), *this, path, std::move(log));
  } else {
    *file = std::move(made);
  }
  return status;
}

std::shared_ptr<rocks_files::log_extent> rocks_files::current_log() {
  const std::lock_guard lock(mutex_);
  return log_;
}

void rocks_files::acknowledge_log() {
  const std::lock_guard lock(mutex_);
  if (log_) log_->acknowledged.store(log_->written.load());
}

result<void> rocks_files::cut_log() {
  const auto log = current_log();
  if (!log) return {};
  const auto kept = static_cast<off_t>(log->acknowledged.load());
  // By name: RocksDB may have closed the file, and deleted it once all of it is in tables.
  if (::truncate(log->path.c_str(), kept) == 0 || errno == ENOENT) return {};
  const int failure = errno;
  return {errc_of(failure),
          fmt::format("cannot cut {} at byte {}: {}", log->path, kept, text_of(failure))};
}

result<void> rocks_files::probe(const std::string& directory) {
  const std::string path = directory + "/probe.tmp";
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = NewWritableFile(path, rocksdb::FileOptions{}, &file, nullptr);
  if (status.ok()) status = file->Append("probe", rocksdb::IOOptions{}, nullptr);
  if (status.ok()) status = file->Sync(rocksdb::IOOptions{}, nullptr);
  if (file) {
    const auto closed = file->Close(rocksdb::IOOptions{}, nullptr);
    if (status.ok()) status = closed;
    const auto deleted = DeleteFile(path, rocksdb::IOOptions{}, nullptr);
    if (status.ok()) status = deleted;
  }
  if (status.ok()) return {};
  return error_of(status, "a probe write in " + directory);
}

void store_recovers::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                       rocksdb::Status* error) {
  using rocksdb::BackgroundErrorReason;
  if (reason == BackgroundErrorReason::kCompaction && error->IsNoSpace()) {
    *error = rocksdb::Status::OK();  // it is tried again by itself and endangers nothing
  } else if (error->IsIOError()) {
    *error = rocksdb::Status(*error, rocksdb::Status::Severity::kHardError);  // can be resumed
  }
}

void store_recovers::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                                          rocksdb::Status /*error*/, bool* automatic) {
  *automatic = false;
}

error error_of(const rocksdb::Status& status, const std::string& what) {
  const std::string text = fmt::format("{} failed: {}", what, status.ToString());
  if (status.IsNoSpace()) {
    return {errc::disk_full, text + "; free disk space, writes then resume by themselves"};
  }
  if (status.IsCorruption()) {
    return {errc::corrupt, text + "; restore the directory from a copy or from other nodes"};
  }
  if (status.IsShutdownInProgress()) return {errc::shutting_down, text};
  return {errc::storage, text + "; see the disk's health in the system log"};
}

}  // namespace comet::store
