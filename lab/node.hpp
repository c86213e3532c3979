#pragma once
// One simulated node while it runs: shard, handlers, sessions and neighbourhood, as they are in
// production, fed in virtual time.
//
// What actors/reactor, executor and router do on their threads happens here in rounds: whatever
// came in is carried out until nothing moves. Handlers take no virtual time but what they wait for;
// a commit takes `commit_time`. A node that loses its power is destroyed: its disk (lab/disk) stays
// with the world. Nothing is ticked that has nothing to do: see `arm`.
//
// node.cpp: rounds and time; node_links.cpp: other nodes; node_clients.cpp: clients.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "lab/client.hpp"
#include "lab/clock.hpp"
#include "lab/disk.hpp"
#include "lab/forwarding.hpp"
#include "lab/journal.hpp"
#include "lab/message_rate.hpp"
#include "lab/neighbourhood.hpp"
#include "lab/network.hpp"
#include "lua/host.hpp"
#include "net/wire/channel_directory.hpp"
#include "net/wire/channels.hpp"
#include "net/wire/session.hpp"
#include "net/wire/session_host.hpp"
#include "object/shard.hpp"
#include "object/work_figures.hpp"

namespace comet::lab {

struct node_options {
  node_number number = 1;
  overlay::contact self;
  object::policy limits;  ///< with the users of `users`
  std::shared_ptr<const wire::user_table> users;
  std::uint64_t run = 1;  ///< of this process
  std::uint64_t seed = 1;
  bool joins = false;      ///< see neighbourhood_options
  bool remembers = false;  ///< likewise
};

class node final : public link_end, private wire::session_host, private neighbourhood_host {
 public:
  static constexpr std::chrono::microseconds commit_time{100};

  /// All of them outlive it. `kept` is what `storage` said.
  node(node_options options, stored_node kept, disk& storage, clock& time, network& links,
       journal& notes);
  ~node() override;

  /// It is among the network's ends: from here on things happen.
  void start();

  // Clients. `who` outlives its connection.
  void open(client& who);
  void feed(client& who, bytes_view input);
  void close(client& who);
  void set_users(const object::policy& limits, std::shared_ptr<const wire::user_table> users);

  // Life.
  void pause() { paused_ = true; }
  void resume();
  void leave();
  /// Nothing is left here that others could hold.
  [[nodiscard]] bool has_left() const;
  /// The calendar leapt to where something is due; nothing happens if that is not this node's.
  void wake();

  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] bool joined() const { return neighbours_.joined(); }
  /// Nothing is under way that time alone brings on; a paused one rests.
  [[nodiscard]] bool is_at_rest() const;
  /// The same, whatever its replicas and neighbours wait for: nothing is being carried out.
  [[nodiscard]] bool is_idle() const;
  /// An object may be short of messages, which come back with the steady clock (message_rate).
  [[nodiscard]] bool counts_messages() const;
  /// A client of it waits for an answer.
  [[nodiscard]] bool is_asked() const;
  /// All copies of what it leads are whole, and nobody else should keep them.
  [[nodiscard]] bool is_whole() const;
  [[nodiscard]] const object::shard& shard() const { return shard_; }

  // link_end
  void link_up(node_number peer) override;
  void link_down(node_number peer, const error& why) override;
  void receive(node_number from, message what) override;

 private:
  struct connection {
    client* who = nullptr;
    std::unique_ptr<wire::session> session;
  };

  // node.cpp
  [[nodiscard]] instant now() const { return time_.now(); }
  clock::event after(std::chrono::nanoseconds wait, clock::purpose why, std::function<void()> what);
  void pump();
  bool round();
  bool deliver_answers();
  bool run_handlers();
  bool read_disk();
  bool write_disk();
  void commit();
  void note(const object::outcome_batch& outcomes);
  void arm();
  void arm_handlers();
  [[nodiscard]] bool has_due() const;
  void tick();
  void tick_neighbours();

  // node_links.cpp
  bool depart();
  void publish_to_nodes();
  void hear_outcomes();
  void take(const digest& from, command_sent what);
  void take(const digest& from, object::peer_delivery what);
  bool send(const digest& to, message what) override;
  void map_drawn(std::shared_ptr<const object::key_map> map, std::optional<bytes> joining) override;
  void lookup_ended(object::forward_outcome outcome) override;

  // node_clients.cpp
  bool settle_sessions();
  void drain(connection& one);
  void execute(wire::session& from, wire::slot_id slot, const object::command& c) override;
  void expect(std::span<const bytes_view> keys) override { shard_.expect(keys); }
  wire::server_figures figures() override;
  void reset_figures() override {}
  std::vector<object::top_list::row> top(object::work_measure by, std::size_t count) override {
    return work_.top(by, count);
  }
  std::vector<std::pair<bytes, bytes>> config_get(bytes_view pattern) override;
  result<void> config_set(std::span<const std::pair<bytes_view, bytes_view>> changes) override;
  result<void> reload_users() override;
  bytes secret(std::size_t count) override;
  std::vector<wire::session*> clients() override;
  std::int64_t publish(bytes_view channel, bytes_view message) override;
  void touched(wire::session& other) override { touched_.insert(other.id()); }

  node_options options_;
  disk& disk_;
  clock& time_;
  network& network_;
  journal& journal_;
  prng random_;
  mono_time started_;
  object::work_figures work_;  ///< of its objects, for COMET TOP
  object::shard shard_;
  lua::host host_;
  neighbourhood neighbours_;
  forwarding forwarding_;
  message_rate sent_messages_;
  std::map<digest, node_number> numbers_;       ///< of peers with a link
  std::map<node_number, digest> ids_;           ///< the other way round
  std::vector<object::forward_outcome> heard_;  ///< for the shard, of this round

  wire::channels channels_;
  wire::channel_directory directory_;
  wire::session_context sessions_;
  std::map<client_id, connection> connections_;
  std::set<wire::session_id> touched_;
  client_id fed_ = 0;                                  ///< whose session is being fed
  std::vector<std::pair<bytes, bytes>> publications_;  ///< of this round, for other nodes

  std::uint64_t folded_ = 0;  ///< serial of the last outcome batch
  std::map<std::uint64_t, std::shared_ptr<const object::turn_request>> turns_;  ///< under way
  std::map<std::uint64_t, std::uint64_t> outcalls_;                             ///< of them, so far
  std::deque<object::numbered_batch> in_flight_;
  bool pumping_ = false;
  bool paused_ = false;
  bool leaves_ = false;
  std::vector<std::function<void()>> deferred_;  ///< while it is paused
  clock::event tick_;
  clock::event handlers_;  ///< one of them waits, and no longer than until then
  clock::event deadline_;  ///< of a command that another node should answer
  /// What is scheduled looks here whether the node still runs.
  std::shared_ptr<const bool> runs_ = std::make_shared<const bool>(true);
};

}  // namespace comet::lab
