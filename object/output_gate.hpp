#pragma once
// The output gate: keeps an answer back until the write that justifies it is durable.
//
// A client must never learn what a crash may undo. So the shard decides and goes on at once, and
// what leaves the node (answers, publications), reads of a value not yet durable included, waits
// here for the number of the write it depends on. Writes are numbered in order and become durable
// in order. The idea is that of Cloudflare's Durable Objects ("input and output gates", 2021).
//
// Held things come out in the order of their numbers, those of one number in the order they came
// in. What depends on a write older than others already waited for (a read of an older pending
// value) is the rare case and costs O(log n), all else O(1).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "base/check.hpp"

namespace comet::object {

template <class Held>
class output_gate {
 public:
  /// Holds `what` until write `number` is durable. `number` is over every number released before.
  void hold(std::uint64_t number, Held what) {
    COMET_CHECK(number > durable_);
    if (number >= newest_) {
      newest_ = number;
      in_order_.push_back({number, 0, std::move(what)});
    } else {
      late_.push_back({number, arrivals_++, std::move(what)});
      std::push_heap(late_.begin(), late_.end(), comes_later);
    }
  }

  /// All writes up to `number` are durable: moves what waited for them to the end of `out`.
  void release(std::uint64_t number, std::vector<Held>& out) {
    durable_ = std::max(durable_, number);
    for (;;) {
      // At one number, what came in order was there first.
      const bool late_first =
          !late_.empty() && (in_order_.empty() || late_.front().number < in_order_.front().number);
      if (late_first) {
        if (late_.front().number > number) return;
        std::pop_heap(late_.begin(), late_.end(), comes_later);
        out.push_back(std::move(late_.back().what));
        late_.pop_back();
      } else {
        if (in_order_.empty() || in_order_.front().number > number) return;
        out.push_back(std::move(in_order_.front().what));
        in_order_.pop_front();
      }
    }
  }

  /// The writes from `number` on are lost: moves what waited for one of them to the end of `out`,
  /// in order, to be answered with an error. What waits for an earlier write stays.
  void fail(std::uint64_t number, std::vector<Held>& out) {
    std::vector<held> lost;
    while (!in_order_.empty() && in_order_.back().number >= number) {
      lost.push_back(std::move(in_order_.back()));
      in_order_.pop_back();
    }
    std::reverse(lost.begin(), lost.end());
    std::sort(late_.begin(), late_.end(),
              [](const held& a, const held& b) { return comes_later(b, a); });
    const auto first_lost = std::find_if(late_.begin(), late_.end(),
                                         [number](const held& h) { return h.number >= number; });
    std::move(first_lost, late_.end(), std::back_inserter(lost));
    late_.erase(first_lost, late_.end());  // what stays is sorted, and so a heap
    std::stable_sort(lost.begin(), lost.end(),
                     [](const held& a, const held& b) { return a.number < b.number; });
    for (auto& h : lost)
      out.push_back(std::move(h.what));
  }

  /// Takes what `concerns` says, whatever it waits for, in order.
  template <class Concerns>
  void extract(Concerns concerns, std::vector<Held>& out) {
    std::vector<held> taken;
    const auto take = [&](auto& line) {
      const auto kept = std::stable_partition(line.begin(), line.end(),
                                              [&](const held& h) { return !concerns(h.what); });
      std::move(kept, line.end(), std::back_inserter(taken));
      line.erase(kept, line.end());
    };
    take(in_order_);
    take(late_);
    std::make_heap(late_.begin(), late_.end(), comes_later);
    std::stable_sort(taken.begin(), taken.end(),
                     [](const held& a, const held& b) { return a.number < b.number; });
    for (auto& h : taken)
      out.push_back(std::move(h.what));
  }

  [[nodiscard]] std::size_t pending() const { return in_order_.size() + late_.size(); }

 private:
  struct held {
    std::uint64_t number = 0;
    std::uint64_t arrival = 0;  ///< orders the late ones of one number
    Held what;
  };

  static bool comes_later(const held& a, const held& b) {
    return a.number != b.number ? a.number > b.number : a.arrival > b.arrival;
  }

  std::deque<held> in_order_;  ///< numbers never fall
  std::vector<held> late_;     ///< heap, earliest number in front; held for less than `newest_`
  std::uint64_t newest_ = 0;   ///< highest number ever waited for
  std::uint64_t arrivals_ = 0;
  std::uint64_t durable_ = 0;
};

}  // namespace comet::object
