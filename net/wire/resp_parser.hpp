#pragma once
// RESP requests out of a stream of bytes: incremental, bounded, without a copy of what is whole.
//
// A request that lies whole in the caller's read buffer is given as views into it; only what is
// left over at the end of a read is kept (`keep`). Memory grows with the bytes that arrived, never
// with a length that a client claims. Used by one session: feed, next until incomplete, keep.
// Requests, limits and error texts are those of Redis 7.0 (networking.c); where a request ends does
// not depend on how it was cut into reads.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace comet::wire {

struct parser_limits {
  std::size_t bulk_bytes_max = std::size_t{1} << 20U;      ///< one argument that is kept
  std::size_t request_bytes_max = std::size_t{64} << 20U;  ///< one request that is kept
  /// A longer argument is a protocol error; up to here it is read, dropped and refused.
  std::int64_t bulk_bytes_claim_max = std::int64_t{512} << 20U;
  std::int64_t words_max = 1'048'576;
  std::size_t line_bytes_max = 65'536;  ///< inline requests and length lines
};

class resp_parser {
 public:
  enum class outcome : std::uint8_t {
    request,     ///< a request of at least one word
    incomplete,  ///< needs more bytes
    too_large,   ///< a request was read and dropped, see `problem`; the stream goes on
    failed,      ///< not RESP, see `problem`; the connection has to end
  };

  /// Keeps a reference to `limits`.
  explicit resp_parser(const parser_limits& limits) : limits_(limits) {}

  /// Adds received bytes, which stay valid until `keep` is called.
  void feed(bytes_view input);

  /// The next request, its words in `words`: views that are valid until the next call of a member
  /// that is not const. `trusted` false (a client not authenticated): at most 10 words of 16 kB.
  outcome next(std::vector<bytes_view>& words, bool trusted = true);

  /// The second words of the requests that come next, as far as they lie whole in what was fed: for
  /// who wants to fetch ahead what they name. Reads nothing and judges nothing. Returns how many
  /// were written to `words`, 0 in the middle of a request.
  std::size_t glance(std::span<bytes_view> words) const;

  /// Makes the request that `next` gave just before the next one again.
  void put_back();

  /// Copies what is not parsed into memory of the parser's own.
  void keep();

  /// Why `next` said too_large or failed.
  [[nodiscard]] const bytes& problem() const { return problem_; }
  /// Bytes fed that are not part of a request given or dropped.
  [[nodiscard]] std::size_t unread() const { return window_.size() - start_; }
  /// Memory held, in bytes.
  [[nodiscard]] std::size_t held() const {
    return rest_.capacity() + unquoted_.capacity() + words_.capacity() * sizeof(bytes_view);
  }

 private:
  bool read_count(bool trusted);
  bool read_length(bool trusted);
  bool take_line(bytes_view& line, const char* too_long);
  outcome read_words(std::vector<bytes_view>& words, bool trusted);
  outcome drop_words(bool trusted);
  outcome read_inline(std::vector<bytes_view>& words);
  void start_dropping(bytes problem);
  void fail(bytes problem);
  [[nodiscard]] outcome stopped() const { return failed_ ? outcome::failed : outcome::incomplete; }
  void move_words(const char* from, const char* to);

  const parser_limits& limits_;
  bytes_view window_;             ///< the caller's input, or `rest_`
  std::size_t start_ = 0;         ///< of the request being read, in window_
  std::size_t position_ = 0;      ///< how far it is read
  std::size_t previous_ = 0;      ///< start of the request given last
  std::int64_t words_left_ = 0;   ///< of a multibulk request; 0: its count is not read yet
  std::int64_t bytes_left_ = -1;  ///< of the word being read; -1: its length is not read yet
  bool dropping_ = false;         ///< the rest of the request is dropped as it arrives
  bool failed_ = false;
  std::vector<bytes_view> words_;  ///< of a request that is not whole yet; they view window_
  bytes rest_;
  bytes unquoted_;  ///< words of an inline request that had quotes
  bytes problem_;
};

}  // namespace comet::wire
