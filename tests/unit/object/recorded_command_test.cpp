#include "object/recorded_command.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace comet;
using namespace comet::object;

namespace {

bytes encoded(const command& c) {
  encoder out{64};
  write_command(out, c);
  return std::move(out).take();
}

command full(op what) {
  command c;
  c.what = what;
  c.value = "a value";
  c.method = "add";
  c.callback_key = "back";
  c.args = {"1", "", "three"};
  c.number = std::numeric_limits<std::int64_t>::max();
  c.number2 = -2;
  c.real = 0.1L;
  c.when = from_unix_ms(1'700'000'000'000);
  c.condition = set_condition::if_present;
  c.keep_expiry = true;
  c.want_old = true;
  c.clear_expiry = true;
  c.has_value = true;
  return c;
}

}  // namespace

TEST_CASE("every operation of a turn comes back as it was, with the key of its object") {
  for (const op what : {op::get, op::set, op::getex, op::getdel, op::getset, op::setnx, op::append,
                        op::strlen, op::getrange, op::setrange, op::incrby, op::incrbyfloat,
                        op::del, op::aso_put, op::aso_get, op::aso_call}) {
    const command c = full(what);
    const bytes raw = encoded(c);
    decoder in{raw, "command"};
    const command back = read_command(in, "k");
    REQUIRE(in.ok());
    CHECK(in.at_end());
    CHECK(back.what == what);
    CHECK(back.key == "k");
    CHECK(back.keys.size() == (what == op::del ? 1 : 0));
    CHECK(back.value == c.value);
    CHECK(back.method == c.method);
    CHECK(back.callback_key == c.callback_key);
    CHECK(back.args == c.args);
    CHECK(back.number == c.number);
    CHECK(back.number2 == c.number2);
    CHECK(back.real == c.real);
    CHECK(back.when == c.when);
    CHECK(back.condition == c.condition);
    CHECK((back.keep_expiry && back.want_old && back.clear_expiry && back.has_value));
    CHECK(encoded(back) == raw);
    CHECK_FALSE(name_of_operation(what).empty());
  }
  CHECK(name_of_operation(op::flush).empty());
}

TEST_CASE("a command that no shard lets through is refused") {
  command c = full(op::setrange);
  c.number = -1;
  const bytes negative = encoded(c);
  decoder in{negative, "command"};
  read_command(in, "k");
  CHECK_FALSE(in.ok());

  decoder unknown{"\x63", "command"};
  read_command(unknown, "k");
  CHECK_FALSE(unknown.ok());

  const bytes whole = encoded(full(op::set));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    decoder cut{bytes_view{whole}.substr(0, size), "command"};
    read_command(cut, "k");
    CHECK_FALSE(cut.ok());
  }
}
