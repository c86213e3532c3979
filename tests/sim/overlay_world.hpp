#pragma once
// Thousands of overlay nodes in one process, on a virtual network and in virtual time.
//
// The nodes are those of production; only what is around them is simulated: delay by place, loss,
// duplication, reordering, blocked directions, sessions that end, nodes that lie or are silent. All
// chance comes from one seed and events of one instant run in the order they were made, so a seed
// repeats a run exactly. Used by overlay_test.cpp and by the program overlay_sim.cpp.

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "base/random.hpp"
#include "net/overlay/overlay_node.hpp"

namespace comet::sim {

struct network_options {
  double delay_ms = 80;  ///< side of the square in which nodes stand; distance is round trip
  double loss = 0;       ///< of messages, not delivered
  double duplicate = 0;  ///< of messages, delivered twice
  double reorder = 0;    ///< of messages, delayed by up to 200 ms more
  double deaf = 0;  ///< of nodes, to which nothing comes in a partition; what they send arrives
  double cut = 0;   ///< of pairs of nodes, that reach each other in neither direction in one
};

struct world_options {
  std::size_t nodes = 1'000;
  std::chrono::seconds doubling{10};  ///< while they join
  std::uint64_t seed = 1;
  network_options network;
  std::chrono::seconds median_session{0};  ///< exponential; 0: nobody goes
  double orderly = 0;                      ///< of those who go, how many say so
  double hostile = 0;                      ///< a third each: silent, colluding, forging
  overlay::node_options node;
  overlay::lookup_options lookup{.results = 6};
};

/// What hostile nodes do when asked for nodes; they answer pings, so that they are in the tables.
enum class conduct : std::uint8_t {
  honest,
  silent,     ///< does not answer
  colluding,  ///< names other hostile nodes only
  forging     ///< names nodes near the target that do not exist
};

/// One lookup that was asked for, judged when it ended.
struct judged_lookup {
  overlay::lookup_outcome outcome;
  /// The nearest honest node that was there from start to end, or a nearer one.
  bool found = false;
  std::chrono::nanoseconds took{};
};

class overlay_world {
 public:
  explicit overlay_world(const world_options& options);

  /// Nodes join, ever faster, until all are there.
  void grow();
  void run_for(std::chrono::nanoseconds span);
  /// From now on sessions end (and each node that goes is replaced by a new one), or no longer.
  void set_churn(bool on) { churning_ = on; }
  /// From now on the deaf and the cut are, or no longer.
  void set_partitioned(bool on) { partitioned_ = on; }
  /// Messages from the first to the second node are lost while this returns true.
  using blocked = std::function<bool(std::size_t from, std::size_t to)>;
  void set_blocked(blocked rule) { blocked_ = std::move(rule); }

  /// Starts a lookup of `target` at a random honest node that hears, and calls `then` with its
  /// judgement; never if that node goes before.
  void look_up(const overlay::node_id& target, std::function<void(const judged_lookup&)> then);

  std::size_t add_node();
  void remove_node(std::size_t index, bool orderly);

  [[nodiscard]] mono_time now() const { return now_; }
  prng& random() { return random_; }
  [[nodiscard]] std::vector<std::size_t> live() const { return live_; }
  [[nodiscard]] const overlay::overlay_node& node(std::size_t index) const;
  [[nodiscard]] conduct conduct_of(std::size_t index) const { return residents_[index].how; }
  [[nodiscard]] bool is_hostile(std::size_t index) const;
  [[nodiscard]] bool is_deaf(std::size_t index) const;
  /// Does nothing get from the first to the second?
  [[nodiscard]] bool is_cut(std::size_t from, std::size_t to) const;
  /// Of all live nodes: the share whose first `count` siblings are the `count` nearest there are.
  [[nodiscard]] double converged(std::size_t count) const;
  /// Median of |predicted - true| / true round trip over random pairs.
  [[nodiscard]] double coordinate_error(std::size_t pairs);
  /// Of all nodes, in messages and their acknowledgements.
  [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }
  /// Of all nodes, to open and close links. A link once opened stands while both nodes do.
  [[nodiscard]] std::uint64_t link_bytes_sent() const;
  [[nodiscard]] std::uint64_t links_opened() const { return links_opened_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// A number that differs when anything in the run did.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }

 private:
  struct resident {
    std::unique_ptr<overlay::overlay_node> node;  ///< empty: gone
    overlay::node_id id;
    float x = 0, y = 0, height = 0;
    conduct how = conduct::honest;
    mono_time joined = mono_time::max();
    std::size_t place = 0;             ///< in live_
    std::vector<std::uint32_t> links;  ///< to younger nodes, ascending
    std::map<overlay::lookup_id, std::pair<mono_time, std::function<void(const judged_lookup&)>>>
        asked;
  };
  enum class kind : std::uint8_t { request, reply, timeout, tick, session_end, join };
  struct event {
    kind what = kind::tick;
    std::size_t to = 0;
    std::size_t from = 0;
    overlay::request_id number = 0;
    overlay::node_id expected;  ///< request: whom the sender means
    overlay::request asked;
    overlay::reply answer;
  };
  struct due {
    mono_time at;
    std::uint64_t order = 0;
    std::uint32_t slot = 0;
    friend bool operator<(const due& a, const due& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  void schedule(mono_time at, event what);
  void handle(event& e);
  void deliver(event message, std::size_t bytes);
  void open_link(std::size_t a, std::size_t b);
  void answer(const event& e);
  overlay::reply lie(const resident& liar, const overlay::find_node& asked);
  void perform(std::size_t index, overlay::effects& out);
  void judge(resident& at, const overlay::finished_lookup& ended);
  void begin_session(std::size_t index);
  [[nodiscard]] std::chrono::nanoseconds round_trip(const resident& a, const resident& b) const;
  [[nodiscard]] std::size_t random_live(bool honest);
  /// Honest, joined and not deaf.
  [[nodiscard]] std::size_t random_asker();
  /// The `count` nearest live nodes that `fits`, nearest first.
  [[nodiscard]] std::vector<std::size_t> nearest(
      const overlay::node_id& target, std::size_t count,
      const std::function<bool(const resident&)>& fits) const;

  world_options options_;
  prng random_;
  mono_time now_{std::chrono::seconds{1'000}};
  std::vector<resident> residents_;  ///< by index, those gone too
  std::vector<std::size_t> live_;
  std::vector<std::size_t> hostile_;               ///< live ones
  std::map<overlay::node_id, std::size_t> by_id_;  ///< live ones
  std::priority_queue<due> queue_;
  std::vector<event> slots_;
  std::vector<std::uint32_t> free_slots_;
  blocked blocked_;
  bool churning_ = false;
  bool partitioned_ = false;
  std::uint64_t order_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t links_opened_ = 0;
  std::uint64_t trace_ = 0;
};

}  // namespace comet::sim
