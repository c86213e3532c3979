#pragma once
// What becomes of a message between two simulated nodes: when it arrives, twice, or never.

#include <optional>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace comet::sim {

struct network_quality {
  double loss = 0.005;
  double duplicate = 0.005;
  double late = 0.01;                    ///< behind others, by up to `latest`
  std::chrono::microseconds delay{400};  ///< up to four times that
  std::chrono::milliseconds latest{300};
};

class replication_network {
 public:
  replication_network(std::size_t nodes, const network_quality& usual)
      : nodes_(nodes), quality_(usual), cut_until_(nodes * nodes) {}

  /// How long a message sent now takes; nothing: it is lost.
  std::optional<std::chrono::nanoseconds> carry(std::size_t from, std::size_t to, mono_time now,
                                                prng& chance);
  bool doubles(prng& chance) const { return chance.unit() < quality_.duplicate; }

  /// Nothing that `from` sends reaches `to`, until then.
  void cut(std::size_t from, std::size_t to, mono_time until);
  [[nodiscard]] bool is_cut(std::size_t from, std::size_t to, mono_time now) const {
    return now < cut_until_[from * nodes_ + to];
  }
  /// Those of `one_side` and all others do not reach each other.
  void divide(const std::vector<std::size_t>& one_side, mono_time until);
  /// No cuts, and from now on `quality`.
  void heal(const network_quality& quality);
  void set(const network_quality& quality) { quality_ = quality; }

 private:
  std::size_t nodes_;
  network_quality quality_;
  std::vector<mono_time> cut_until_;
};

}  // namespace comet::sim
