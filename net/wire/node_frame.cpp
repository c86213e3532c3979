#include "net/wire/node_frame.hpp"

#include <algorithm>
#include <utility>

namespace comet::wire {

namespace {

constexpr std::size_t length_bytes = 4;
/// Version, kind and request id are counted by the length.
constexpr std::size_t counted_head_bytes = frame_head_bytes - length_bytes;
constexpr std::size_t kept_capacity_max = 64 * 1024;  ///< of an empty `rest_`

void append_big_endian(bytes& out, std::uint64_t n, unsigned size) {
  for (unsigned shift = size * 8; shift > 0;) {
    shift -= 8;
    out.push_back(static_cast<char>(n >> shift & 0xFFU));
  }
}

std::uint64_t big_endian(bytes_view raw) {
  std::uint64_t n = 0;
  for (const char c : raw)
    n = n << 8U | static_cast<unsigned char>(c);
  return n;
}

std::uint8_t byte_at(bytes_view raw, std::size_t at) {
  return static_cast<std::uint8_t>(raw[at]);
}

constexpr std::size_t version_at = 4;
constexpr std::size_t kind_at = 5;
constexpr std::size_t request_at = 6;

}  // namespace

bytes_view name_of(frame_kind kind) {
  switch (kind) {
    case frame_kind::hello: return "hello";
    case frame_kind::ping: return "ping";
    case frame_kind::pong: return "pong";
    case frame_kind::find_node: return "find_node";
    case frame_kind::contacts: return "contacts";
    case frame_kind::announce: return "announce";
    case frame_kind::leave: return "leave";
    case frame_kind::forward: return "forward";
    case frame_kind::reply: return "reply";
    case frame_kind::error: return "error";
    case frame_kind::presence: return "presence";
    case frame_kind::present: return "present";
    case frame_kind::probe: return "probe";
    case frame_kind::probed: return "probed";
    case frame_kind::replica: return "replica";
    case frame_kind::lease: return "lease";
    case frame_kind::lease_answer: return "lease_answer";
    case frame_kind::listening: return "listening";
    case frame_kind::publication: return "publication";
  }
  return "unknown";
}

bool is_known(frame_kind kind) {
  return kind >= frame_kind::hello && kind <= frame_kind::publication;
}

std::size_t body_bytes_max(frame_kind kind, const frame_limits& limits) {
  if (kind == frame_kind::hello) return limits.hello_bytes_max;
  const bool data = kind == frame_kind::forward || kind == frame_kind::reply ||
                    kind == frame_kind::replica || kind == frame_kind::listening ||
                    kind == frame_kind::publication || !is_known(kind);
  return data ? limits.data_bytes_max : limits.control_bytes_max;
}

error unreadable(const node_frame& frame, bytes_view why) {
  return {errc::protocol, bytes{name_of(frame.kind)} + " of " + std::to_string(frame.body.size()) +
                              " bytes cannot be read: " + bytes{why}};
}

std::size_t frame_bytes(bytes_view head) {
  return length_bytes + static_cast<std::size_t>(big_endian(head.substr(0, length_bytes)));
}

std::size_t begin_frame(bytes& out, std::uint8_t version, frame_kind kind, std::uint64_t request) {
  const std::size_t start = out.size();
  append_big_endian(out, 0, length_bytes);
  out.push_back(static_cast<char>(version));
  out.push_back(static_cast<char>(kind));
  append_big_endian(out, request, sizeof request);
  return start;
}

result<void> end_frame(bytes& out, std::size_t start, const frame_limits& limits) {
  COMET_CHECK(start + frame_head_bytes <= out.size());
  const auto kind = static_cast<frame_kind>(byte_at(out, start + kind_at));
  const std::size_t body = out.size() - start - frame_head_bytes;
  const std::size_t body_max = body_bytes_max(kind, limits);
  if (body > body_max) {
    out.resize(start);
    return {errc::too_large, "a " + bytes{name_of(kind)} + " of " + std::to_string(body) +
                                 " bytes does not go to another node; at most " +
                                 std::to_string(body_max) + " do"};
  }
  bytes length;
  append_big_endian(length, out.size() - start - length_bytes, length_bytes);
  std::ranges::copy(length, out.begin() + static_cast<std::ptrdiff_t>(start));
  return {};
}

result<std::uint8_t> agreed_version(std::uint8_t lowest, std::uint8_t highest) {
  const auto common = std::min(highest, node_version_highest);
  if (lowest <= highest && common >= lowest && common >= node_version_lowest) return common;
  return {errc::incompatible, "the other node speaks versions " + std::to_string(lowest) + " to " +
                                  std::to_string(highest) + " of the node protocol, this one " +
                                  std::to_string(node_version_lowest) + " to " +
                                  std::to_string(node_version_highest) +
                                  "; run versions of comet that have one in common"};
}

void frame_decoder::speak(std::uint8_t version) {
  COMET_CHECK(version_ == 0 && version != 0);
  version_ = version;
}

void frame_decoder::feed(bytes_view input) {
  if (kept_) {
    rest_.append(input);
    window_ = rest_;
  } else {
    COMET_CHECK(window_.empty());
    window_ = input;
  }
}

bool frame_decoder::check_head(std::size_t length, std::uint8_t version, frame_kind kind) {
  if (length < counted_head_bytes) {
    problem_ = "a frame of " + std::to_string(length) + " bytes has no whole head";
    return false;
  }
  const std::uint8_t expected = version_ == 0 ? std::uint8_t{1} : version_;
  if (version != expected) {
    problem_ = "a frame of version " + std::to_string(version) + " where version " +
               std::to_string(expected) + " is spoken";
    return false;
  }
  const bool hello = kind == frame_kind::hello;
  if (kind != frame_kind::error && hello != (version_ == 0)) {
    problem_ = hello ? bytes{"a second hello"} : bytes{name_of(kind)} + " before the hello";
    return false;
  }
  const std::size_t body_max = version_ == 0 ? limits_.hello_bytes_max  // whoever it is
                                             : body_bytes_max(kind, limits_);
  if (length - counted_head_bytes <= body_max) return true;
  problem_ = "a " + bytes{name_of(kind)} + " of " + std::to_string(length - counted_head_bytes) +
             " bytes; at most " + std::to_string(body_max) + " are taken";
  return false;
}

/// True: the dropped frame is over.
bool frame_decoder::drop() {
  const std::size_t dropped = std::min(to_drop_, window_.size());
  window_.remove_prefix(dropped);
  to_drop_ -= dropped;
  return to_drop_ == 0;
}

frame_decoder::outcome frame_decoder::next(node_frame& out) {
  for (;;) {
    if (!problem_.empty()) return outcome::failed;
    if (!drop() || window_.size() < frame_head_bytes) return outcome::incomplete;
    const auto length = static_cast<std::size_t>(big_endian(window_.substr(0, length_bytes)));
    const auto kind = static_cast<frame_kind>(byte_at(window_, kind_at));
    if (!check_head(length, byte_at(window_, version_at), kind)) continue;
    const std::size_t whole = length_bytes + length;
    if (!is_known(kind)) {
      ++skipped_;
      to_drop_ = whole;
      continue;
    }
    if (window_.size() < whole) return outcome::incomplete;
    out.version = byte_at(window_, version_at);
    out.kind = kind;
    out.request = big_endian(window_.substr(request_at, sizeof out.request));
    out.body = window_.substr(frame_head_bytes, whole - frame_head_bytes);
    window_.remove_prefix(whole);
    return outcome::frame;
  }
}

void frame_decoder::keep() {
  if (window_.empty()) {
    rest_.clear();
    if (rest_.capacity() > kept_capacity_max) rest_.shrink_to_fit();
    window_ = {};
    kept_ = false;
  } else if (kept_) {
    rest_.erase(0, rest_.size() - window_.size());
    window_ = rest_;
  } else {
    rest_.assign(window_);
    window_ = rest_;
    kept_ = true;
  }
}

}  // namespace comet::wire
