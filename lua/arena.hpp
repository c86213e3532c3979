#pragma once
// All memory of one Lua state, with an exact account and a limit.
//
// Small blocks (to 512 bytes) are cut from pages of a pool and reused by size class; larger ones
// come from the system. Destroying the arena returns everything at once, so a state is dropped
// without a walk over its objects. The account counts what Lua asked for, byte by byte.

#include <array>
#include <cstddef>

#include "lua/page_pool.hpp"

namespace comet::lua {

class arena {
 public:
  static constexpr std::size_t unlimited = ~std::size_t{0};

  explicit arena(page_pool& pages) : pages_(pages) {}
  ~arena();
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;

  /// As lua_Alloc: frees for `new_size` 0, else makes or resizes a block. Null when the account
  /// would pass the limit or the system has no memory; the old block is then untouched.
  void* reallocate(void* block, std::size_t old_size, std::size_t new_size) noexcept;

  void set_limit(std::size_t bytes) { limit_ = bytes; }
  void reset_peak() { peak_ = used_; }

  [[nodiscard]] std::size_t used() const { return used_; }  ///< bytes in live blocks
  [[nodiscard]] std::size_t peak() const { return peak_; }  ///< highest `used`
  [[nodiscard]] std::size_t limit() const { return limit_; }
  /// Bytes taken from the pool and the system, free ones included.
  [[nodiscard]] std::size_t held() const {
    return page_count_ * page_pool::page_bytes + large_bytes_;
  }

 private:
  static constexpr std::size_t unit = 16;
  static constexpr std::size_t small_max = 512;

  struct free_block {
    free_block* next;
  };
  /// Precedes a block from the system; all of them form a ring.
  struct large_block {
    large_block* previous;
    large_block* next;
    std::size_t size;
    std::size_t padding;  ///< keeps the block aligned to 16
  };

  static std::size_t units_of(std::size_t bytes) { return (bytes + unit - 1) / unit; }
  void* allocate(std::size_t bytes);
  void* allocate_small(std::size_t units);
  void* allocate_large(std::size_t bytes);
  void* resize_large(void* block, std::size_t new_size);
  void release(void* block, std::size_t bytes);
  void keep_free(void* block, std::size_t units);

  page_pool& pages_;
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::size_t limit_ = unlimited;
  std::byte* next_ = nullptr;  ///< unused rest of the newest page
  std::byte* end_ = nullptr;
  page_pool::page* first_page_ = nullptr;
  std::size_t page_count_ = 0;
  std::size_t large_bytes_ = 0;
  large_block large_{&large_, &large_, 0, 0};
  std::array<free_block*, small_max / unit + 1> free_{};  ///< by size in units
};

}  // namespace comet::lua
