#include "lua/arena.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define COMET_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COMET_ASAN 1
#endif
#endif
#ifdef COMET_ASAN
#include <sanitizer/asan_interface.h>
#define COMET_POISON(start, size) ASAN_POISON_MEMORY_REGION(start, size)
#define COMET_UNPOISON(start, size) ASAN_UNPOISON_MEMORY_REGION(start, size)
#else
#define COMET_POISON(start, size) (static_cast<void>(start), static_cast<void>(size))
#define COMET_UNPOISON(start, size) (static_cast<void>(start), static_cast<void>(size))
#endif

namespace comet::lua {

arena::~arena() {
  for (page_pool::page* p = first_page_; p != nullptr; p = p->next)
    COMET_UNPOISON(p, page_pool::page_bytes);
  pages_.give_back(first_page_);
  for (large_block* block = large_.next; block != &large_;) {
    large_block* next = block->next;
    std::free(block);
    block = next;
  }
}

void* arena::reallocate(void* block, std::size_t old_size, std::size_t new_size) noexcept {
  if (block == nullptr) old_size = 0;  // Lua then passes the kind of object here
  if (new_size == 0) {
    if (block != nullptr) release(block, old_size);
    used_ -= old_size;
    return nullptr;
  }
  if (new_size > old_size && (used_ >= limit_ || new_size - old_size > limit_ - used_))
    return nullptr;
  void* moved = block;
  if (block == nullptr) {
    moved = allocate(new_size);
  } else if (old_size > small_max && new_size > small_max) {
    moved = resize_large(block, new_size);
  } else if (old_size > small_max || new_size > small_max ||
             units_of(old_size) != units_of(new_size)) {
    moved = allocate(new_size);
    if (moved != nullptr) {
      std::memcpy(moved, block, std::min(old_size, new_size));
      release(block, old_size);
    }
  }
  if (moved == nullptr) return nullptr;
  used_ += new_size - old_size;
  peak_ = std::max(peak_, used_);
  return moved;
}

void* arena::allocate(std::size_t bytes) {
  return bytes <= small_max ? allocate_small(units_of(bytes)) : allocate_large(bytes);
}

void* arena::allocate_small(std::size_t units) {
  if (free_block* reused = free_[units]; reused != nullptr) {
    COMET_UNPOISON(reused, units * unit);
    free_[units] = reused->next;
    return reused;
  }
  const std::size_t bytes = units * unit;
  if (static_cast<std::size_t>(end_ - next_) < bytes) {
    page_pool::page* fresh = pages_.take();
    if (fresh == nullptr) return nullptr;
    if (next_ != end_) keep_free(next_, static_cast<std::size_t>(end_ - next_) / unit);
    fresh->next = first_page_;
    first_page_ = fresh;
    ++page_count_;
    next_ = reinterpret_cast<std::byte*>(fresh) + unit;
    end_ = reinterpret_cast<std::byte*>(fresh) + page_pool::page_bytes;
  }
  void* cut = next_;
  next_ += bytes;
  return cut;
}

void* arena::allocate_large(std::size_t bytes) {
  void* memory = std::malloc(sizeof(large_block) + bytes);
  if (memory == nullptr) return nullptr;
  auto* block = new (memory) large_block{&large_, large_.next, bytes, 0};
  large_.next->previous = block;
  large_.next = block;
  large_bytes_ += sizeof(large_block) + bytes;
  return block + 1;
}

void* arena::resize_large(void* block, std::size_t new_size) {
  auto* old = static_cast<large_block*>(block) - 1;
  const std::size_t old_size = old->size;
  auto* moved = static_cast<large_block*>(std::realloc(old, sizeof(large_block) + new_size));
  if (moved == nullptr) return nullptr;
  moved->size = new_size;
  moved->previous->next = moved;
  moved->next->previous = moved;
  large_bytes_ += new_size - old_size;
  return moved + 1;
}

void arena::release(void* block, std::size_t bytes) {
  if (bytes <= small_max) {
    keep_free(block, units_of(bytes));
    return;
  }
  auto* large = static_cast<large_block*>(block) - 1;
  large->previous->next = large->next;
  large->next->previous = large->previous;
  large_bytes_ -= sizeof(large_block) + large->size;
  std::free(large);
}

void arena::keep_free(void* block, std::size_t units) {
  // A rest of a page may be longer than the longest class; a class never gets more than it needs.
  auto* at = static_cast<std::byte*>(block);
  while (units > 0) {
    const std::size_t part = std::min(units, small_max / unit);
    free_[part] = new (at) free_block{free_[part]};
    COMET_POISON(at, part * unit);
    at += part * unit;
    units -= part;
  }
}

}  // namespace comet::lua
