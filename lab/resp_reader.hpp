#pragma once
// What a node writes to a client, read back: RESP3 as replies.
//
// The opposite of net/wire/resp_writer, as a client needs it. An error keeps its whole line as its
// text ("NOPERM ..."). Used by lab/client; what it is fed comes from our own writer, so bytes that
// are not RESP are a defect and say so.

#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

namespace comet::lab {

/// The bytes of a request: an array of its words.
bytes encode_request(const std::vector<bytes>& words);

class resp_reader {
 public:
  void feed(bytes_view input) { input_.append(input); }
  /// The next whole reply; nothing: more bytes are needed. Errors: protocol.
  result<std::optional<object::reply>> next();

 private:
  bytes input_;
};

}  // namespace comet::lab
