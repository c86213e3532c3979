#include "object/command.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

namespace comet::object {
namespace {

/// A command whose bytes are gone once this returns.
owned_command kept_from_a_buffer_that_goes() {
  const bytes buffer = "key value source method callback filter k1 k2 v1 a1";
  const bytes_view in = buffer;
  command c;
  c.what = op::aso_call;
  c.condition = set_condition::if_present;
  c.number = -7;
  c.real = 2.5L;
  c.when = from_unix_ms(99);
  c.key = in.substr(0, 3);
  c.value = in.substr(4, 5);
  c.source = in.substr(10, 6);
  c.method = in.substr(17, 6);
  c.callback_key = in.substr(24, 8);
  c.type_filter = in.substr(33, 6);
  c.keys = {in.substr(40, 2), in.substr(43, 2)};
  c.values = {in.substr(46, 2), bytes_view{}};
  c.args = {in.substr(49, 2)};
  return owned_command{c};
}

void check_content(const command& c) {
  CHECK(c.what == op::aso_call);
  CHECK(c.condition == set_condition::if_present);
  CHECK(c.number == -7);
  CHECK(c.real == 2.5L);
  CHECK(c.when == from_unix_ms(99));
  CHECK(c.key == "key");
  CHECK(c.value == "value");
  CHECK(c.source == "source");
  CHECK(c.method == "method");
  CHECK(c.callback_key == "callback");
  CHECK(c.type_filter == "filter");
  CHECK(c.keys == std::vector<bytes_view>{"k1", "k2"});
  CHECK(c.values == std::vector<bytes_view>{"v1", ""});
  CHECK(c.args == std::vector<bytes_view>{"a1"});
}

}  // namespace

TEST_CASE("an owned command outlives the bytes it was made from") {
  check_content(kept_from_a_buffer_that_goes().get());
}

TEST_CASE("an owned command may move") {
  owned_command first = kept_from_a_buffer_that_goes();
  owned_command second = std::move(first);
  owned_command third{command{}};
  third = std::move(second);
  check_content(third.get());
}

TEST_CASE("a command without bytes is owned without bytes") {
  const owned_command empty{command{}};
  CHECK(empty.get().key.empty());
  CHECK(empty.get().keys.empty());
}

TEST_CASE("what may change an object is a write") {
  for (const op what :
       {op::set, op::getex, op::getdel, op::append, op::incrby, op::del, op::expire, op::persist,
        op::rename, op::mset, op::flush, op::aso_put, op::aso_call, op::aso_resume}) {
    CHECK(is_write(what));
  }
  for (const op what : {op::get, op::strlen, op::getrange, op::exists, op::ttl, op::mget, op::scan,
                        op::dbsize, op::aso_get, op::aso_code, op::aso_info}) {
    CHECK_FALSE(is_write(what));
  }
}

}  // namespace comet::object
