#pragma once
// The rules that the proof of docs/replication.md rests on, each by its name.
//
// Production keeps them all. A test may break one of them, to see that the simulation notices
// (tests/sim/replication_test.cpp): a rule whose loss nobody notices is not tested.

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace comet::object::replica {

enum class rule : std::uint8_t {
  durable_before_answer,     ///< a promise or a vote is on disk before anybody hears of it
  no_lower_promise,          ///< a promised ballot is followed by no lower one
  no_lower_vote,             ///< and no value of a lower ballot is accepted
  same_epoch_only,           ///< prepare, vote and listing are refused in any epoch but the current
  majority,                  ///< a value is chosen by more than half
  newest_value_wins,         ///< a new leader takes the newest value that its majority has
  settle_before_serving,     ///< and has a majority accept it before anybody reads it
  own_copy_before_serving,   ///< and has it itself: it is what is read
  finish_sealed_change,      ///< a new leader finishes a change of group that it finds
  nothing_after_seal,        ///< once a change of group is proposed, no value is in its epoch
  complete_before_install,   ///< a majority of a new group has everything before the group counts
  complete_before_vote,      ///< who was not a member before votes when it has everything
  bound_by_lease,            ///< who granted a lease promises nobody else a ballot while it runs
  lease_from_sending,        ///< the leader counts its lease from when it asked for it
  rest_after_restart,        ///< who started does not promise until all it had granted has run out
  lease_to_read,             ///< reads need leases of a majority of this ballot's followers
  chosen_before_told,        ///< nobody is told of a value before it is chosen
  no_gaps,                   ///< a member accepts the changes of a leader without gaps
  repairs_behind_proposals,  ///< a repair never overwrites what was proposed since it was read
  tombstone_until_all,       ///< a tombstone stays until every member has it
  another_life_no_vote,      ///< messages for or from another life of a node are not heard
};
inline constexpr std::size_t rule_count = static_cast<std::size_t>(rule::another_life_no_vote) + 1;

using rules = std::bitset<rule_count>;

}  // namespace comet::object::replica
