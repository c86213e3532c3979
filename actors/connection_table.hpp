#pragma once
// All connections of one I/O thread: found by handle in O(1), listed in the order of their ids.
//
// A handle is an index and a generation, so an answer that comes after its connection is gone finds
// nothing. A retired connection lives on until the multiplexer has let go of it (`bury`).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/connection.hpp"

namespace comet::actors {

class connection_table {
 public:
  connection_table() = default;
  ~connection_table();
  connection_table(const connection_table&) = delete;
  connection_table& operator=(const connection_table&) = delete;

  /// Session ids grow from one insertion to the next.
  connection& insert(std::unique_ptr<connection> one);
  /// Null: it is gone.
  [[nodiscard]] connection* find(std::uint64_t handle) const {
    const auto index = static_cast<std::size_t>(handle & 0xffff'ffffU);
    if (index >= slots_.size() || slots_[index].generation != handle >> 32U) return nullptr;
    return slots_[index].content.get();
  }
  [[nodiscard]] connection* find_session(wire::session_id id) const;
  /// It leaves the table; handles and ids find it no more.
  void retire(connection& gone);

  /// Destroys retired connections that are out of the loop; true: none is left. Call from a message
  /// handler of the I/O thread, where no event of the last poll is outstanding.
  bool bury();

  /// In order of id. Stays valid until the next insertion or retirement.
  [[nodiscard]] const std::vector<connection*>& all() const { return ordered_; }
  [[nodiscard]] std::size_t size() const { return ordered_.size(); }

 private:
  struct slot {
    std::unique_ptr<connection> content;
    std::uint32_t generation = 1;
  };

  [[nodiscard]] std::vector<connection*>::const_iterator place_of(wire::session_id id) const;

  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<connection*> ordered_;
  std::vector<std::unique_ptr<connection>> retired_;
};

}  // namespace comet::actors
