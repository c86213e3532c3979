#pragma once
// The router: a CAF broker on the I/O thread that owns a node's links to other nodes and its place
// among them.
//
// It moves and remembers; net/overlay decides who is asked and who is near, object::shard which
// command goes where. With the reactor it exchanges one parcel a poll round each way. What it
// promises the shard: every forward_order has one outcome, commands for one node leave in order,
// and whenever the set of nodes changes a new key_map is published.
//
// A node joins through any of the addresses it was given, or through nodes it remembers. Until it
// has, it says why not. One that knows nobody is the first of its network.
//
// Life: spawned without a reactor, whose `introduction` names it; from then on maps are published.
// `leave_order` tells the others that this node goes; `links_end` closes all links and ends it.

#include <caf/actor.hpp>
#include <caf/io/broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "actors/clock.hpp"
#include "actors/forwarding_table.hpp"
#include "actors/heard_lives.hpp"
#include "actors/known_contacts.hpp"
#include "actors/link_table.hpp"
#include "actors/messages.hpp"
#include "net/overlay/overlay_node.hpp"

namespace comet::actors {

struct router_setup {
  std::shared_ptr<const tls_identity> identity;
  std::vector<listening_socket> sockets;
  /// Where others reach this node; empty: where it listens. An address of all zeros means the one
  /// that a connection comes from.
  std::vector<wire::endpoint> advertised;
  std::vector<listen_address> join;  ///< names are given to `resolver`
  std::vector<known_contact> remembered;
  link_table_limits limits;
  overlay::node_options overlay;
  forwarding_limits forwarding;
  bytes build;             ///< version of comet, for people
  std::uint64_t run = 0;   ///< a number of this run that no other has
  std::uint64_t life = 0;  ///< of its data (object/replica)
  std::uint64_t age = 0;   ///< of its disk (actors/heard_lives), safe on it
  heard_lives heard;       ///< by earlier runs
  std::uint64_t seed = 0;  ///< of everything that needs chance
  log_sink log;
  caf::actor resolver;  ///< null: no name can be resolved
  caf::actor writer;    ///< gets what is to be remembered; null: nobody
  caf::actor syncer;    ///< makes it safe on the disk; null: nobody, and the disk's age stays
  /// Called when this node has to end, because its life is over; empty: nobody ends it.
  std::function<void(const error&)> fatal;
  std::function<instant()> clock = read_clocks;
};

class router : private link_host {
 public:
  static inline const char* name = "comet.router";

  static constexpr std::chrono::milliseconds tick_pause{250};
  static constexpr std::chrono::seconds overlay_tick{1};
  /// A request is not given up earlier, whatever round trips were: nodes work on other things, too.
  static constexpr std::chrono::milliseconds patience_min{500};
  static constexpr std::chrono::seconds remembered_time_max{5};  ///< then it is the first node
  static constexpr std::chrono::milliseconds retry_min{500};
  static constexpr std::chrono::milliseconds retry_max{15'000};
  static constexpr std::chrono::seconds alone_retry{30};  ///< joined, and nobody is left
  static constexpr std::chrono::seconds remember_pause{10};
  static constexpr std::chrono::seconds age_pause{10};  ///< as long as replicas speak
  static constexpr std::chrono::seconds round_trips_pause{5};
  static constexpr std::chrono::seconds place_pause{30};  ///< what handlers see of coordinates
  static constexpr std::chrono::milliseconds presence_time_max{2'000};
  static constexpr int presence_tries_max = 3;
  static constexpr std::chrono::seconds complaint_pause{10};  ///< between lines about strangers
  static constexpr std::chrono::milliseconds clock_error_max{2'000};
  static constexpr std::chrono::seconds probe_first{15};  ///< from joining to the first question
  static constexpr std::size_t arrived_max = 16'384;      ///< of one peer, without an answer
  static constexpr std::size_t arrived_bytes_max = std::size_t{64} << 20U;  ///< likewise
  static constexpr std::chrono::seconds idle_max{60};  ///< links of non-members, when many are up

  /// Made on any thread; lives on the I/O thread from `make_behavior` on.
  router(caf::io::broker* self, caf::io::network::default_multiplexer& loop,
         const std::shared_ptr<router_setup>& setup);
  virtual ~router();

  caf::behavior make_behavior();

 private:
  /// A node with a link, or that had one and is a member.
  struct peer_facts {
    overlay::contact who;
    std::uint64_t run = 0;
    std::uint64_t life = 0;       ///< that its run showed, and that counts; 0: none yet
    std::uint64_t life_over = 0;  ///< that its run showed, and that is over
    bool is_elder = false;
    mono_time heard{};        ///< to the tick
    std::size_t arrived = 0;  ///< commands without an answer
    std::size_t arrived_bytes = 0;
    std::optional<mono_time> clock_doubted;
    bool clock_apart = false;          ///< as of its last answer to a ping
    bool untold = false;               ///< what is listened to here did not reach it
    bool misses_publications = false;  ///< and the log has it
    bool says_unreadable = false;      ///< likewise
  };
  struct member {
    overlay::contact who;
    wire::standing stands = wire::standing::arrives;  ///< until it has told
    std::uint64_t run = 0;
    std::uint64_t run_before = 0;
    std::uint64_t life = 0;
    bool is_elder = false;
  };
  /// A peer that is dialed because something is to be sent to it.
  struct awaited_link {
    wire::endpoint where;
    mono_time since{};
    std::vector<overlay::outgoing> requests;
  };
  /// A request of the overlay that was sent.
  struct asked {
    overlay::request_id number = 0;
    digest peer{};
    mono_time sent{};
    mono_time deadline{};
  };
  /// A node that is told how this one stands, until it answers.
  struct told {
    overlay::contact who;
    std::uint64_t request = 0;  ///< 0: waits for a link
    mono_time deadline{};
    int tries = 0;
  };
  /// A peer that was asked to dial this node.
  struct asked_probe {
    digest peer{};
    std::uint64_t request = 0;
    mono_time deadline{};
  };
  /// A command of another node.
  struct arrived_from {
    digest peer{};
    std::uint64_t request = 0;
    std::size_t bytes = 0;
  };
  /// A line about strangers.
  struct complaint {
    std::optional<mono_time> last;
    std::uint64_t unnamed = 0;  ///< since then
  };
  /// One of the addresses to join through.
  struct join_target {
    bytes text;  ///< as people know it
    std::optional<listen_address> to_resolve;
    std::vector<wire::endpoint> addresses;
    std::optional<digest> id;  ///< of a remembered contact
    bool is_self = false;
    bytes failure;  ///< the last
  };

  // router.cpp: rounds, links, the end
  void take(departures from_shard);
  void round_wanted() override;
  void finish_round();
  void tick();
  void report(mono_time at);
  void peer_up(const wire::hello& hello, const wire::endpoint& remote) override;
  void look_for_twin(const wire::hello& hello, member& one);
  void peer_down(const digest& id, const error& why) override;
  void frame_received(const digest& from, const wire::node_frame& frame) override;
  void peer_has_room(const digest& id) override;
  void dial_failed(const wire::endpoint& where, const error& why) override;
  void stranger_refused(const wire::endpoint& who, const error& why) override;
  void want_link(const overlay::contact& to);
  void give_up_link(const digest& id, const error& why);
  void give_up_late_links(mono_time now);
  void end_idle_links(mono_time now);
  template <class Message>
  void answer(const digest& to, std::uint64_t request, const Message& content);
  caf::result<links_ended> end();
  void go_on_ending();
  void log(severity how, const bytes& text, code_place from = code_place::here()) const {
    setup_->log(how, text, from);
  }
  [[nodiscard]] mono_time now() const { return setup_->clock().mono; }

  // router_overlay.cpp: requests of the overlay
  void apply(const overlay::effects& todo);
  bool send_request(const overlay::outgoing& one);
  template <class Message>
  void take_request(const digest& from, const wire::node_frame& frame);
  template <class Message>
  void take_reply(const digest& from, const wire::node_frame& frame);
  void on_failures(const std::vector<overlay::request_id>& failed);
  void fail_requests(const digest& peer);
  void expire_requests(mono_time now);
  void judge_clock(const digest& peer, const asked& request, const wire::pong& said);

  // router_map.cpp: the nodes there are, as the shard gets to know them
  void arrived(const overlay::contact& who);
  void gone(const digest& id);
  void leave();
  void publish();
  [[nodiscard]] bool round_trips_moved() const;
  [[nodiscard]] object::network_place own_place() const;
  [[nodiscard]] bool place_moved() const;
  void remember_contacts(mono_time now);
  [[nodiscard]] std::vector<object::peer> draw_peers() const;

  // router_probe.cpp: whether a node is where it says
  void ask_for_probe(mono_time now);
  void take_probe(const digest& from, const wire::node_frame& frame);
  void take_probed(const digest& from, const wire::node_frame& frame);
  void probe_ended(const digest& id, const wire::endpoint& where,
                   const std::optional<error>& why) override;

  // router_presence.cpp: who arrives, stays and leaves
  void stand(wire::standing as);
  void tell_presence(const overlay::contact& to);
  void send_presence(const digest& id, told& one);
  void take_presence(const digest& from, const wire::node_frame& frame);
  void take_present(const digest& from, const wire::node_frame& frame);
  void presence_failed(const digest& id);
  void expire_presence(mono_time now);
  void introduce(const bytes& how);
  void end_introduction();
  void heard_of(const digest& id, wire::standing stands, std::uint64_t life);
  [[nodiscard]] std::uint64_t life_of(const digest& id) const;

  // router_lives.cpp: disks that were put back to an older state
  std::uint64_t judge(const digest& id, std::uint64_t life, std::uint64_t age);
  [[nodiscard]] std::uint64_t over_of(const digest& id) const;
  [[nodiscard]] bool counts(const digest& id, std::uint64_t life) const;
  void told_that_over(const digest& by, std::uint64_t life);
  void grow_older(mono_time now);
  void remember_lives(mono_time now);
  void kept(const remembered& done);
  void kept_age(const remembered& done);

  // router_join.cpp: the way into the network
  void begin_join();
  void try_join(mono_time now);
  void dial_target(const join_target& one);
  void names_known(const names_resolved& found);
  void join_through(const digest& id);
  /// True: it is an address to join through.
  bool join_failed(const wire::endpoint& where, const error& why);
  void joined_now(const bytes& how);
  void look_after_join(mono_time now);
  void explain();
  bool is_new_complaint(const bytes& what);

  // router_forwarding.cpp: commands out and in
  void forward(object::forward_order order);
  void look_up(const object::forward_order& order);
  void answer_lookup(const overlay::finished_lookup& done);
  void send_waiting(const digest& peer);
  void take_command(const digest& from, const wire::node_frame& frame);
  void take_answer(const digest& from, const wire::node_frame& frame);
  void answer_command(object::node_answer done);

  /// What `from` said is dropped; counted, and told of once a link.
  void drop_unreadable(const digest& from, bytes_view about, const error& why);

  // router_channels.cpp: publish and subscribe
  void tell(const wire::listening_order& order);
  void tell_again();
  void publish_to(const publication_order& order);
  void publish_to(const digest& peer, const wire::publication& what);
  void take_listening(const digest& from, const wire::node_frame& frame);
  void take_publication(const digest& from, const wire::node_frame& frame);

  // router_replicas.cpp: what replicas say to each other
  void deliver(object::peer_delivery what);
  void take_delivery(const digest& from, const wire::node_frame& frame);
  void take_lease(const digest& from, const wire::node_frame& frame);

  caf::io::broker* self_;
  std::shared_ptr<router_setup> setup_;
  mono_time started_;
  digest id_;
  std::vector<wire::endpoint> addresses_;
  link_table links_;
  overlay::overlay_node overlay_;
  forwarding_table forwarding_;
  caf::actor reactor_;
  arrivals arrivals_;  ///< of this round
  router_account account_;

  std::unordered_map<digest, peer_facts> peers_;
  std::unordered_map<digest, awaited_link> awaited_;
  std::unordered_map<std::uint64_t, asked> asked_;                    ///< by frame
  std::unordered_map<overlay::lookup_id, std::uint64_t> lookups_;     ///< the shard's numbers
  std::unordered_map<std::uint64_t, arrived_from> arrived_commands_;  ///< by our numbers
  std::uint64_t last_request_ = 0;                                    ///< of frames
  std::uint64_t last_arrived_ = 0;

  std::map<digest, member> members_;
  std::shared_ptr<const object::key_map> published_;
  bool map_changed_ = true;
  bool self_leaves_ = false;
  wire::standing stands_ = wire::standing::arrives;
  std::map<digest, told> telling_;
  std::optional<bytes> introducing_;  ///< how it joined; stays when all have heard of it

  heard_lives heard_;
  std::uint64_t age_;         ///< of the own disk, as others are told
  bool has_spoken_ = false;   ///< of replicas, since the disk grew older
  bool grows_older_ = false;  ///< it is under way
  mono_time grown_at_{};
  mono_time lives_kept_at_{};
  bytes lives_kept_;
  bool is_over_ = false;  ///< the own life

  std::optional<asked_probe> probe_asked_;
  mono_time probe_due_{};
  digest probe_last_{};            ///< who was asked last
  std::set<digest> not_found_by_;  ///< peers that did not find this node, since one did
  std::optional<bytes> unreachable_;
  std::unordered_map<digest, std::uint64_t> probing_;  ///< for whom, and the request
  std::map<digest, mono_time> probed_at_;

  std::vector<join_target> targets_;
  bool joined_ = false;
  bytes reason_;                ///< why it has not joined
  std::set<bytes> complaints_;  ///< about joining and twins, each made once
  mono_time next_try_{};
  std::chrono::milliseconds retry_pause_{0};

  bool round_requested_ = false;
  mono_time ticked_{};
  mono_time overlay_ticked_{};
  mono_time remembered_at_{};
  bytes remembered_;
  mono_time published_at_{};
  mono_time reported_at_{};
  std::map<errc, complaint> strangers_;  ///< by what was wrong with them
  std::optional<caf::typed_response_promise<links_ended>> ending_;
};

using router_actor = caf::stateful_actor<router, caf::io::broker>;

}  // namespace comet::actors
