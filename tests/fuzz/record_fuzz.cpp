// Any bytes as a stored record: refused, or a record that encodes to the same bytes again.
//
// A random checksum never holds, so inputs are sealed with the right one but for every eighth.

#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "object/record.hpp"

using namespace comet;

namespace {

bytes sealed(bytes_view body) {
  bytes out{body};
  const std::uint32_t crc = crc32c(body);
  for (unsigned shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<char>(crc >> shift & 0xFFU));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bytes_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  const bytes encoded = data[0] % 8 == 7 ? bytes{body} : sealed(body);
  const auto summary = object::summarize(encoded);
  const auto read = object::decode(encoded);
  if (!read) {
    COMET_CHECK(!read.failure().message.empty());
    return 0;
  }
  COMET_CHECK(summary);
  COMET_CHECK(summary->active == read->is_active());
  COMET_CHECK(summary->asks_replicas == (read->is_active() && !read->active->replicas.empty()));
  COMET_CHECK(summary->expires == read->expires);
  const bytes again = object::encode(*read);
  const auto reread = object::decode(again);
  COMET_CHECK(reread);
  COMET_CHECK(object::encode(*reread) == again);
  COMET_CHECK(object::encode(object::record{*read}) == again);
  static_cast<void>(read->next_due());
  return 0;
}
