#pragma once
// A value that may be read so many times, fifty readers, and a leader that goes while they read.
//
// Three nodes in virtual time. Shards, replicas and the Lua of the value's handler are those of
// production; links, disks and the moments at which turns end are simulated. The nodes share one
// range of keys, that of the value, so a run is cheap; the other ranges are on no disk, and nobody
// asks for their keys. A seed repeats a run exactly. Used by limited_reads_test.cpp.
//
// limited_reads_world.cpp: time, and what moves inside of a node; limited_reads_network.cpp: links
// between nodes; limited_reads_failover.cpp: how the leader goes, and returns;
// limited_reads_readers.cpp: what is asked, and what is judged.

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "lua/host.hpp"
#include "tests/unit/object/shard_world.hpp"

namespace comet::sim {

/// What keeps a read that is asked for again from being another one.
enum class memory : std::uint8_t {
  value,    ///< its handler knows the last request of each reader, and what it was told
  record,   ///< COMET WITH ID: the latest 16 requests, whose ever
  nothing,  ///< a read that nobody was told of stays lost
};

struct limited_reads_options {
  std::uint64_t seed = 1;
  std::size_t readers = 50;
  /// So many begin a read, and the next ones when all of these know what they were told.
  std::size_t at_a_time = std::numeric_limits<std::size_t>::max();
  memory remembers = memory::value;
  bool only_kills = false;          ///< the leader is not cut off, and does not stand still
  bool counts_in_state = true;      ///< false: in a variable, which no other node has
  object::replica::rules broken{};  ///< tests of the judge only
  std::function<void(const std::string&)> trace{};  ///< hears what happens; null: nobody does
};

class limited_reads_world {
 public:
  explicit limited_reads_world(const limited_reads_options& options);
  ~limited_reads_world();
  limited_reads_world(const limited_reads_world&) = delete;
  limited_reads_world& operator=(const limited_reads_world&) = delete;

  /// Until every reader was told that there is no more.
  void run();

  struct figures {
    std::int64_t allowed = 0;
    std::size_t read = 0;            ///< distinct successes
    std::size_t read_after = 0;      ///< of them, under another leader than the one that went
    std::size_t uncertain = 0;       ///< answers that nobody knows of, lost connections included
    std::size_t asked_when_hit = 0;  ///< requests under way when the leader went
    std::string fault;               ///< how it went

    friend bool operator==(const figures&, const figures&) = default;
  };
  [[nodiscard]] const figures& seen() const { return figures_; }
  /// What went wrong, in words; empty is good.
  std::vector<std::string> faults;

 private:
  static constexpr std::size_t node_count = 3;

  struct arrived_order {
    std::size_t from = 0;
    std::uint64_t number = 0;  ///< the sender's
    std::uint64_t link = 0;    ///< on which it came
  };
  struct node {
    std::size_t index = 0;
    digest id{};
    std::uint64_t run = 0;                             ///< of its process
    std::map<bytes, bytes> disk;                       ///< while it is down
    mono_time stopped_until{};                         ///< its process stands still
    std::set<std::size_t> others;                      ///< that it knows
    std::unique_ptr<object::test::shard_world> world;  ///< null: it is down
    std::unique_ptr<lua::host> executor;
    std::vector<object::work> work;  ///< for it
    std::uint64_t folded = 0;
    bool commits = false;                       ///< an event is on its way
    bool works = false;                         ///< likewise
    bool joined = false;                        ///< it has heard of another one
    std::map<std::uint64_t, std::size_t> sent;  ///< orders without outcome, and to whom
    std::map<std::uint64_t, arrived_order> arrived;
    std::uint64_t next_arrival = 1;
  };
  struct link {
    mono_time last{};          ///< arrival of what was sent last
    std::uint64_t number = 1;  ///< of this connection; what an earlier one carried is lost
  };
  struct reader {
    std::size_t number = 0;
    std::size_t at = 0;
    std::uint64_t requests = 0;
    std::uint64_t slot = 0;   ///< of the answer that it waits for; 0: none
    bytes id;                 ///< of its request; empty: the next one is new
    bool began_late = false;  ///< its request, after somebody was told that there is no more
    bool ended = false;
  };
  struct event {
    mono_time at;
    std::uint64_t order = 0;
    std::function<void()> what;
  };
  struct later {
    bool operator()(const event& a, const event& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  using node_action = std::function<void(node&)>;

  // limited_reads_world.cpp
  std::chrono::microseconds some(std::int64_t us) {
    return std::chrono::microseconds{1 + random_.below(static_cast<std::uint64_t>(us))};
  }
  void after(std::chrono::nanoseconds wait, std::function<void()> what);
  void at_node(std::size_t index, std::chrono::nanoseconds wait, node_action what);
  void do_at(std::size_t index, std::uint64_t run, node_action what);
  void start(node& one, std::map<bytes, bytes> disk);
  void pump(node& one);
  void run_turns(node& one);
  void tick(node& one);
  [[nodiscard]] instant time() const;
  bool run_until(const std::function<bool()>& done, std::chrono::seconds most);
  void fault(const std::string& what);
  void say(const std::string& what) const;

  // limited_reads_network.cpp
  [[nodiscard]] bool connects(std::size_t a, std::size_t b) const;
  void carry(std::size_t from, std::size_t to, node_action what);
  void send_orders(node& from);
  void send_answers(node& from);
  void send_sayings(node& from);
  void refuse(node& sender, std::uint64_t number);
  void tell(node& one, object::forward_outcome outcome);
  void draw(node& one);
  void lose_links(std::size_t of, std::chrono::microseconds noticed);
  void link_lost(node& one, std::size_t other);
  void meet(std::size_t one);

  // limited_reads_failover.cpp
  [[nodiscard]] std::optional<std::size_t> leader() const;
  void hit_leader();
  void kill(node& one);
  void cut_off(node& one);
  void stop(node& one);

  // limited_reads_readers.cpp
  void put_value();
  void next_read(reader& who);
  bool begin_read(reader& who);
  void ask(reader& who);
  void answered(std::uint64_t slot, const object::reply& content);
  void disconnected(reader& who);
  void judge(reader& who, const object::reply& content);
  void judge_the_end();

  limited_reads_options options_;
  prng random_;
  mono_time now_{std::chrono::hours{1}};
  std::vector<std::unique_ptr<node>> nodes_;
  std::vector<std::unique_ptr<reader>> readers_;
  std::vector<event> events_;  ///< a heap
  std::uint64_t events_made_ = 0;
  std::map<std::pair<std::size_t, std::size_t>, link> links_;
  std::set<std::size_t> cut_off_;
  std::uint64_t next_slot_ = 1;
  std::map<std::uint64_t, reader*> asked_;  ///< by slot
  std::optional<object::reply> put_;        ///< what became of it
  std::uint64_t put_slot_ = 0;
  std::size_t hit_ = 0;                 ///< the node that led
  std::map<std::int64_t, bytes> told_;  ///< numbers, and the request that was told each
  bool is_over_ = false;                ///< somebody was told that there is no more
  std::size_t begun_ = 0;               ///< reads of those that may begin at a time
  std::size_t unknown_ = 0;             ///< of them, by their readers
  figures figures_;
};

}  // namespace comet::sim
