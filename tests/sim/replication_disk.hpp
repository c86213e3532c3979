#pragma once
// The disk of a simulated node: what it shows at once, and what is left of it after a crash.
//
// Listings and reads see every write. Writes become durable in their order, as many together as had
// come when the disk began to write; a crash keeps what is durable and perhaps a little more.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "object/replica/effects.hpp"

namespace comet::sim {

/// What is stored of one range.
struct range_image {
  std::map<bytes, object::replica::entry> entries;
  object::replica::range_register registered;

  friend bool operator==(const range_image&, const range_image&) = default;
};

class replication_disk {
 public:
  struct batch {
    std::size_t range = 0;
    std::uint64_t number = 0;
    bool wipe = false;
    std::vector<object::replica::written_entry> entries;
    std::optional<object::replica::range_register> registered;
  };

  explicit replication_disk(std::size_t ranges) : shown_(ranges), durable_(ranges) {}

  [[nodiscard]] const range_image& shown(std::size_t range) const { return shown_[range]; }
  [[nodiscard]] const range_image& durable(std::size_t range) const { return durable_[range]; }
  /// The first content of a range, durable.
  void found(std::size_t range, const object::replica::range_register& with);

  /// True: the disk is idle, and begins to write.
  bool write(batch what);
  /// What became durable. The disk is idle afterwards, unless `begin` says otherwise.
  std::vector<batch> end();
  bool begin();

  /// What came to the disk in the last moment, and nobody was told.
  std::vector<batch> crash(prng& chance);
  /// Nothing was ever written.
  void lose();
  /// Remembers what is durable now, for `put_back`.
  void keep_image() { kept_ = durable_; }
  [[nodiscard]] bool has_image() const { return !kept_.empty(); }
  void put_back();

 private:
  static void apply(const batch& what, range_image& to);

  std::vector<range_image> shown_;
  std::vector<range_image> durable_;
  std::vector<range_image> kept_;
  std::deque<batch> queue_;
  std::size_t writing_ = 0;  ///< of the queue, from its front
};

}  // namespace comet::sim
