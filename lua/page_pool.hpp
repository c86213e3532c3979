#pragma once
// Memory pages for the arenas of activated objects, kept for reuse.
//
// Activating and dropping an object would otherwise spend most of its time in the system's
// allocator and in first touches of fresh memory. A pool belongs to one worker (or test) and has to
// outlive its arenas; it is not thread safe. Blocks go back to the system when the pool ends.

#include <cstddef>
#include <memory>
#include <vector>

namespace comet::lua {

class page_pool {
 public:
  static constexpr std::size_t page_bytes = 2'048;

  /// First bytes of every page; arenas chain their pages with it.
  struct page {
    page* next;
  };

  page_pool() = default;
  page_pool(const page_pool&) = delete;
  page_pool& operator=(const page_pool&) = delete;
  ~page_pool();  ///< checks that all pages are back

  page* take();                 ///< null when the system has no memory
  void give_back(page* first);  ///< a chain

  [[nodiscard]] std::size_t pages_in_use() const { return in_use_; }
  [[nodiscard]] std::size_t bytes_held() const { return blocks_.size() * block_bytes; }

 private:
  static constexpr std::size_t block_bytes = 64 * page_bytes;

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  page* free_ = nullptr;
  std::size_t in_use_ = 0;
};

}  // namespace comet::lua
