#pragma once
// RocksDB's settings, each with its reason, in one place. Used by rocks_store alone.

#include <rocksdb/options.h>

#include "store/rocks_store.hpp"

namespace comet::store {

/// Settings for many records of 100 B to 1 kB on a machine that has other work to do.
rocksdb::Options tuned_for(const rocks_options& wanted);

}  // namespace comet::store
