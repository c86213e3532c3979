#include "apps/comet/requests.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using std::chrono::milliseconds;

put_options code(const bytes& source) {
  put_options o;
  o.key = "k";
  o.source = source;
  return o;
}

TEST_CASE("a file is put with its value, arguments and time to live") {
  put_options o = code("return {}");
  CHECK(put_request(o).value() == request{"ASO.PUT", "k", "return {}"});
  o.value = "";
  o.args = {"+60", ""};
  o.ttl = milliseconds{3'600'000};
  CHECK(put_request(o).value() ==
        request{"ASO.PUT", "k", "return {}", "VALUE", "", "ARG", "+60", "ARG", "", "TTL", "3600"});
}

TEST_CASE("code of the prototype is put as such") {
  put_options o = code("object = {}");
  o.compat = true;
  o.value = "v";
  CHECK(put_request(o).value() == request{"ASO.PUT", "k", "object = {}", "COMPAT", "VALUE", "v"});
  o.source.reset();
  CHECK(put_request(o).failure().message == "--compat is for code: give a file of Lua with it");
}

TEST_CASE("code is put with the turns to record, a value is not") {
  put_options o = code("return {}");
  o.record = 8;
  CHECK(put_request(o).value() == request{"ASO.PUT", "k", "return {}", "RECORD", "8"});
  o.source.reset();
  o.value = "v";
  CHECK(put_request(o).failure().message == "--record is for code: give a file of Lua with it");
}

TEST_CASE("a value without a file is a plain SET") {
  put_options o;
  o.key = "k";
  o.value = "v";
  CHECK(put_request(o).value() == request{"SET", "k", "v"});
  o.ttl = milliseconds{1'500};
  CHECK(put_request(o).value() == request{"SET", "k", "v", "PX", "1500"});
}

TEST_CASE("a put that makes no sense is refused with what to do") {
  put_options o;
  o.key = "k";
  CHECK(put_request(o).failure() ==
        error{errc::syntax, "nothing to put: give a file of Lua, or --value V, or both"});
  o.value = "v";
  o.args = {"a"};
  CHECK(put_request(o).failure().message == "--arg is for code: give a file of Lua with it");
  o = code("return {}");
  o.ttl = milliseconds{1'500};
  CHECK(put_request(o).failure().message == "--ttl of an active object takes whole seconds");
  o.ttl = milliseconds{0};
  CHECK(put_request(o).failure().message == "--ttl has to be longer than 0");
}

TEST_CASE("a get with a payload or a callback key is an ASO.GET") {
  CHECK(get_request("k", {}, {}) == request{"GET", "k"});
  CHECK(get_request("k", "", {}) == request{"ASO.GET", "k", "PAYLOAD", ""});
  CHECK(get_request("k", "p", "c") == request{"ASO.GET", "k", "PAYLOAD", "p", "CALLBACK", "c"});
}

TEST_CASE("a call carries its arguments in order") {
  CHECK(call_request("k", "m", {}) == request{"ASO.CALL", "k", "m"});
  CHECK(call_request("k", "m", {"1", "-x"}) == request{"ASO.CALL", "k", "m", "1", "-x"});
}

TEST_CASE("limits take the units of the configuration") {
  put_options options;
  options.key = "k";
  options.source = "return {}";
  options.limits = {"memory-per-object=50kB", "turn-time-max=2s", "timers-max=3"};
  CHECK(*put_request(options) == request{"ASO.PUT", "k", "return {}", "LIMIT", "memory-per-object",
                                         "51200", "LIMIT", "turn-time-max", "2000", "LIMIT",
                                         "timers-max", "3"});
  for (const char* bad : {"", "timers-max", "nosuch=1", "timers-max=x", "turn-time-max=2"}) {
    options.limits = {bad};
    CHECK(put_request(options).failure().code == errc::syntax);
  }
  options.source.reset();
  options.value = "v";
  options.limits = {"timers-max=3"};
  CHECK(put_request(options).failure().message ==
        "--limit is for code: give a file of Lua with it");
}

}  // namespace
}  // namespace comet::client
