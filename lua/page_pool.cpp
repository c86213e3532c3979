#include "lua/page_pool.hpp"

#include <new>

#include "base/check.hpp"

namespace comet::lua {

page_pool::~page_pool() {
  COMET_CHECK(in_use_ == 0);
}

page_pool::page* page_pool::take() {
  if (free_ == nullptr) {
    std::unique_ptr<std::byte[]> block(new (std::nothrow) std::byte[block_bytes]);
    if (!block) return nullptr;
    for (std::size_t at = block_bytes; at >= page_bytes; at -= page_bytes)
      free_ = new (block.get() + at - page_bytes) page{free_};
    blocks_.push_back(std::move(block));
  }
  page* taken = free_;
  free_ = taken->next;
  ++in_use_;
  return taken;
}

void page_pool::give_back(page* first) {
  while (first != nullptr) {
    page* next = first->next;
    first->next = free_;
    free_ = first;
    first = next;
    --in_use_;
  }
}

}  // namespace comet::lua
