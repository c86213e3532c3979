// Any bytes as an object's stored state: refused, or a state that encodes and installs again as
// the same values, and that a client can be given as a reply.

#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "lua/loaded_object.hpp"
#include "lua/turn_scope.hpp"
#include "tests/fuzz/fuzzed_object.hpp"

using namespace comet;
using namespace comet::lua;

namespace {

class holder {
 public:
  explicit holder(const object::policy& limits) : limits_(limits) {
    static const program_ref empty =
        *compile(fuzz::code_of("return { all = function(self) return self end }"), {});
    COMET_CHECK(object_.open(limits_));
    object_.vm().begin_account(limits_.fuel_per_turn);
    object_.vm().open_slice(limits_.fuel_per_turn);
    COMET_CHECK(object_.run_script(*empty, {}) == machine::status::returned);
    COMET_CHECK(object_.adopt());
  }

  bool install(bytes_view state) { return object_.install(state, limits_.state_depth_max); }
  bytes state() {
    bytes encoded;
    COMET_CHECK(object_.encode_state(limits_, encoded));
    return encoded;
  }
  object::reply reply() {
    COMET_CHECK(object_.take_value_as_result());
    const auto given = object_.result_reply(limits_);
    return given ? *given : object::reply::failure(given.failure());
  }

 private:
  object::policy limits_;
  environment world_{"aa", "192.0.2.1", 7};
  page_pool pages_;
  turn_scope scope_{"k", limits_, world_, 1};
  loaded_object object_{pages_, scope_, 5};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  object::policy limits;
  limits.memory_per_object = std::size_t{1} << 20U;
  const bytes_view input{reinterpret_cast<const char*>(data), size};
  holder first(limits);
  if (!first.install(input)) return 0;
  const bytes state = first.state();
  holder second(limits);
  COMET_CHECK(second.install(state));
  COMET_CHECK(second.state().size() == state.size());
  COMET_CHECK(first.reply() == second.reply() || state.find('\xcb') != bytes::npos);  // NaN
  return 0;
}
