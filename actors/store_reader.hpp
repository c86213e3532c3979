#pragma once
// A store reader: loads and scans, so that the I/O thread never waits for the disk. Detached.
//
// A node has two, one for loads and one for scans: a long scan does not hold up a GET that misses.

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <memory>
#include <vector>

#include "actors/log.hpp"
#include "actors/messages.hpp"
#include "store/store.hpp"

namespace comet::actors {

class store_reader {
 public:
  static inline const char* name = "comet.store-reader";

  store_reader(caf::event_based_actor*, std::shared_ptr<store::store> store, log_sink log);

  caf::behavior make_behavior();

 private:
  std::vector<object::loaded> load(std::vector<object::load_order> orders);
  object::scanned scan(const object::scan_order& order);

  std::shared_ptr<store::store> store_;
  log_sink log_;
};

using store_reader_actor = caf::stateful_actor<store_reader>;

}  // namespace comet::actors
