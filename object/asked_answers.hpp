#pragma once
// Answers of which a client asked more than usual, while they wait for it. Used by object/shard
// (shard_asked.cpp) alone.

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/asks.hpp"
#include "object/pending_command.hpp"
#include "object/record_cache.hpp"
#include "object/replica/group.hpp"
#include "object/reply.hpp"

namespace comet::object {

/// What is asked of the answer to the command that is being carried out.
struct answer_terms {
  const asks* what = nullptr;  ///< null: nothing
  cache_entry* entry = nullptr;
  std::uint64_t request = 0;         ///< its number, to be remembered; 0: none
  std::uint64_t version_before = 0;  ///< of the entry's record
  mono_time now{};
};

/// What has to be so before the value of `key` is told, besides that it is chosen.
struct stricter {
  bytes key;
  std::size_t members = 0;   ///< that have it on disk; 0: a majority will do
  std::uint64_t synced = 0;  ///< batch that has to be synced; 0: none
};

/// Chosen, and waits for more members than that took.
struct strict_answer {
  origin to;
  reply content;
  replica::stamp at;
  std::uint64_t synced = 0;  ///< as in `stricter`
  mono_time until{};
};

/// WAIT: how many replicas besides the leader have it.
struct awaited_copies {
  origin to;
  replica::range_id range = 0;
  replica::stamp at;
  std::size_t wanted = 0;
  mono_time until{};
};

}  // namespace comet::object
