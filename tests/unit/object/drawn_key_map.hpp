#pragma once
// A picture of the network that a test draws: nodes by their ids, nearest by exclusive or.

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "object/key_map.hpp"

namespace comet::object::test {

class drawn_key_map final : public key_map {
 public:
  drawn_key_map(const digest& self, bool leaves, std::vector<peer> others)
      : self_(self), leaves_(leaves), others_(std::move(others)) {}

  const digest& self() const override { return self_; }
  bool self_leaves() const override { return leaves_; }
  const digest& holder_of(const digest& key_id) const override {
    const digest* best = leaves_ ? nullptr : &self_;
    for (const auto& other : others_)
      if (other.stays() && (best == nullptr || nearer(key_id, other.id, *best))) best = &other.id;
    return best != nullptr ? *best : self_;
  }
  std::vector<digest> nearest(const digest& key_id, std::size_t count) const override {
    std::vector<digest> all{self_};
    for (const auto& other : others_)
      all.push_back(other.id);
    std::sort(all.begin(), all.end(),
              [&](const digest& a, const digest& b) { return nearer(key_id, a, b); });
    all.resize(std::min(all.size(), count));
    return all;
  }
  const std::vector<peer>& others() const override { return others_; }
  const peer* find(const digest& id) const override {
    const auto found =
        std::find_if(others_.begin(), others_.end(), [&](const peer& p) { return p.id == id; });
    return found == others_.end() ? nullptr : &*found;
  }

  static bool nearer(const digest& to, const digest& a, const digest& b) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      const int x = a[i] ^ to[i];
      const int y = b[i] ^ to[i];
      if (x != y) return x < y;
    }
    return false;
  }

 private:
  digest self_;
  bool leaves_;
  std::vector<peer> others_;
};

}  // namespace comet::object::test
