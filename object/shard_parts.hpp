#pragma once
// What a shard has under way, each kind of it as one value: turns, loads, looks at the store,
// answers that wait, batches that are not durable.
//
// Plain values without rules of their own; object/shard alone makes and ends them.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/time.hpp"
#include "object/asked_answers.hpp"
#include "object/asked_replicas.hpp"
#include "object/code_outline.hpp"
#include "object/key_map.hpp"
#include "object/known_group.hpp"
#include "object/outbox.hpp"
#include "object/pending_command.hpp"
#include "object/range_work.hpp"
#include "object/record_cache.hpp"
#include "object/recorded_turn.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::object {

/// What the store held when the node started.
struct stored_facts {
  std::uint64_t objects = 0;
  std::uint64_t with_expiry = 0;
  std::uint64_t incarnation = 0;  ///< the highest that may have been given out
};

struct fired_timer {
  bytes name;
  wall_time due{};                ///< the fire that runs
  std::optional<wall_time> next;  ///< nothing: the timer is spent
};

struct turn_under_way {
  cache_entry* entry = nullptr;
  std::uint64_t generation = 0;
  origin to;
  std::shared_ptr<const turn_request> request;
  std::optional<fired_timer> fired;
  std::unique_ptr<recorded_turn> recorded;  ///< as it ended; null: it is not recorded
};

/// Of a turn, to other objects.
struct held_messages {
  bytes sender;
  std::vector<outcall> what;
};

/// What turns of a range were told, as long as it is so.
struct group_told {
  std::uint64_t epoch = 0;
  std::shared_ptr<const known_group> group;
};

struct held_answer {
  origin to;
  reply content;
  std::vector<std::pair<bytes, bytes>> publications;
  std::vector<replica::range_id> ranges;  ///< where what it tells has to be chosen
  held_messages messages;
  std::unique_ptr<const stricter> terms = nullptr;  ///< null: no stricter than usual
};

struct gathering {
  enum class kind : std::uint8_t { values, sum, all_ok, nodes, names, any_name, page };
  kind what = kind::values;
  origin to;
  std::size_t missing = 0;
  std::vector<reply> parts;
  std::shared_ptr<const key_map> asked;  ///< whose others are asked; null: keys, not nodes
};

struct flush_under_way {
  origin to;
  std::vector<replica::range_id> ranges;
  std::size_t missing = 0;
  bool whole = true;  ///< no range was lost to another node meanwhile
};

/// What a handler asked for: a suspended turn waits for it, or a function it left behind.
struct outcall_under_way {
  outcall::kind what = outcall::kind::get;
  std::uint64_t turn = 0;         ///< suspended; 0: a function waits
  bytes key;                      ///< of the object whose function waits
  std::uint64_t incarnation = 0;  ///< likewise
  std::uint64_t token = 0;
  replica::range_id range = 0;  ///< of the key that is asked for
  bool its_own = false;         ///< that key is the asking object's
};

struct known_code {
  code_ref text;
  std::shared_ptr<const code_outline> outline;  ///< null: not asked for yet
  std::uint64_t records = 0;                    ///< that name it
  std::uint64_t written = 0;
  bool stored = false;  ///< the store (or an earlier batch) holds the text
  bool dirty = false;
};

struct changed_code {
  digest hash{};
  std::uint64_t records_before = 0;
  bool stored_before = false;
};

struct code_load {
  std::uint64_t ticket = 0;
  digest hash{};
  std::vector<cache_entry*> waiting;
  std::vector<origin> asking;  ///< other nodes
};

struct scan_under_way {
  enum class kind : std::uint8_t { scan, keys, randomkey, due, listing, wipe };
  kind what = kind::scan;
  origin to;
  scan_order order;
  std::vector<reply> found;
  wall_time until{};
  bool wrapped = false;
  replica::range_id range = 0;     ///< of a listing or a wipe
  std::uint64_t range_ticket = 0;  ///< of a listing: the range's
};

/// What an object asks for about its copies.
struct asked_change {
  replica::range_id range = 0;
  asked_replicas before;
  asked_replicas now;
};

struct unacknowledged {
  std::uint64_t number = 0;
  std::vector<cache_entry*> entries;
  std::vector<changed_code> codes;
  stored_facts counts_before;
  std::vector<range_write> ranges;
  std::vector<std::pair<replica::range_id, replica::stamp>> proposals;
  std::vector<std::pair<replica::range_id, int>> counted;  ///< changes of objects_in_
  std::vector<asked_change> asked;
  mono_time taken{};
  bool stored = false;
};

}  // namespace comet::object
