// Any bytes, in any pieces, through a whole session: no crash, bounded memory, and the same replies
// wherever the stream is cut.
//
// The first byte chooses the size of the pieces, the second whether a password is asked for.

#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "tests/unit/net/wire/fake_host.hpp"

namespace {

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;

constexpr std::size_t memory_a_byte = 64;  // one-byte words, one-byte channels and their nodes
constexpr std::size_t output_bytes_soft = 65'536;
constexpr std::size_t largest_reply = 65'536;  // COMMAND DOCS
constexpr std::size_t memory_max = 2 * (output_bytes_soft + largest_reply) + 65'536;

session_limits small_limits() {
  session_limits limits;
  limits.parser.bulk_bytes_max = 256;
  limits.parser.request_bytes_max = 1'024;
  limits.output_bytes_soft = output_bytes_soft;
  limits.pending_max = 8;
  limits.subscriptions_max = 16;
  return limits;
}

/// All replies to `stream`, received in pieces of `piece` bytes. What is slow is answered late,
/// the last request first.
bytes replies_to(bytes_view stream, std::size_t piece, bool with_password) {
  fake_node node{with_password ? "pw" : "", small_limits()};
  session& s = node.connect();
  bytes output;
  const auto settle = [&] {
    do {
      s.feed({}, node.now);
      output += fake_node::sent_by(s);
      while (!node.host.waiting.empty())
        node.host.finish(node.host.waiting.size() - 1, object::reply::ok());
      output += fake_node::sent_by(s);
    } while (s.resumable());
  };
  for (std::size_t at = 0; at < stream.size() && !s.must_close(); at += piece) {
    s.feed(stream.substr(at, piece), node.now);
    COMET_CHECK(s.memory() <= memory_max + memory_a_byte * stream.size());
    settle();
  }
  COMET_CHECK(s.pending() == 0 || s.must_close());
  return output;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const bytes_view stream{reinterpret_cast<const char*>(data) + 2, size - 2};
  const std::size_t piece = std::size_t{data[0]} % 32 + 1;
  const bool with_password = data[1] % 4 == 0;
  const bytes whole = replies_to(stream, size, with_password);
  const bytes cut = replies_to(stream, piece, with_password);
  // CLIENT LIST and INFO tell of buffers, which differ by the pieces.
  if (whole.find("tot-mem=") == bytes::npos) COMET_CHECK(whole == cut);
  return 0;
}
