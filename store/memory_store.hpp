#pragma once
// A store in this process's memory: for simulations, tests and nodes that keep nothing.
//
// It behaves as an engine on a disk does, faults included: a test makes it refuse commits or lose
// power at a chosen point, so what the layers above do then is tested without a disk. Every method
// may be called from any thread.

#include <map>
#include <shared_mutex>

#include "store/store.hpp"

namespace comet::store {

class memory_store final : public store {
 public:
  /// `safety` decides what `crash` loses. With anything but `always` each commit since the last
  /// sync keeps what it replaced, so whoever chooses it calls `sync` or accepts the memory.
  explicit memory_store(durability safety = durability::always) : safety_(safety) {}

  result<void> commit(const batch& changes) override;
  result<void> sync() override;
  result<std::optional<bytes>> load(bytes_view key) override;
  result<std::vector<std::optional<bytes>>> load_all(const std::vector<bytes>& keys) override;
  result<std::vector<entry>> scan(bytes_view from, bytes_view to, std::size_t limit) override;
  std::uint64_t disk_bytes() override { return 0; }
  disk_space space() override { return {}; }

  /// The next `count` commits after `spared` further ones fail with `why` and change nothing.
  void fail_commits(errc why, std::size_t count, std::size_t spared = 0);
  /// The next `count` syncs fail with `why`; what they should have made safe stays unsafe.
  void fail_syncs(errc why, std::size_t count);
  /// Power loss: everything committed and not safe is gone, as after a restart. Planned faults too.
  void crash();

  [[nodiscard]] std::size_t size() const;

 private:
  struct replaced {
    bytes key;
    std::optional<bytes> value;
  };
  struct planned_fault {
    errc why = errc::storage;
    std::size_t spared = 0;
    std::size_t count = 0;

    bool strikes();
  };

  void keep(const bytes& key);
  void apply(const batch::change& change);

  const durability safety_;
  mutable std::shared_mutex mutex_;
  std::map<bytes, bytes, std::less<>> entries_;
  std::vector<replaced> unsafe_;  ///< what to put back at a crash, newest last
  planned_fault commit_fault_;
  planned_fault sync_fault_;
};

}  // namespace comet::store
