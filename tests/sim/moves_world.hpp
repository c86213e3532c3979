#pragma once
// Shards of several nodes, whose objects move as nodes join and leave, in virtual time.
//
// The shards are those of production; what is around them is simulated: links that keep their order
// and delay by chance, stores that commit and read late, turns that end late, and news of who
// arrives, stays and leaves that travel on those links. Clients work all the while at nodes chosen
// by chance, and what they were told is judged as it comes. A seed repeats a run exactly. Used by
// moves_test.cpp.
//
// moves_world.cpp: time, links, stores and turns; moves_world_presence.cpp: who is there and what
// each node knows of it; moves_world_clients.cpp: what is asked, and what is judged.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "tests/unit/object/shard_world.hpp"

namespace comet::sim {

struct moves_options {
  std::uint64_t seed = 1;
  std::size_t registers = 40;  ///< passive values, each with one writer and many readers
  std::size_t counters = 20;   ///< INCR by everybody
  std::size_t objects = 10;    ///< active: each read counts
  std::size_t clients = 12;
  std::size_t pipeline = 4;                         ///< requests that a client has under way
  std::function<void(const std::string&)> trace{};  ///< hears what happens; null: nobody does
  bytes watched{};  ///< the trace tells of every change of this key's replicas
};

class moves_world {
 public:
  explicit moves_world(const moves_options& options);
  ~moves_world();
  moves_world(const moves_world&) = delete;
  moves_world& operator=(const moves_world&) = delete;

  void join();
  /// Chosen by chance; not the last one.
  void leave();
  /// Of a node chosen by chance: it takes no writes until `empty_disk`. Not while one is full.
  void fill_disk();
  void empty_disk();
  void run_for(std::chrono::milliseconds time);
  /// No more requests; until every answer is there and nothing moves.
  void settle();

  /// What went wrong, in words; empty is good.
  std::vector<std::string> faults;

  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::uint64_t moved() const { return moved_; }
  [[nodiscard]] std::uint64_t commits_failed() const { return commits_failed_; }
  /// After `settle`: every object is on one node, and that is its holder; counts are exact.
  void judge_the_end();

 private:
  enum class standing : std::uint8_t { arrives, stays, leaves };
  struct node {
    digest id{};
    object::test::shard_world world;
    mono_time born;
    std::map<bytes, std::pair<std::uint64_t, std::uint64_t>> hot;  ///< incarnation and count
    std::vector<object::work> work;  ///< for its executor, which is late
    standing stands = standing::arrives;
    std::map<digest, standing> others;  ///< as each of them told it
    std::set<digest> unheard;           ///< have not answered yet
    std::string watched;                ///< what it was last seen to know of the watched key
  };
  struct client {
    std::size_t number = 0;
    digest at{};
    std::size_t under_way = 0;
    bool thinks = false;  ///< before its next request
  };
  struct request {
    client* who = nullptr;
    object::op what = object::op::get;
    bytes key;
    std::int64_t value = 0;  ///< set: what was written; get: the least that may be read
  };
  using digest_pair = std::pair<digest, digest>;
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

  /// Of a value, by its kind and number.
  static bytes value_name(const char* kind, std::size_t i) { return kind + std::to_string(i); }
  /// Of a node, for the trace.
  static std::string short_name(const digest& id) { return to_hex(as_bytes(id)).substr(0, 4); }

  std::chrono::microseconds some(std::int64_t us) {
    return std::chrono::microseconds{1 + random_.below(static_cast<std::uint64_t>(us))};
  }
  void after(std::chrono::nanoseconds wait, std::function<void()> what);
  object::turn_outcome count_one(node& at, const object::turn_order& order);
  void stand(node& one, standing as);
  void meet(node& one, const digest& other);
  void send_presence(node& from, const digest& to);
  void settle_in(node& one);
  void lose(node& one, const digest& other);
  void draw(node& one);
  void pump(node& one);
  void work(const digest& id);
  void read_later(const digest& id, std::vector<object::loaded> loads,
                  std::vector<object::scanned> scans);
  void watch(node& one);
  void tell_of(const object::peer_delivery& said) const;
  void deliver_orders(node& from);
  void withdraw(node& from);
  void refuse(const digest& sender, std::uint64_t number);
  void tell(node& one, object::forward_outcome outcome);
  void deliver_answers(node& from);
  void deliver_sayings(node& from);
  mono_time arrival(const digest& from, const digest& to);
  void next_request(client& who);
  void answered(node& at, const object::client_answer& answer);
  void judge(const request& asked, const object::reply& content);
  void fault(const std::string& what);
  void say(const std::string& what) const;
  bool step();
  void tick(digest id);
  node* find(const digest& id);

  moves_options options_;
  prng random_;
  mono_time now_{std::chrono::hours{1}};
  std::vector<std::unique_ptr<node>> nodes_;
  std::vector<std::unique_ptr<client>> clients_;
  std::map<digest, mono_time> births_;
  std::map<digest, std::uint64_t> lives_;
  std::vector<event> events_;  ///< a heap
  std::uint64_t events_made_ = 0;
  std::map<digest_pair, mono_time> links_;       ///< when the last message arrives
  static constexpr std::uint64_t withdrawn = 0;  ///< instead of the sender's number
  std::map<std::uint64_t, std::pair<digest, std::uint64_t>> arrived_;  ///< sender, its number
  std::uint64_t next_arrival_ = 1;
  std::uint64_t next_node_ = 1;
  std::uint64_t next_slot_ = 1;
  std::map<std::uint64_t, request> asked_;
  bool asking_ = true;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t moved_ = 0;
  std::uint64_t commits_failed_ = 0;
  std::optional<digest> full_;  ///< whose disk is full
  // what is known of the values
  std::map<bytes, std::int64_t> written_;  ///< registers: last that was sent
  std::map<bytes, std::int64_t> settled_;  ///< registers: last that was acknowledged or read
  std::map<bytes, std::set<std::int64_t>> counted_;  ///< numbers given out, each once
  std::map<bytes, std::int64_t> doubtful_;  ///< counters and objects: steps of unknown outcome
};

}  // namespace comet::sim
