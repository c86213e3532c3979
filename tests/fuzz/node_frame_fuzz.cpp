// Any bytes, in any pieces, as what a node sends: no crash, bounded memory, the same frames
// wherever the stream is cut, and bodies that are refused or encode to what reads the same again.
//
// The first byte chooses the size of the pieces, the second whether the hellos are exchanged.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.hpp"
#include "net/wire/channel_codec.hpp"
#include "net/wire/node_message.hpp"

namespace {

using namespace comet;
using namespace comet::wire;

constexpr frame_limits small{256, 512, 4'096};

template <class Message>
void check_body(const node_frame& frame) {
  const auto read = decode<Message>(frame);
  if (!read) {
    COMET_CHECK(read.failure().code == errc::protocol && !read.failure().message.empty());
    return;
  }
  bytes again;
  if (!append_frame(again, frame.version, frame.request, *read, frame_limits{})) return;
  const node_frame second{frame.version, frame.kind, frame.request,
                          bytes_view{again}.substr(frame_head_bytes)};
  const auto reread = decode<Message>(second);
  COMET_CHECK(reread.ok());
  bytes third;
  COMET_CHECK(append_frame(third, frame.version, frame.request, *reread, frame_limits{}).ok());
  COMET_CHECK(third == again);  // compared as bytes: a double may be no number
}

void check_body_of(const node_frame& frame) {
  switch (frame.kind) {
    case frame_kind::hello: return check_body<hello>(frame);
    case frame_kind::ping: return check_body<ping>(frame);
    case frame_kind::pong: return check_body<pong>(frame);
    case frame_kind::find_node: return check_body<find_node>(frame);
    case frame_kind::contacts: return check_body<contacts>(frame);
    case frame_kind::announce: return check_body<announce>(frame);
    case frame_kind::leave: return check_body<leave>(frame);
    case frame_kind::presence: return check_body<presence>(frame);
    case frame_kind::present: return check_body<present>(frame);
    case frame_kind::probe: return check_body<probe>(frame);
    case frame_kind::probed: return check_body<probed>(frame);
    case frame_kind::forward: return check_body<forward>(frame);
    case frame_kind::reply: return check_body<wire::reply>(frame);
    case frame_kind::error: return check_body<refusal>(frame);
    case frame_kind::listening: return check_body<listening>(frame);
    case frame_kind::publication: return check_body<publication>(frame);
    case frame_kind::replica:
    case frame_kind::lease:
    case frame_kind::lease_answer: return;  // replica_codec_fuzz
  }
}

/// All frames of `stream` as text, and how it ended.
bytes frames_of(bytes_view stream, std::size_t piece, bool open) {
  frame_decoder from{small};
  if (open) from.speak(node_version_highest);
  bytes all;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    from.feed(stream.substr(at, piece));
    node_frame one;
    auto outcome = from.next(one);
    for (; outcome == frame_decoder::outcome::frame; outcome = from.next(one)) {
      all += bytes{name_of(one.kind)} + " " + std::to_string(one.request) + " " + bytes{one.body};
      check_body_of(one);
    }
    if (outcome == frame_decoder::outcome::failed) return all + from.problem();
    from.keep();
    // A frame that is not whole, and the piece that came on top of it.
    COMET_CHECK(from.held() <= 2 * (small.data_bytes_max + frame_head_bytes + piece) + 65'536);
  }
  return all + std::to_string(from.skipped());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const bytes_view stream{reinterpret_cast<const char*>(data) + 2, size - 2};
  const bool open = data[1] % 4 != 0;
  COMET_CHECK(frames_of(stream, size, open) ==
              frames_of(stream, std::size_t{data[0]} % 32 + 1, open));
  // And as a body of each kind, which a length would seldom fit.
  for (std::uint8_t kind = 1; is_known(frame_kind{kind}); ++kind)
    check_body_of({1, frame_kind{kind}, 1, stream});
  return 0;
}
