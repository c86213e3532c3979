#pragma once
// The reactor: a CAF broker on the I/O thread that owns a shard and all RESP connections.
//
// It decodes and carries out; object::shard decides. Passive requests are answered inside the read
// event, straight into the session's output. Everything else is collected: the first work of a poll
// round sends one message to the reactor itself, which CAF delivers after all ready sockets (at
// most 64) were read, and then one parcel an executor, one load, one batch for the writer leave
// together. At most `batches_in_flight_max` batches are unacknowledged; what changes meanwhile is
// collected by the shard, so a slow disk makes larger batches and no queue.
//
// Handlers of sockets (`connection`, `listener`) run on the same thread outside of message
// handlers; nothing here is shared with another thread.

#include <caf/actor.hpp>
#include <caf/io/broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/concern.hpp"
#include "actors/connection_table.hpp"
#include "actors/listener.hpp"
#include "actors/messages.hpp"
#include "actors/stored_replicas.hpp"
#include "actors/work_dispatcher.hpp"
#include "net/wire/channels.hpp"
#include "net/wire/session_host.hpp"
#include "object/shard.hpp"
#include "object/work_figures.hpp"

namespace comet::actors {

/// Whom the reactor works with.
struct reactor_links {
  std::vector<caf::actor> executors;
  caf::actor writer;
  caf::actor syncer;
  caf::actor loader;    ///< a store reader for loads
  caf::actor scanner;   ///< a store reader for scans
  caf::actor router{};  ///< null: the node is alone
};

struct reactor_setup {
  node_options options;
  object::stored_facts facts;
  std::optional<stored_replicas> replicas;  ///< nothing: the node is not one of several
  std::vector<listening_socket> sockets;
  reactor_links links;
  bytes node_address;  ///< where other nodes reach this one; empty: nowhere
};

/// The node hands its keys to others before it stops.
struct leave_in_progress {
  mono_time deadline{};
  std::chrono::milliseconds patience{0};  ///< of the stop that follows
  caf::typed_response_promise<stopped> done;
};

/// An orderly stop under way.
struct stop_in_progress {
  mono_time deadline{};
  caf::typed_response_promise<stopped> done;
  std::optional<stop_report> report;  ///< set: only the sync and the sockets are left
  bool sync_answered = false;
  bool links_asked = false;
  bool links_ended = false;
};

class reactor : private wire::session_host, private connection_owner, private acceptor {
 public:
  static inline const char* name = "comet.reactor";

  /// Made on any thread; lives on the I/O thread from `make_behavior` on.
  reactor(caf::io::broker* self, caf::io::network::default_multiplexer& loop,
          const std::shared_ptr<reactor_setup>& setup);
  ~reactor() override;

  caf::behavior make_behavior();

 private:
  static constexpr std::size_t batches_in_flight_max = 2;
  static constexpr std::size_t read_buffer_bytes = 64 * 1024;
  static constexpr std::chrono::milliseconds tick_near{10};
  static constexpr std::chrono::milliseconds tick_far{1'000};
  static constexpr std::chrono::milliseconds sync_patience{2'000};  ///< for the last sync
  static constexpr std::chrono::seconds disk_pause{30};  ///< between two looks at the disk's space

  // reactor.cpp: rounds and messages
  void request_round();
  void finish_round();
  void deliver_answers();
  void settle_listed();
  void send_work();
  void send_batch();
  void send_departures();
  void take_arrivals(arrivals came);
  void log_complaints();
  void hear_of_network(network_changed news);
  void take_report(executor_report report);
  void take_loaded(const std::vector<object::loaded>& found);
  void take_ack(const commit_ack& ack);
  void take_sync_report(const sync_report& report);
  void tick(const clock_tick& due);
  void arm_tick(const instant& now);
  void every_second(const instant& now);
  void apply(const tunables& limits);

  // reactor_clients.cpp: sessions, sockets
  void execute(wire::session& from, wire::slot_id slot, const object::command& c) override;
  void expect(std::span<const bytes_view> keys) override { shard_.expect(keys); }
  wire::server_figures figures() override;
  void reset_figures() override;
  std::vector<object::top_list::row> top(object::work_measure by, std::size_t count) override {
    return work_.top(by, count);
  }
  std::vector<std::pair<bytes, bytes>> config_get(bytes_view pattern) override;
  result<void> config_set(std::span<const std::pair<bytes_view, bytes_view>> changes) override;
  result<void> reload_users() override;
  bytes secret(std::size_t count) override;
  std::vector<wire::session*> clients() override;
  std::int64_t publish(bytes_view channel, bytes_view message) override;
  void touched(wire::session& other) override;
  std::span<char> read_buffer() override { return read_buffer_; }
  void feed(connection& to, bytes_view input) override;
  [[nodiscard]] bool draining() const override { return stopping_.has_value(); }
  void look_again(connection& at) override;
  void closed(connection& gone) override;
  void released(connection&) override { request_round(); }
  void accepted(int fd, wire::endpoint peer) override;
  void not_accepted(bytes_view why) override;
  connection* admit(int fd, wire::endpoint peer);
  void take_client(local_connection one);
  void close_idle_clients(mono_time now);
  void complain_of(const wire::session& slow);

  // reactor_slow.cpp: lines about slow requests
  void took_long(const wire::session& from, const wire::slow_request& what) override;
  void look_at_read(const wire::session& by, std::chrono::nanoseconds took);

  // reactor_channels.cpp: publish and subscribe
  void deliver_publications();
  void send_to_listeners(bytes_view channel, bytes_view message);
  void take_channel_news(const std::vector<channel_news>& news);

  // reactor_figures.cpp: INFO and metrics
  void describe(std::vector<object::reply>& fields);
  [[nodiscard]] std::vector<concern> concerns_now();
  [[nodiscard]] std::vector<wire::actor_figures> actors(double thread_seconds);
  [[nodiscard]] node_numbers numbers();

  // reactor_stop.cpp: the orderly end
  caf::result<stopped> stop(const stop_order& order);
  void go_on_leaving(const instant& now);
  void begin_stop(std::chrono::milliseconds patience, caf::typed_response_promise<stopped> done);
  void go_on_stopping(const instant& now);
  void end_links();
  [[nodiscard]] bool all_quiet();
  void close_everything();

  caf::io::broker* self_;
  caf::io::network::default_multiplexer& loop_;
  node_options options_;
  std::vector<listening_socket> sockets_;  ///< until make_behavior
  std::vector<wire::endpoint> addresses_;
  wire::endpoint links_at_;  ///< where other nodes reach this one; empty: nowhere
  reactor_links links_;
  tunables tunables_;
  object::work_figures work_;  ///< watches shard_
  object::shard shard_;
  work_dispatcher dispatcher_;
  wire::channels channels_;
  wire::channel_directory directory_;            ///< what is listened to at other nodes
  std::vector<publication_order> publications_;  ///< of this round, for other nodes
  wire::session_context sessions_;
  connection_table connections_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::vector<char> read_buffer_;

  instant now_;                      ///< of the read event or message being handled
  connection* fed_ = nullptr;        ///< the connection whose session is being fed
  object::reply answer_;             ///< scratch of `execute`
  object::caller caller_;            ///< scratch of `execute`
  std::vector<connection*> listed_;  ///< to settle at the end of the round
  bool round_requested_ = false;
  std::uint64_t epoch_ = 1;  ///< of batches; grows with each failed commit
  std::size_t batches_in_flight_ = 0;
  bool syncing_for_shard_ = false;
  std::size_t complaints_logged_ = 0;
  wire::session_id last_session_ = 0;

  std::uint64_t tick_serial_ = 0;
  std::optional<mono_time> tick_due_;
  mono_time second_began_{};
  mono_time disk_asked_{};
  std::uint64_t commands_at_second_ = 0;
  std::uint64_t ops_per_second_ = 0;
  mono_time last_complaint_{};  ///< about clients that could not be accepted
  bool complained_ = false;
  std::optional<mono_time> last_slow_client_;  ///< that the log names
  std::uint64_t slow_clients_unnamed_ = 0;     ///< since then

  instant started_;
  std::uint64_t connections_total_ = 0;
  std::uint64_t connections_rejected_ = 0;
  store_account store_;
  std::deque<mono_time> loads_sent_;  ///< orders of the reader that it has not answered
  duration_histogram load_times_;
  duration_histogram ticks_late_;
  std::vector<executor_account> executors_;
  router_account router_;
  std::optional<leave_in_progress> leaving_;
  std::optional<stop_in_progress> stopping_;
};

using reactor_actor = caf::stateful_actor<reactor, caf::io::broker>;

}  // namespace comet::actors
