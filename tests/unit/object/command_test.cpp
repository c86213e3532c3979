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
  c.asked.emplace().request_id = in.substr(4, 5);
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
  REQUIRE(c.asked);
  CHECK(c.asked->request_id == "value");
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

TEST_CASE("what an operation does to its keys is what Redis says of its commands") {
  const auto access = [](op what, std::size_t index = 0) {
    command c;
    c.what = what;
    return access_to_key(c, index);
  };
  for (const op what : {op::get, op::mget, op::getrange, op::ttl, op::aso_get, op::aso_state,
                        op::aso_turns, op::aso_turn})
    CHECK(access(what) == key_access::read);
  for (const op what : {op::strlen, op::exists, op::touch, op::type, op::object_encoding})
    CHECK(access(what) == key_access::seen);
  for (const op what :
       {op::set, op::setnx, op::append, op::setrange, op::del, op::expire, op::persist, op::mset,
        op::msetnx, op::aso_put, op::aso_resume, op::aso_record})
    CHECK(access(what) == key_access::write);
  for (const op what : {op::getex, op::getdel, op::getset, op::incrby, op::aso_call})
    CHECK(access(what) == key_access::both);
  CHECK(access(op::copy, 0) == key_access::read);
  CHECK(access(op::copy, 1) == key_access::write);
  CHECK(access(op::rename, 0) == key_access::both);
  CHECK(access(op::rename, 1) == key_access::write);
}

TEST_CASE("a SET that asks for the old value reads it too") {
  command c;
  c.what = op::set;
  c.want_old = true;
  CHECK(access_to_key(c, 0) == key_access::both);
}

TEST_CASE("what changes nothing may be asked of two nodes, and what leaves its answer behind") {
  for (const op what : {op::get, op::mget, op::strlen, op::ttl, op::aso_info, op::where})
    CHECK(changes_nothing(what));
  for (const op what : {op::set, op::getex, op::getdel, op::del, op::aso_get, op::aso_call,
                        op::expire, op::msetnx, op::rename, op::flush})
    CHECK_FALSE(changes_nothing(what));
  command c;
  c.what = op::incrby;
  CHECK_FALSE(keeps_its_answer(c));
  c.asked.emplace();
  CHECK_FALSE(keeps_its_answer(c));
  c.asked->request_id = "id";
  CHECK(keeps_its_answer(c));
  c.what = op::set;
  CHECK(keeps_its_answer(c));
  c.condition = set_condition::if_absent;
  CHECK_FALSE(keeps_its_answer(c));
  for (const op what : {op::setnx, op::del, op::getdel, op::expire}) {
    c.what = what;
    CHECK_FALSE(keeps_its_answer(c));
  }
}

}  // namespace comet::object
