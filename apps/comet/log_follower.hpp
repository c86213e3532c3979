#pragma once
// The log of one object, looked at again and again, each line told once: `comet log KEY --follow`.
//
// A node keeps the last lines of an object and counts all that it wrote. The count begins anew when
// the object's accounts do: another node leads it, or it left memory. `log-since-unix-ms` tells one
// count from the next. Pure; the command asks ASO.INFO and hands the answers in.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

namespace comet::client {

struct log_line {
  std::uint64_t number = 0;  ///< of this count, from 1
  bytes text;
};

struct log_news {
  bool restarted = false;  ///< the lines are those of another count
  std::uint64_t lost = 0;  ///< written since the last look, and not kept until this one
  std::vector<log_line> lines;
};

class log_follower {
 public:
  /// What is new in an answer to ASO.INFO; at the first look all that is kept. Errors: not_found
  /// (there is no object), no_permission (the log is not told to who asks).
  result<log_news> look(const object::reply& information);

 private:
  bool looked_ = false;
  std::uint64_t told_ = 0;
  std::int64_t since_ = 0;
};

/// One line for a terminal or a pipe; nothing in it is obeyed by a terminal.
bytes shown(const log_line& line);
/// {"line": 3, "text": "..."}, as it was written; bytes that are no UTF-8 are replaced.
bytes as_json(const log_line& line);
/// Empty: there is nothing to say but the lines.
bytes remark_on(const log_news& news);
/// {"restarted": true, "lost": 3}; empty likewise.
bytes remark_as_json(const log_news& news);

}  // namespace comet::client
