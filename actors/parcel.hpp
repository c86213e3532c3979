#pragma once
// A batch on its way between actors: it has one owner at a time, and the type sees to it.
//
// CAF wants copyable message elements and copies when a message is shared. Two actors that hold the
// same batch are a data race in waiting, so copying a parcel that owns something ends the process;
// moving empties it. Handlers take a parcel by reference (`parcel<T>&`) and `take()` what it holds.

#include <memory>
#include <utility>

#include "base/check.hpp"

namespace comet::actors {

template <class T>
class parcel {
 public:
  /// Empty; CAF makes one before it assigns.
  parcel() = default;
  explicit parcel(T content) : content_(std::make_unique<T>(std::move(content))) {}
  ~parcel() = default;

  parcel(parcel&&) noexcept = default;
  parcel& operator=(parcel&&) noexcept = default;
  parcel(const parcel& other) { COMET_CHECK(!other.content_); }
  parcel& operator=(const parcel& other) {
    COMET_CHECK(!other.content_);
    content_.reset();
    return *this;
  }

  [[nodiscard]] bool empty() const { return !content_; }

  /// The content, once: the parcel is empty afterwards.
  T take() {
    COMET_CHECK(content_ != nullptr);
    return std::move(*std::exchange(content_, nullptr));
  }

 private:
  std::unique_ptr<T> content_;
};

}  // namespace comet::actors
