#pragma once
// Tells CAF of all message types. Whoever makes an actor system calls it first.

#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>
#include <mutex>

#include "actors/type_ids.hpp"

namespace comet::actors {

inline void register_message_types() {
  static std::once_flag once;
  std::call_once(once, [] {
    caf::init_global_meta_objects<caf::id_block::comet_actors>();
    caf::io::middleman::init_global_meta_objects();
    caf::core::init_global_meta_objects();
  });
}

}  // namespace comet::actors
