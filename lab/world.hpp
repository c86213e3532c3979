#pragma once
// The laboratory: whole nodes of Comet on a simulated network, in virtual time.
//
// The shards, handlers, replicas, sessions and tables of neighbours are those of production; what
// is around them is simulated: disks that keep what was acknowledged, links with latency, nodes
// that lose power. So what a test sees here, replies, errors, hops, lost messages, failover,
// timers, is what a user of a real network sees. It is the C++ under `comet test`.
//
// - One thread. Every call lets virtual time run until what it asks for is there.
// - A seed repeats a run exactly: all chance comes from it, and nothing reads a clock.
// - Idle time costs next to nothing: see lab/clock.
// - Bounded: at `world_options::limit` everything ends with an error that says so.
//
// Whoever uses it names nodes, clients and requests by numbers. A number that nothing has is an
// error (errc::not_found), never the end of the process.
//
// world.cpp: time, and what rests; world_nodes.cpp: nodes and links; world_clients.cpp: clients;
// world_views.cpp: looks.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "lab/heard_message.hpp"
#include "lab/inspection.hpp"
#include "lab/journal.hpp"
#include "lab/world_options.hpp"
#include "object/reply.hpp"

namespace comet::wire {
class user_table;
}

namespace comet::lab {

class client;
class clock;
class network;
class node;
struct seat;

/// A node as a test sees it.
struct node_view {
  node_number number = 0;
  bytes id;       ///< hex; another one after `wipe`, as the identity lies on the disk
  bytes address;  ///< of its links, HOST:PORT
  bool up = false;
  bool paused = false;
};

class world {
 public:
  /// All nodes are up, joined and at rest; it is `epoch`. Errors: out_of_range (no nodes or more
  /// than `nodes_max`, a limit or latency that is none).
  static result<std::unique_ptr<world>> make(world_options options);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  // ---- nodes ----

  [[nodiscard]] std::size_t nodes() const;
  result<node_view> look(node_number number) const;
  /// New nodes, that join through those that are up and take over keys; returns when all is at
  /// rest. Their numbers, rising.
  result<std::vector<node_number>> add(std::size_t count);
  /// Power off: at once, without a word to anybody. The disk keeps what was acknowledged.
  result<void> kill(node_number number);
  /// An orderly leave: it hands its keys over to the others, if there are any that can take them,
  /// and ends. Returns when it is down.
  result<void> stop(node_number number);
  /// Starts one that is down, over its disk, and returns when it has found its network; at once
  /// when it cannot be found, for nobody is up or reachable.
  result<void> start(node_number number);
  /// `stop` and `start`.
  result<void> restart(node_number number);
  /// Empties the disk of one that is down, its identity included.
  result<void> wipe(node_number number);
  /// It does nothing at all until `resume`; what is sent to it waits.
  result<void> pause(node_number number);
  result<void> resume(node_number number);

  // ---- clients ----

  /// A connection that speaks RESP3. Errors: unavailable (the node is down), out_of_range (a user's
  /// name or an address that cannot be one).
  result<client_id> connect(const client_options& options);
  /// Its requests without an answer fail.
  result<void> close(client_id who);
  /// Any command, as its words. The reply as the node wrote it: a failure's text is the whole line
  /// that a client gets ("NOPERM ..."), as is that of what goes wrong on the way: the connection
  /// ended, or the limit of virtual time was reached before the answer came. A client whose
  /// connection ended connects again with its next command, once its node is up.
  object::reply ask(client_id who, const std::vector<bytes>& words);
  /// The same, without waiting: requests of one client are answered in their order.
  result<ticket> send(client_id who, const std::vector<bytes>& words);
  /// Null: not answered yet. Valid until `forget`. Errors: not_found.
  result<const object::reply*> answer(ticket asked) const;
  /// Lets time run until it is answered.
  object::reply wait(ticket asked);
  /// The answer is not needed any more.
  void forget(ticket asked);
  /// What its subscriptions brought since the last call, in order. SUBSCRIBE and its like are
  /// commands as any other; their answer is the list of confirmations.
  result<std::vector<heard_message>> messages(client_id who);

  // ---- time ----

  [[nodiscard]] wall_time now() const;
  /// Lets so much time pass. Errors: out_of_range (negative), unavailable (the limit was reached).
  result<void> advance(std::chrono::milliseconds span);
  /// Until all copies are whole, as far as nodes are there, and nothing moves. Errors: unavailable
  /// (it does not come to rest within ten minutes, and why).
  result<void> settle();

  // ---- what goes wrong ----

  /// Nothing passes between nodes of different groups. Nodes that are in none stand with all. What
  /// was cut before is whole again where this does not cut it.
  result<void> partition(const std::vector<std::vector<node_number>>& groups);
  /// All links are whole: no partition, no delay, nothing dropped.
  result<void> heal();
  /// Both directions of the link between two nodes, as long as no other terms or `heal` come.
  result<void> link(node_number a, node_number b, const link_terms& terms);

  // ---- looks ----

  /// Nothing: there is no such key. Errors: corrupt.
  result<std::optional<inspection>> inspect(bytes_view key) const;
  /// Lines that the object logged with comet.log, oldest first.
  [[nodiscard]] std::vector<bytes> log(bytes_view key) const;
  /// Its turns, oldest first.
  [[nodiscard]] std::vector<turn_note> turns(bytes_view key) const;
  [[nodiscard]] const journal& notes() const { return journal_; }
  /// Of the network and its nodes, since the world was made: what costs time to run.
  [[nodiscard]] std::uint64_t events() const;

  /// 1 to `bound`, from the seed, for who tests: the network's own chance does not hang on it.
  std::uint64_t random(std::uint64_t bound);
  [[nodiscard]] std::uint64_t seed() const { return options_.seed; }

 private:
  explicit world(world_options options);

  // world.cpp: time, and what rests
  template <class Done>
  bool run_until(Done done, std::optional<std::chrono::milliseconds> within = {});
  void step(wall_time until);
  void finish_moment();
  [[nodiscard]] bool rests() const;
  [[nodiscard]] bool is_stuck() const;
  [[nodiscard]] bool nodes_rest() const;
  [[nodiscard]] bool is_anything_due() const;
  [[nodiscard]] bool is_whole() const;
  [[nodiscard]] wall_time end() const { return epoch + options_.limit; }
  [[nodiscard]] bool is_over() const { return now() >= end(); }
  [[nodiscard]] error limit_reached(bytes_view what) const;
  std::optional<wall_time> next_due(wall_time after) const;

  // world_nodes.cpp: nodes come and go
  void found();
  seat& make_seat();
  void start_node(seat& at);
  result<seat*> find(node_number number) const;
  result<seat*> find_up(node_number number) const;
  result<seat*> find_down(node_number number) const;

  // world_clients.cpp
  void learn_user(const bytes& name);
  [[nodiscard]] std::shared_ptr<const wire::user_table> users() const;
  bool open(client& who);
  result<client*> find_client(client_id who) const;
  [[nodiscard]] client* client_of(ticket asked) const;

  world_options options_;
  std::unique_ptr<clock> clock_;
  std::unique_ptr<network> network_;
  journal journal_;
  prng random_;  ///< of who tests
  prng chance_;  ///< of the nodes
  std::set<bytes> users_;
  std::vector<std::unique_ptr<client>> clients_;  ///< by id - 1; they outlive the nodes
  std::set<client_id> closed_;
  std::map<ticket, client_id> asked_;
  std::vector<std::unique_ptr<seat>> seats_;  ///< by number - 1
  ticket last_ticket_ = 0;
};

}  // namespace comet::lab
