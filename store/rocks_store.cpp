#include "store/rocks_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/perf_level.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include <fmt/format.h>

#include "store/directory.hpp"
#include "store/log_check.hpp"
#include "store/rocks_files.hpp"
#include "store/rocks_tuning.hpp"

namespace comet::store {

namespace {

/// Space that recovery needs beyond what the tables in memory hold.
constexpr std::uint64_t recovery_margin = 1 << 20;
/// A batch buffer that one huge commit grew is not kept.
constexpr std::size_t kept_batch_bytes = 1 << 20;

rocksdb::Slice slice(bytes_view data) {
  return {data.data(), data.size()};
}

class open_store final : public rocks_store {
 public:
  open_store(std::string path, const rocks_options& options, bool fresh);

  rocksdb::Status open();

  result<void> commit(const batch& changes) override;
  result<void> sync() override;
  result<std::optional<bytes>> load(bytes_view key) override;
  result<std::vector<std::optional<bytes>>> load_all(const std::vector<bytes>& keys) override;
  result<std::vector<entry>> scan(bytes_view from, bytes_view to, std::size_t limit) override;
  std::uint64_t disk_bytes() override { return bytes_in_directory(path_); }
  disk_space space() override { return space_of_directory(path_); }
  std::uint64_t memory_bytes() override;
  result<void> compact() override;

 private:
  void order_changes(const batch& changes);
  rocksdb::Status fill_batch(const batch& changes);
  error refused(const rocksdb::Status& status);
  result<void> recover();
  result<void> reopen();
  [[nodiscard]] error failure_of(const rocksdb::Status& status, const char* what) const {
    return error_of(status, fmt::format("{} {}", what, path_));
  }
  /// A property of the open database; `handle_` is held or the caller holds `writer_`.
  [[nodiscard]] std::uint64_t number(const std::string& property) const {
    std::uint64_t n = 0;
    return db_ && db_->GetIntProperty(property, &n) ? n : 0;
  }
  [[nodiscard]] error closed() const {
    return {errc::storage, fmt::format("{} could not be opened again after its disk failed; it is "
                                       "tried with each write",
                                       path_)};
  }

  const std::string path_;
  const durability safety_;
  const std::shared_ptr<rocks_files> files_;
  const std::unique_ptr<rocksdb::Env> env_;
  rocksdb::Options settings_;
  rocksdb::WriteOptions write_options_;

  std::mutex writer_;                          ///< one commit or recovery at a time; before handle_
  rocksdb::WriteBatch batch_;                  ///< reused; guarded by writer_
  std::vector<const batch::change*> ordered_;  ///< scratch of `fill_batch`
  std::uint64_t acknowledged_ = 0;             ///< sequence of the last commit; guarded by writer_
  bool stopped_ = false;      ///< a write failed: recover first; guarded by writer_
  bool writable_ = false;     ///< db_ was not opened for reading only; guarded by writer_
  std::shared_mutex handle_;  ///< exclusive while db_ is replaced
  std::unique_ptr<rocksdb::DB> db_;
};

open_store::open_store(std::string path, const rocks_options& options, bool fresh)
    : path_(std::move(path)),
      safety_(options.safety),
      files_(std::make_shared<rocks_files>(rocksdb::FileSystem::Default(), options.fault)),
      env_(rocksdb::NewCompositeEnv(files_)),
      settings_(tuned_for(options)) {
  settings_.env = env_.get();
  settings_.create_if_missing = fresh;
  settings_.listeners.push_back(std::make_shared<store_recovers>());
  write_options_.sync = safety_ == durability::always;
  write_options_.disableWAL = safety_ == durability::none;
}

rocksdb::Status open_store::open() {
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(settings_, path_, &opened);
  if (!status.ok()) return status;
  db_.reset(opened);
  writable_ = true;
  settings_.create_if_missing = false;
  files_->acknowledge_log();
  return status;
}

/// The changes in the order of their keys, of each key the last: the table in memory goes on from
/// where the key before went in, which takes a fraction of the comparisons and cache misses of a
/// search from its top. A removal of ranges keeps its place among the others, so nothing is moved.
void open_store::order_changes(const batch& changes) {
  using change = batch::change;
  ordered_.clear();
  bool has_ranges = false;
  for (const auto& one : changes.changes) {
    has_ranges = has_ranges || one.what == change::kind::erase_range;
    ordered_.push_back(&one);
  }
  if (has_ranges) return;
  std::sort(ordered_.begin(), ordered_.end(), [](const change* a, const change* b) {
    const int order = a->key.compare(b->key);
    return order != 0 ? order < 0 : b < a;  // of one key the later first
  });
  const auto same_key = [](const change* a, const change* b) { return a->key == b->key; };
  ordered_.erase(std::unique(ordered_.begin(), ordered_.end(), same_key), ordered_.end());
}

rocksdb::Status open_store::fill_batch(const batch& changes) {
  if (batch_.GetDataSize() > kept_batch_bytes) batch_ = rocksdb::WriteBatch();
  batch_.Clear();
  order_changes(changes);
  rocksdb::Status status;
  for (const auto* change : ordered_) {
    switch (change->what) {
      case batch::change::kind::put:
        status = batch_.Put(slice(change->key), slice(change->value));
        break;
      case batch::change::kind::erase: status = batch_.Delete(slice(change->key)); break;
      case batch::change::kind::erase_range:
        if (change->key < change->value) {
          status = batch_.DeleteRange(slice(change->key), slice(change->value));
        }
        break;
    }
    if (!status.ok()) break;
  }
  return status;
}

result<void> open_store::commit(const batch& changes) {
  const std::lock_guard lock(writer_);
  if (stopped_) {
    if (auto recovered = recover(); !recovered) return recovered;
  }
  // Its counters, of this thread, are read by nobody, and are not free.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  auto status = fill_batch(changes);
  if (!status.ok()) return failure_of(status, "building a commit to");
  if (batch_.Count() == 0) return {};

  status = db_->Write(write_options_, &batch_);
  if (!status.ok()) return refused(status);
  files_->acknowledge_log();
  acknowledged_ = db_->GetLatestSequenceNumber();
  return {};
}

/// What a failed commit leaves: writes stopped, and nothing of it in the log.
error open_store::refused(const rocksdb::Status& status) {
  stopped_ = true;
  auto failure = failure_of(status, "a commit to");
  if (const auto cut = files_->cut_log(); !cut) {
    failure.message += "; and " + cut.failure().message +
                       ": if this process dies before writes resume, the refused commit may come "
                       "back at the next start";
  }
  return failure;
}

result<void> open_store::sync() {
  {
    const std::lock_guard lock(writer_);
    if (stopped_) return recover();  // which leaves everything in synced tables
    if (safety_ == durability::always) return {};
  }
  // Without the lock: commits go on while the disk works.
  rocksdb::Status status;
  {
    const std::shared_lock handle(handle_);
    if (!db_) return closed();
    status = safety_ == durability::none ? db_->Flush({}) : db_->SyncWAL();
  }
  if (status.ok()) return {};
  const std::lock_guard lock(writer_);
  stopped_ = true;
  return failure_of(status, "a sync of");
}

/// Makes the database take writes again, once the disk does.
result<void> open_store::recover() {
  const std::uint64_t wanted =
      number(rocksdb::DB::Properties::kCurSizeAllMemTables) + recovery_margin;
  const auto available = free_bytes(path_);
  if (!available) return available.failure();
  if (*available < wanted) {
    return {errc::disk_full,
            fmt::format("{} takes no writes: {} bytes are free and {} are needed to resume; free "
                        "disk space, writes then resume by themselves",
                        path_, *available, wanted)};
  }
  if (auto probed = files_->probe(path_); !probed) return probed;

  if (safety_ == durability::none && writable_) {
    // Without a log only flushes fail, and what they should have written is in memory only.
    if (const auto status = db_->Resume(); !status.ok()) {
      return failure_of(status, "resuming writes to");
    }
  }
  if (auto reopened = reopen(); !reopened) return reopened;
  stopped_ = false;
  return {};
}

/// The log holds exactly what was acknowledged, so opening again is a recovery as after a crash,
/// the best tested way there is. Readers wait meanwhile: a second or two for 128 MB of log.
result<void> open_store::reopen() {
  // Again, in case the failing disk refused it; closing only lengthens the log with zeros.
  if (auto cut = files_->cut_log(); !cut) return cut;
  const std::unique_lock handle(handle_);
  db_.reset();
  writable_ = false;
  if (const auto status = open(); !status.ok()) {
    rocksdb::DB* readable = nullptr;
    if (rocksdb::DB::OpenForReadOnly(settings_, path_, &readable).ok()) db_.reset(readable);
    return failure_of(status, "opening again");
  }
  const auto found = db_->GetLatestSequenceNumber();
  const auto expected = std::exchange(acknowledged_, found);
  if (found < expected) {
    stopped_ = false;
    return {errc::corrupt,
            fmt::format("{} lost {} acknowledged changes that its disk failed to keep; writes "
                        "resume; compare with other nodes and replace the disk",
                        path_, expected - found)};
  }
  return {};
}

result<std::optional<bytes>> open_store::load(bytes_view key) {
  const std::shared_lock handle(handle_);
  if (!db_) return closed();
  bytes value;
  const auto status = db_->Get(rocksdb::ReadOptions{}, slice(key), &value);
  if (status.ok()) return std::optional<bytes>{std::move(value)};
  if (status.IsNotFound()) return std::optional<bytes>{};
  return failure_of(status, "a load from");
}

result<std::vector<std::optional<bytes>>> open_store::load_all(const std::vector<bytes>& keys) {
  const std::shared_lock handle(handle_);
  if (!db_) return closed();
  std::vector<rocksdb::Slice> wanted(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(rocksdb::ReadOptions{}, db_->DefaultColumnFamily(), keys.size(), wanted.data(),
                found.data(), statuses.data());
  std::vector<std::optional<bytes>> values(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      values[i] = found[i].ToString();
    } else if (!statuses[i].IsNotFound()) {
      return failure_of(statuses[i], "a load from");
    }
  }
  return values;
}

result<std::vector<entry>> open_store::scan(bytes_view from, bytes_view to, std::size_t limit) {
  std::vector<entry> found;
  if (limit == 0) return found;
  const rocksdb::Slice end = slice(to);
  rocksdb::ReadOptions options;
  if (!to.empty()) options.iterate_upper_bound = &end;
  const std::shared_lock handle(handle_);
  if (!db_) return closed();
  const std::unique_ptr<rocksdb::Iterator> each(db_->NewIterator(options));
  for (each->Seek(slice(from)); each->Valid(); each->Next()) {
    found.emplace_back(each->key().ToString(), each->value().ToString());
    if (found.size() == limit) return found;
  }
  if (!each->status().ok()) return failure_of(each->status(), "a scan of");
  return found;
}

std::uint64_t open_store::memory_bytes() {
  const std::shared_lock handle(handle_);
  return number(rocksdb::DB::Properties::kSizeAllMemTables) +
         number(rocksdb::DB::Properties::kBlockCacheUsage) +
         number(rocksdb::DB::Properties::kEstimateTableReadersMem);
}

result<void> open_store::compact() {
  const std::shared_lock handle(handle_);
  if (!db_) return closed();
  const auto status = db_->CompactRange({}, nullptr, nullptr);
  if (!status.ok()) return failure_of(status, "compacting");
  return {};
}

error opening_error(const rocksdb::Status& status, const std::string& path) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("lock ") != std::string::npos) {
    return {errc::unavailable,
            fmt::format("{} is in use by another node ({}); stop that node or name another "
                        "directory",
                        path, text)};
  }
  if (status.IsPathNotFound()) {
    return {errc::corrupt,
            fmt::format("a file is missing in {}: {}; restore the whole directory", path, text)};
  }
  if (status.IsNotSupported() || status.IsInvalidArgument()) {
    return {errc::incompatible,
            fmt::format("this build cannot read {}: {}; use the build that wrote it", path, text)};
  }
  return error_of(status, "opening " + path);
}

result<void> refuse_damaged_log(const std::string& path) {
  const auto damage = find_log_damage(path);
  if (!damage) return damage.failure();
  if (!damage->has_value()) return {};
  const auto& at = **damage;
  return {errc::corrupt,
          fmt::format(
              "{} is damaged at byte {}: acknowledged changes from {} up to {} are lost; restore "
              "the directory, or start once with durability interval to accept the loss of "
              "everything from there on",
              at.file, at.offset, at.expected, at.found - 1)};
}

}  // namespace

result<std::unique_ptr<rocks_store>> rocks_store::open(const std::string& path,
                                                       const rocks_options& options) {
  const auto claimed = claim_directory(path);
  if (!claimed) return claimed.failure();
  if (options.safety == durability::always) {
    if (auto sound = refuse_damaged_log(path); !sound) return sound.failure();
  }

  auto made = std::make_unique<open_store>(path, options, *claimed == directory_state::fresh);
  if (const auto status = made->open(); !status.ok()) return opening_error(status, path);
  std::unique_ptr<rocks_store> store = std::move(made);
  return store;
}

}  // namespace comet::store
