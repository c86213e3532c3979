// Any bytes as what replicas or their leases say: refused, or messages that encode to the same
// bytes again, and that small frames carry in pieces without losing one.
//
// The first byte chooses the cap of the small frames.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.hpp"
#include "net/wire/replica_batch.hpp"

namespace {

using namespace comet;
using namespace comet::wire;
using object::replica::message;
using object::replica::stream;
using fit = replica_batch::fit;

const frame_limits large;
/// A batch counts at most 64 bytes of its frame for each that it writes.
constexpr std::size_t input_bytes_max = std::size_t{32} * 1024;

bytes body_of(const replica_batch& batch, const frame_limits& limits) {
  bytes frame;
  COMET_CHECK(append_frame(frame, 1, 0, batch, limits).ok());
  return frame.substr(frame_head_bytes);
}

replica_messages read_again(bytes_view body) {
  auto said = decode<replica_messages>({1, frame_kind::replica, 0, body});
  COMET_CHECK(said.ok() && said->passed_over == 0);
  return std::move(said).value();
}

/// Equal bytes are equal messages.
bytes encoded(const replica_messages& said) {
  replica_batch batch{said.between, large};
  for (auto one : said.messages)
    COMET_CHECK(batch.append(one.range, one.what) == fit::taken);
  return body_of(batch, large);
}

/// In frames of at most `cap`: each is read, and none is larger; of a stream no part is lost.
void check_cut(const lives& between, const range_message& whole, const frame_limits& cap) {
  replica_batch batch{between, cap};
  auto left = whole;
  std::vector<object::replica::part> parts;
  auto outcome = fit::full;
  while (outcome == fit::full) {
    batch.clear();
    outcome = batch.append(left.range, left.what);
    if (outcome == fit::too_large) return;
    const auto said = read_again(body_of(batch, cap));
    COMET_CHECK(said.messages.size() == 1);
    const auto& piece = said.messages.front();
    COMET_CHECK(piece.range == whole.range && piece.what.index() == whole.what.index());
    if (const auto* sent = std::get_if<stream>(&piece.what))
      parts.insert(parts.end(), sent->parts.begin(), sent->parts.end());
  }
  if (const auto* sent = std::get_if<stream>(&whole.what)) COMET_CHECK(parts == sent->parts);
}

void check_batch(bytes_view body, const frame_limits& cap) {
  const auto said = decode<replica_messages>({1, frame_kind::replica, 0, body});
  if (!said) {
    COMET_CHECK(said.failure().code == errc::protocol && !said.failure().message.empty());
    return;
  }
  COMET_CHECK((said->passed_over > 0) == said->not_known.has_value());
  const bytes again = encoded(*said);
  COMET_CHECK(encoded(read_again(again)) == again);
  for (const auto& one : said->messages)
    check_cut(said->between, one, cap);
}

template <class Message>
void check_lease(bytes_view body) {
  const auto said = decode<Message>({1, Message::kind, 1, body});
  if (!said) {
    COMET_CHECK(said.failure().code == errc::protocol && !said.failure().message.empty());
    return;
  }
  bytes again;
  COMET_CHECK(append_frame(again, 1, 1, *said, large).ok());
  const auto reread =
      decode<Message>({1, Message::kind, 1, bytes_view{again}.substr(frame_head_bytes)});
  COMET_CHECK(reread.ok());
  bytes third;
  COMET_CHECK(append_frame(third, 1, 1, *reread, large).ok());
  COMET_CHECK(third == again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > input_bytes_max) return 0;
  const bytes_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  const frame_limits cap{256, 512, std::size_t{16} * data[0]};
  check_batch(body, cap);
  check_lease<lease>(body);
  check_lease<wire::lease_answer>(body);
  return 0;
}
