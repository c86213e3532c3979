#pragma once
// Which executor gets which work: a key always goes to the same one, and so does a turn. Pure.
//
// The reactor adds what the shard ordered in a poll round and takes one batch an executor. Turns
// are numbered by the shard; only those that wait for an answer are remembered here, and only when
// there is a choice.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "object/exchange.hpp"

namespace comet::actors {

class work_dispatcher {
 public:
  /// `executors` > 0.
  explicit work_dispatcher(std::size_t executors) : lanes_(executors) {}

  [[nodiscard]] std::size_t executors() const { return lanes_.size(); }
  [[nodiscard]] std::size_t executor_of(bytes_view key) const;

  /// Takes the items in order. An answer to a turn that is gone goes nowhere.
  void add(std::vector<object::work> items);
  /// Notes that the shard folds `batch` of `executor`; call it with each one, in order.
  void fold(std::size_t executor, const object::outcome_batch& batch);
  /// What is for `executor`, if anything.
  std::optional<object::work_batch> take(std::size_t executor);
  /// As `take`, but also to tell an idle executor what was folded since its last batch.
  std::optional<object::work_batch> take_acknowledgement(std::size_t executor);

 private:
  struct lane {
    object::work_batch batch;
    std::uint64_t told = 0;  ///< the `folded` of the batch taken last
  };

  std::vector<lane> lanes_;
  std::unordered_map<std::uint64_t, std::size_t> waiting_turns_;
};

}  // namespace comet::actors
