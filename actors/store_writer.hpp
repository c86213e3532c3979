#pragma once
// The store writer: the one actor that commits. Detached, because an engine's commit blocks.
//
// Group commit: every batch that waits in the mailbox becomes part of one engine commit, which is
// acknowledged by its highest number. When a commit fails, the group is lost, and so is every later
// batch of the same epoch: they were decided on top of what is lost (see `write_order`).

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <cstdint>
#include <memory>

#include "actors/messages.hpp"
#include "store/store.hpp"

namespace comet::actors {

class store_writer {
 public:
  static inline const char* name = "comet.store-writer";

  /// `syncer` may be null: nobody is told of commits (durability `always` and `none`).
  store_writer(caf::event_based_actor* self, std::shared_ptr<store::store> store,
               caf::actor syncer);

  caf::behavior make_behavior();

 private:
  void take(write_order order);
  void commit_group();
  remembered keep(const remember& entry);

  caf::event_based_actor* self_;
  std::shared_ptr<store::store> store_;
  caf::actor syncer_;
  caf::actor reactor_;
  std::uint64_t epoch_ = 0;  ///< older batches are discarded
  std::uint64_t first_ = 0;  ///< of the group
  std::uint64_t last_ = 0;
  std::uint64_t batches_ = 0;
  store::batch group_;
};

using store_writer_actor = caf::stateful_actor<store_writer>;

}  // namespace comet::actors
