#pragma once
// Ranges of keys with their copies on several nodes, under every fault that is foreseen, in
// virtual time.
//
// The replicas and lease books are those of production; nodes, disks, clocks, network and clients
// are simulated. Clients record what they did and saw; at the end the history of each key has to be
// that of one copy. What the world sees on the way and must never be is a fault as well: two
// leaders at once, two groups of one epoch, a value told that a majority never had, a promise taken
// back. A seed repeats a run exactly. Used by replication_test, replication_rules_test and
// replication_sim.

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "object/replica/range_replica.hpp"
#include "tests/sim/register_history.hpp"
#include "tests/sim/replication_disk.hpp"
#include "tests/sim/replication_network.hpp"

namespace comet::sim {

namespace replica = object::replica;

struct replication_options {
  std::uint64_t seed = 1;
  std::size_t nodes = 5;
  std::size_t ranges = 2;
  std::size_t keys = 3;  ///< a range
  std::size_t clients = 5;
  std::size_t wanted = 3;                 ///< copies
  double clock_error = 0.009;             ///< of the rates, at most
  std::chrono::microseconds lookup{800};  ///< in the store, at most
  network_quality network{};
  replica::lease_terms leases{};
  replica::replica_terms terms{};              ///< with the rules broken
  std::chrono::milliseconds compare_every{0};  ///< copies, though nothing says that they differ
  std::function<void(const std::string&)> trace{};  ///< hears what happens; null: nobody does
};

struct replication_figures {
  std::array<std::uint64_t, std::variant_size_v<replica::message>> messages{};
  std::uint64_t lease_messages = 0;
  std::uint64_t bytes = 0;   ///< of keys and values in messages
  std::uint64_t writes = 0;  ///< answered
  std::uint64_t reads = 0;
  std::uint64_t syncs = 0;
  std::uint64_t leaders = 0;  ///< begins to lead
  std::uint64_t groups = 0;   ///< changes of group
  std::uint64_t crashes = 0;
  std::uint64_t disks_lost = 0;
  std::uint64_t events = 0;

  friend bool operator==(const replication_figures&, const replication_figures&) = default;
};

class replication_world {
 public:
  using standing = replica::range_replica::standing;

  /// The first node founds all ranges; all others are there and want to join.
  explicit replication_world(const replication_options& options);
  ~replication_world();
  replication_world(const replication_world&) = delete;
  replication_world& operator=(const replication_world&) = delete;

  // ---- the course of a run ----
  void run_for(std::chrono::milliseconds time);
  /// False: not within `time`.
  bool run_until(const std::function<bool()>& holds, std::chrono::milliseconds time);
  /// Clients ask, or ask no more.
  void work(bool on);
  /// From now on faults come by chance, or no more.
  void trouble(bool on);
  /// Everything runs and reaches everything; then all has to come in order within `time`.
  void settle(std::chrono::milliseconds time = std::chrono::seconds{25});
  /// Without clients and faults: all members become equal, and whole, within `time`.
  void come_in_order(std::chrono::milliseconds time);
  /// Judges the history of each key. `writes_only`: what was only read may be stale.
  void judge_histories(bool writes_only = false);

  // ---- single faults ----
  void crash(std::size_t node);
  enum class disk : std::uint8_t { as_it_was, lost, put_back };
  void restart(std::size_t node, disk with = disk::as_it_was);
  /// What is durable now is what `put_back` brings.
  void keep_image(std::size_t node);
  void pause(std::size_t node, std::chrono::milliseconds time);
  void slow_disk(std::size_t node, std::chrono::milliseconds time);
  void join(std::size_t node);
  void leave(std::size_t node);
  void want_copies(std::size_t count);
  [[nodiscard]] bool may_lose_disk(std::size_t node) const;
  replication_network& network() { return network_; }
  void heal();

  // ---- single operations ----
  /// At this node and no other; the number in the history.
  std::size_t ask(std::size_t node, action what, const bytes& key, std::int64_t given = 0);
  [[nodiscard]] bytes key(std::size_t range, std::size_t number) const;

  // ---- what is seen ----
  std::vector<std::string> faults;  ///< empty is good
  [[nodiscard]] const register_history& history() const { return history_; }
  [[nodiscard]] const replication_figures& figures() const { return figures_; }
  [[nodiscard]] mono_time now() const { return now_; }
  [[nodiscard]] std::optional<std::size_t> leader(std::size_t range) const;
  [[nodiscard]] standing stands(std::size_t node, std::size_t range) const;
  /// The nodes of the latest group, nearest first.
  [[nodiscard]] std::vector<std::size_t> members(std::size_t range) const;
  /// Of a range, as the map of now has it.
  [[nodiscard]] std::vector<replica::member> wanted(std::size_t range) const;
  [[nodiscard]] const range_image& durable(std::size_t node, std::size_t range) const;

 private:
  struct node;
  struct client;
  struct lookup;
  using letter_content =
      std::variant<replica::message, replica::lease_request, replica::lease_answer>;
  struct letter {
    replica::member from;
    replica::member to;
    std::size_t range = 0;
    letter_content what;
  };
  enum class happening : std::uint8_t {
    letter,
    tick,
    beat,
    synced,
    looked_up,
    wants,
    restart,
    chaos,
    strike,
    request,
    command,
    redirected,
    answered,
    undecided,
    patience,
  };
  struct event {
    mono_time at{};
    std::uint64_t order = 0;
    happening what{};
    std::size_t node = 0;
    std::uint32_t boot = 0;     ///< of the process it is for; 0: any
    std::size_t number = 0;     ///< a slot, or a client
    std::uint64_t attempt = 0;  ///< of the client
    content seen;               ///< by the client, or who leads
  };
  struct later {
    bool operator()(const event& a, const event& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  // replication_world.cpp: time
  void push(event e, std::chrono::nanoseconds wait);
  bool step(mono_time end);
  void handle(const event& e);
  [[nodiscard]] std::chrono::microseconds some(std::int64_t least_us, std::int64_t most_us);
  void fault(const std::string& what);
  [[nodiscard]] bool is_traced() const { return options_.trace != nullptr; }
  void say(const std::string& what) const;

  // replication_host.cpp: what a node does around its replicas
  [[nodiscard]] mono_time local(const node& n) const;
  [[nodiscard]] replica::member self(const node& n) const;
  [[nodiscard]] std::optional<std::size_t> index_of(const replica::member& who) const;
  void boot(node& n);
  void tick(node& n);
  void beat(node& n);
  void post(node& from, const replica::member& to, std::size_t range, letter_content what);
  void deliver(node& n, std::size_t slot);
  void on_synced(node& n);
  void start_sync(node& n);
  void pump(node& n, std::size_t range);
  void look_up(node& n, lookup what);
  void fill(const node& n, lookup& what) const;
  void on_looked_up(node& n, std::size_t slot);
  void tell_wanted(node& n);
  void count(const letter_content& what);

  // replication_clients.cpp
  void next_request(client& c);
  void try_node(client& c, std::size_t at);
  [[nodiscard]] const replica::entry* in_memory(const node& n, std::size_t range,
                                                const bytes& key) const;
  void serve(node& n, client& c, std::uint64_t attempt);
  void answer_waiting(node& n, std::size_t range);
  void abandon_waiting(node& n, std::size_t range);
  void on_redirected(client& c, content hint);
  void on_patience(client& c, std::uint64_t attempt);
  void finish(client& c, outcome came, content seen);

  // replication_faults.cpp
  void chaos();
  void strike(std::size_t node);
  void crash_for(std::size_t node, std::chrono::milliseconds time);
  void map_changed();
  [[nodiscard]] const replica::group& latest(std::size_t range) const;

  // replication_checks.cpp
  void check_register(const node& n, std::size_t range, const replica::range_register& next);
  void check_entry(std::size_t range, const replica::entry& what);
  void check_told(const node& n, std::size_t range, const bytes& key, const replica::stamp& at);
  void check_leaders(std::size_t range);
  void note_durable(const node& n, const replication_disk::batch& what);
  [[nodiscard]] std::string unsettled() const;
  void touch_all_keys(std::chrono::milliseconds time);

  replication_options options_;
  prng random_;
  mono_time now_{std::chrono::hours{1}};
  replication_network network_;
  std::vector<std::unique_ptr<node>> nodes_;
  std::map<digest, std::size_t> places_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<event> events_;  ///< a heap
  std::uint64_t order_ = 0;
  std::vector<letter> letters_;
  std::vector<std::size_t> free_letters_;
  std::vector<lookup> lookups_;
  std::vector<std::size_t> free_lookups_;
  std::size_t wants_under_way_ = 0;
  bool working_ = false;
  bool troubled_ = false;
  std::vector<std::uint64_t> mood_;  ///< weights of the kinds of trouble
  std::int64_t next_identity_ = 1;
  register_history history_;
  replication_figures figures_;
  // what was seen, for the checks
  std::map<std::pair<std::size_t, std::uint64_t>, replica::group> groups_;
  std::map<std::pair<std::size_t, replica::stamp>, replica::entry> proposed_;
  std::map<replica::member, std::map<bytes, replica::stamp>> ever_durable_;
};

}  // namespace comet::sim
