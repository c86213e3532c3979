#pragma once
// The store port: an ordered map of bytes with atomic batches. It decides nothing.
//
// Keys and values are laid out by object/layout; engines only keep them. `commit` is called by one
// thread at a time (the store writer); `load` and `scan` may run at the same time from another and
// see a batch whole or not at all; so may `sync`. Every engine passes tests/unit/store/store_test.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/change_batch.hpp"
#include "base/result.hpp"

namespace comet::store {

/// When an acknowledged commit is safe.
enum class durability : std::uint8_t {
  none,      ///< in this process's memory: a crash may lose it
  interval,  ///< in the operating system: survives kill -9, power loss may take a second
  always,    ///< on the disk: survives power loss
};

using batch = change_batch;
using entry = std::pair<bytes, bytes>;

/// Of the disk that an engine writes to; zeros in memory.
struct disk_space {
  std::uint64_t free_bytes = 0;  ///< that this process may use
  std::uint64_t total_bytes = 0;
};

class store {
 public:
  store() = default;
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  virtual ~store() = default;

  /// Applies all changes or none. When it returns, they are as safe as the engine's durability
  /// says. Fails with errc::disk_full or errc::storage; the engine stays usable for reads and a
  /// later commit may succeed again.
  virtual result<void> commit(const batch& changes) = 0;

  /// Makes everything committed so far safe against power loss (durability `interval`, shutdown).
  virtual result<void> sync() = 0;

  virtual result<std::optional<bytes>> load(bytes_view key) = 0;
  /// As `load` of each key, in order, at once.
  virtual result<std::vector<std::optional<bytes>>> load_all(const std::vector<bytes>& keys) = 0;

  /// Entries with from <= key < to in key order, at most `limit`. An empty `to` means no end.
  virtual result<std::vector<entry>> scan(bytes_view from, bytes_view to, std::size_t limit) = 0;

  /// Bytes on disk (0 in memory); for INFO and metrics.
  virtual std::uint64_t disk_bytes() = 0;
  /// Likewise; zeros when the system does not say.
  virtual disk_space space() = 0;
};

}  // namespace comet::store
