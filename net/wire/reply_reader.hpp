#pragma once
// Replies of a node out of a stream of bytes: RESP2 and RESP3, in one pass, bounded.
//
// What resp_writer writes, read by a client: the binary over hiredis 0.14, which knows RESP2 only
// and so has no maps, and a node that is its own client (actors/local_client). An error reply keeps
// its whole line, prefix included, as `text`.

#include <cstddef>
#include <functional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

namespace comet::wire {

class reply_reader {
 public:
  /// Waits for more bytes, at least one; or says why there are none.
  using source = std::function<result<bytes_view>()>;

  explicit reply_reader(source more) : more_(std::move(more)) {}

  /// The next reply, however long it takes. Errors: those of the source, and protocol for what is
  /// not RESP; the stream cannot be read on after either.
  result<object::reply> next();

 private:
  result<object::reply> take(int depth);
  result<object::reply> take_text(char kind, std::int64_t size);
  result<object::reply> take_items(char kind, std::int64_t count, int depth);
  result<bytes> take_line();
  result<void> pull();
  [[nodiscard]] error malformed() const;

  source more_;
  bytes unread_;
  std::size_t position_ = 0;  ///< in unread_; what stands before it is taken
};

}  // namespace comet::wire
