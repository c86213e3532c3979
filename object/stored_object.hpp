#pragma once
// What the store has under an object's key: its record, or a tombstone, and when it was agreed on.
//
// On a node without links the record stands alone. Where replicas are kept the stamp stands before
// it (object/replica/group.hpp), so that two nodes can compare what they have without decoding
// records.

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/replica/group.hpp"

namespace comet::object {

struct stored_object {
  replica::stamp at;
  bool erased = false;
  bytes_view encoded;  ///< the record; views the input; empty: a tombstone
};

bytes encode_stored(const replica::stamp& at, bytes_view encoded_record);
bytes encode_tombstone(const replica::stamp& at);
/// Errors: corrupt, incompatible.
result<stored_object> decode_stored(bytes_view stored);

}  // namespace comet::object
