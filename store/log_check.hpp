#pragma once
// Tells a torn log from a damaged one, before RocksDB reads it.
//
// RocksDB's point-in-time recovery stops at the first record that does not hold and drops the rest
// without a word. After a crash under durability `always` that is right: one commit at a time is
// written and synced, so only the last record can be torn. When a whole record with a later
// sequence number stands behind the tear, acknowledged commits lie between, and the disk has
// damaged them.
//
// The format is RocksDB's (db/log_format.h of 7.8): blocks of 32 KiB; in them fragments of CRC-32C
// (masked, 4 bytes), length (2), kind (1) and payload; a record's first bytes are its sequence
// number (8) and how many changes it holds (4), all little endian. Called by rocks_store.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace comet::store {

/// A place in a log behind which acknowledged changes are lost.
struct log_damage {
  std::string file;
  std::uint64_t offset = 0;    ///< of the first byte that does not hold
  std::uint64_t expected = 0;  ///< sequence number of the first change lost; 0 when not known
  std::uint64_t found = 0;     ///< sequence number of the first record that holds again
};

/// Follows the records of one log after another and compares their sequence numbers.
class log_reader {
 public:
  /// Reads a whole log; `name` is for the damage reported.
  void read(const std::string& name, bytes_view log);

  /// The first damage with whole records behind it. A tear at the end is none.
  [[nodiscard]] const std::optional<log_damage>& damage() const { return damage_; }

 private:
  struct fragment {
    std::uint8_t kind = 0;
    bytes_view payload;
    std::size_t size = 0;  ///< with its header; up to the end of the block when it does not hold
    bool holds = false;
  };
  static fragment fragment_at(bytes_view log, std::size_t offset);
  void take(const fragment& part, const std::string& name, std::size_t offset);
  void begin_record(const std::string& name, std::size_t offset);
  void tear(const std::string& name, std::size_t offset);

  std::optional<std::uint64_t> next_;  ///< sequence number that the next record should have
  std::optional<log_damage> torn_;     ///< the tear that no record stands behind so far
  std::optional<log_damage> damage_;
  bytes head_;           ///< first bytes of the record that is being read
  bool inside_ = false;  ///< between a record's first and last fragment
  std::size_t start_ = 0;
};

/// Checks the logs of a closed database, oldest first.
result<std::optional<log_damage>> find_log_damage(const std::string& directory);

}  // namespace comet::store
