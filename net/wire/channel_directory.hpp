#pragma once
// Who among the other nodes is sent which publications, and what each of them is told of ours.
//
// Every node tells those that it has a link to which channels and patterns its clients listen to:
// all of them when the link comes up, then what changes, once a poll round. So a message leaves
// only for nodes where somebody may hear it. It is a hint that costs a message at most: the
// receiver looks for its subscribers by itself.
//
// A node whose clients listen to more than `own` allows says "everything" and is sent everything,
// until half of that is left. One that says more than `heard` allows is taken to mean everything.
// What is known of a node ends with the link to it. Owned by actors/reactor.

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "net/wire/channel_codec.hpp"
#include "net/wire/channels.hpp"

namespace comet::wire {

/// What names may cost; see `channel_cost`. Patterns cost time with each publication, too.
struct channel_bounds {
  std::size_t bytes_max = 0;
  std::size_t patterns_max = 0;
};

struct channel_directory_limits {
  channel_bounds own{std::size_t{1} << 20U, 1'024};
  channel_bounds heard{std::size_t{2} << 20U, 4'096};
};

/// `to` has to be told.
struct listening_order {
  digest to{};
  std::shared_ptr<const listening> what;
};

class channel_directory {
 public:
  explicit channel_directory(const channel_directory_limits& limits = {}) : limits_(limits) {}

  /// Again: what it was told may be lost, so it is told the whole again.
  void link_up(const digest& peer);
  void link_down(const digest& peer);
  /// A change of what is not known, or of everything, changes nothing.
  void heard(const digest& from, const listening& said);

  /// There may be something to tell: call `orders`, which takes the changes of `own`.
  [[nodiscard]] bool has_news(const channels& own) const {
    return untold_ > 0 || own.has_changes();
  }
  std::vector<listening_order> orders(channels& own);

  /// The nodes that are sent a message of this channel, in order of their ids.
  [[nodiscard]] std::vector<digest> listeners_of(bytes_view channel) const;

 private:
  struct peer {
    bool told = false;        ///< the whole, since its link is up
    bool known = false;       ///< it has told its whole
    bool everything = false;  ///< and listens to all
    std::size_t bytes = 0;    ///< cost of its names
    std::size_t patterns = 0;
  };
  using name_map = std::map<bytes, std::vector<digest>, std::less<>>;

  [[nodiscard]] bool fits(const channels& own) const;
  [[nodiscard]] listening whole(const channels& own) const;
  [[nodiscard]] listening change(const channels& own, const channels::changes& what) const;
  static bool add(name_map& to, const bytes& name, const digest& who);
  static bool remove(name_map& from, const bytes& name, const digest& who);
  void remove_all(const digest& who);

  channel_directory_limits limits_;
  std::map<digest, peer> peers_;
  std::size_t untold_ = 0;       ///< peers
  bool own_everything_ = false;  ///< what was told last of ourselves
  name_map by_channel_;
  name_map by_pattern_;
};

}  // namespace comet::wire
