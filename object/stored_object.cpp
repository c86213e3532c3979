#include "object/stored_object.hpp"

#include <utility>

#include "base/encoding.hpp"

namespace comet::object {

namespace {

/// First bytes; a record without a stamp begins with its own format, 1.
constexpr char stamped = 2;
constexpr char tombstone = 3;
constexpr std::size_t stamp_size_max = 1 + 3 * 10;

void write_stamp(encoder& out, const replica::stamp& at) {
  out.number(at.epoch);
  out.number(at.by);
  out.number(at.position);
}

}  // namespace

bytes encode_stored(const replica::stamp& at, bytes_view encoded_record) {
  if (at == replica::stamp{}) return bytes{encoded_record};
  encoder out{stamp_size_max + encoded_record.size()};
  out.byte(stamped);
  write_stamp(out, at);
  out.raw(encoded_record);
  return std::move(out).take();
}

bytes encode_tombstone(const replica::stamp& at) {
  encoder out{stamp_size_max + checksum_size};
  out.byte(tombstone);
  write_stamp(out, at);
  out.checksum();
  return std::move(out).take();
}

result<stored_object> decode_stored(bytes_view stored) {
  stored_object object;
  if (stored.empty() || (stored.front() != stamped && stored.front() != tombstone)) {
    object.encoded = stored;
    return object;
  }
  object.erased = stored.front() == tombstone;
  if (object.erased) {
    const auto body = without_checksum(stored);
    if (!body) {
      return error{errc::corrupt, "tombstone of " + std::to_string(stored.size()) +
                                      " bytes is damaged: its checksum does not hold"};
    }
    stored = *body;
  }
  decoder in{stored, "object"};
  in.byte();
  object.at.epoch = in.number();
  object.at.by = in.number();
  object.at.position = in.number();
  if (object.erased && !in.at_end()) in.failed("bytes after the end of a tombstone");
  if (!in.ok()) return in.failure();
  object.encoded = in.rest();
  return object;
}

}  // namespace comet::object
