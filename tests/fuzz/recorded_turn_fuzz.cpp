// Any bytes as a recorded turn, and as a ring of them: refused, or read as what is written again to
// the same bytes. A turn that can be read can be shown, and run without harm.
//
// A random checksum never holds, so inputs are sealed with the right one but for every eighth.

#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "lua/turn_replay.hpp"
#include "object/turn_ring.hpp"
#include "object/turn_view.hpp"

using namespace comet;

namespace {

bytes sealed(bytes_view body) {
  encoder out{body.size() + checksum_size};
  out.raw(body);
  out.checksum();
  return std::move(out).take();
}

object::code_ref any_code() {
  auto code = std::make_shared<object::code>();
  code->source = "return { onGet = function(self) return (dht.get('a')) end }";
  code->hash = sha256(code->source);
  return code;
}

/// What a machine of tests has time and memory for.
bool is_modest(const object::policy& limits) {
  return limits.fuel_per_turn <= 100'000 && limits.memory_per_object <= 1U << 20U &&
         limits.fuel_per_slice >= 100;
}

void read_as_turn(bytes_view input) {
  auto turn = object::decode_whole(input);
  if (!turn) {
    COMET_CHECK(!turn.failure().message.empty());
    return;
  }
  const auto content = object::encode_content(*turn);
  COMET_CHECK(content.has_value());
  const bytes again = object::encode_whole(*content, turn->before, turn->after);
  const auto reread = object::decode_whole(again);
  COMET_CHECK(reread.ok());
  COMET_CHECK(object::encode_content(*reread) == content);
  static_cast<void>(object::view_of(*turn, 17));
  if (turn->sizes || !is_modest(turn->trace.limits)) return;
  if (const auto replayed = lua::replay(*turn, any_code()))
    static_cast<void>(lua::differences(*turn, *replayed, false));
}

void read_as_ring(bytes_view input) {
  decoder in{input, "ring"};
  const auto ring = object::turn_ring::read(in);
  COMET_CHECK((ring != nullptr) == in.ok());
  if (!ring) return;
  encoder out{input.size()};
  ring->write(out);
  const bytes again = std::move(out).take();
  decoder back{again, "ring"};
  const auto reread = object::turn_ring::read(back);
  COMET_CHECK(reread && *reread == *ring);
  COMET_CHECK(ring->heads().size() == ring->size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bytes_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  if (data[0] % 2 == 0) {
    read_as_ring(body);
  } else {
    read_as_turn(data[0] % 8 == 7 ? bytes{body} : sealed(body));
  }
  return 0;
}
