#include "net/wire/command_codec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <msgpack.hpp>
#include <optional>

#include "base/number.hpp"

using namespace comet;
using namespace comet::wire;
using object::command;
using object::op;

namespace {

constexpr std::size_t elements = 1'000;

bytes encoded(const command& c) {
  bytes out;
  append_command(out, c);
  return out;
}

/// Views `raw`. Nothing: refused.
std::optional<command> decoded(bytes_view raw) {
  msgpack_reader from{raw, elements};
  auto c = read_command(from);
  if (!from.ok() || !from.at_end()) return {};
  return c;
}

/// A command of this operation with the keys that it has to have.
command fitting(op what) {
  command c;
  c.what = what;
  switch (what) {
    case op::del:
    case op::exists:
    case op::touch:
    case op::mget: c.keys = {"a", "b", "c"}; break;
    case op::copy:
    case op::rename: c.keys = {"from", "to"}; break;
    case op::mset:
    case op::msetnx:
      c.keys = {"a", "b"};
      c.values = {"1", ""};
      break;
    default: c.key = "key";
  }
  return c;
}

/// Encoding says what there is and nothing else, so equal encodings are equal commands.
bool survives(const command& c) {
  const bytes raw = encoded(c);
  const auto back = decoded(raw);
  return back && encoded(*back) == raw;
}

template <class... Fields>
bool is_taken(const Fields&... fields) {
  msgpack::sbuffer raw;
  msgpack::pack(raw, std::make_tuple(fields...));
  return decoded({raw.data(), raw.size()}).has_value();
}

}  // namespace

TEST_CASE("every operation comes back as it was") {
  for (int i = 0; i <= static_cast<int>(op::traces); ++i) {
    const auto what = static_cast<op>(i);
    CAPTURE(i);
    const auto c = fitting(what);
    const bytes raw = encoded(c);
    const auto back = decoded(raw);
    REQUIRE(back);
    CHECK(back->what == what);
    CHECK(back->key == c.key);
    CHECK(back->keys == c.keys);
    CHECK(back->values == c.values);
  }
}

TEST_CASE("every field comes back as it was") {
  command c;
  c.what = op::aso_put;
  c.condition = object::set_condition::if_present;
  c.expire_if = object::expire_condition::if_any_and_less;
  c.form = object::ttl_form::unix_ms;
  c.key = bytes_view("k\0y", 3);
  c.value = "value";
  c.source = "return {}";
  c.method = "method";
  c.callback_key = "callback";
  c.type_filter = "string";
  c.number = std::numeric_limits<std::int64_t>::min();
  c.number2 = std::numeric_limits<std::int64_t>::max();
  c.real = 0.1L;
  c.when = from_unix_ms(-5);
  c.args = {"one", "", "three"};
  c.limits = {{object::limit::fuel_per_turn, 1'000}, {object::limit::timers, 0}};
  const bytes raw = encoded(c);
  const auto back = decoded(raw);
  REQUIRE(back);
  CHECK(back->condition == c.condition);
  CHECK(back->expire_if == c.expire_if);
  CHECK(back->form == c.form);
  CHECK(back->key == c.key);
  CHECK(back->value == c.value);
  CHECK(back->source == c.source);
  CHECK(back->method == c.method);
  CHECK(back->callback_key == c.callback_key);
  CHECK(back->type_filter == c.type_filter);
  CHECK(back->number == c.number);
  CHECK(back->number2 == c.number2);
  CHECK(back->real == c.real);
  CHECK(back->when == c.when);
  CHECK(back->args == c.args);
  CHECK(back->limits == c.limits);
}

TEST_CASE("what is asked of a request comes back as it was, and absent is absent") {
  command c;
  c.key = "k";
  CHECK_FALSE(decoded(encoded(c))->asked);
  auto& asked = c.asked.emplace();
  asked.quorum = object::asks::all_members;
  asked.durable = true;
  asked.request_id = bytes_view("i\0d", 3);
  bytes raw = encoded(c);
  auto back = decoded(raw);
  REQUIRE(back);
  REQUIRE(back->asked);
  CHECK(back->asked->quorum == object::asks::all_members);
  CHECK(back->asked->durable);
  CHECK_FALSE(back->asked->described);
  CHECK_FALSE(back->asked->stale_max);
  CHECK(back->asked->request_id == asked.request_id);
  for (const auto age : {std::chrono::milliseconds{0}, object::stale_age_max}) {
    asked = {};
    asked.described = true;
    asked.stale_max = age;
    raw = encoded(c);
    back = decoded(raw);
    REQUIRE(back);
    CHECK(back->asked->described);
    CHECK(back->asked->stale_max == age);
  }
}

TEST_CASE("what cannot be asked, or only of a later build, is refused") {
  const int get = 1;
  const int asked = 18;
  using four = std::tuple<int, int, std::int64_t, bytes>;
  CHECK(is_taken(get, "k", asked, four{0, 0, 0, "id"}));
  CHECK_FALSE(is_taken(get, "k", asked, four{256, 0, 0, "id"}));
  CHECK_FALSE(is_taken(get, "k", asked, four{0, 4, 0, "id"}));
  CHECK_FALSE(is_taken(get, "k", asked, four{0, 0, object::stale_age_max.count() + 2, "id"}));
  CHECK_FALSE(is_taken(get, "k", asked, four{0, 0, 0, bytes(129, 'i')}));
  CHECK_FALSE(is_taken(get, "k", asked, std::make_tuple(0, 0, 0)));
}

TEST_CASE("every flag comes back alone") {
  for (auto flag :
       {&command::keep_expiry, &command::want_old, &command::clear_expiry, &command::replace,
        &command::exclusive, &command::has_value, &command::compat}) {
    command c;
    c.*flag = true;
    const bytes raw = encoded(c);
    const auto back = decoded(raw);
    REQUIRE(back);
    for (auto other :
         {&command::keep_expiry, &command::want_old, &command::clear_expiry, &command::replace,
          &command::exclusive, &command::has_value, &command::compat})
      CHECK(((*back).*other) == (other == flag));
  }
}

TEST_CASE("a long double loses nothing") {
  for (const char* text : {"0.1", "-3.0e3", "1e4000", "1e-4000", "5.0e-4940", "inf", "-inf",
                           "9007199254740993.0000001", "3.14159265358979323846"}) {
    CAPTURE(text);
    command c;
    c.what = op::incrbyfloat;
    c.real = *parse_real(text);
    const bytes raw = encoded(c);
    const auto back = decoded(raw);
    REQUIRE(back);
    CHECK(back->real == c.real);
  }
}

TEST_CASE("what has its default takes no bytes") {
  command c;
  c.key = "key";
  CHECK(encoded(c).size() == 7);  // the array, the operation, and the key with its head
}

TEST_CASE("a time of zero is a time") {
  command c;
  c.what = op::expire;
  c.when = from_unix_ms(0);
  const bytes raw = encoded(c);
  CHECK(decoded(raw)->when == c.when);
  CHECK(survives(c));
}

TEST_CASE("a command cut anywhere is refused") {
  auto c = fitting(op::mset);
  c.real = 1.5;
  c.limits = {{object::limit::mailbox, 3}};
  const bytes whole = encoded(c);
  REQUIRE(decoded(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(decoded(bytes_view{whole}.substr(0, size)));
}

TEST_CASE("a command of which anything is unknown is refused as a whole") {
  const bytes key = "k";
  REQUIRE(is_taken(1, key));
  CHECK_FALSE(is_taken(0, key));
  CHECK_FALSE(is_taken(57, key));
  CHECK_FALSE(is_taken(200, key));
  CHECK_FALSE(is_taken(1, key, 19, 1));
  CHECK_FALSE(is_taken(1, key, 0, 1));
  CHECK(is_taken(1, key, 14, 127));
  CHECK_FALSE(is_taken(1, key, 14, 128));
  CHECK_FALSE(is_taken(1, key, 15, 3));
  CHECK_FALSE(is_taken(1, key, 16, 6));
  CHECK_FALSE(is_taken(1, key, 17, 4));
  CHECK_FALSE(is_taken(12, key, 8, bytes{"1x"}));
  CHECK_FALSE(is_taken(12, key, 8, bytes{"nan"}));
}

TEST_CASE("a command that is not whole is refused") {
  CHECK_FALSE(is_taken(1));
  CHECK_FALSE(is_taken(1, bytes{"k"}, 6));
}

TEST_CASE("a command whose fields do not fit its operation is refused") {
  for (const auto what :
       {op::del, op::mget, op::exists, op::touch, op::mset, op::msetnx, op::copy, op::rename}) {
    command c;
    c.what = what;
    CHECK_FALSE(decoded(encoded(c)));
    c.keys = {"only"};
    const bytes one = encoded(c);
    CHECK(decoded(one).has_value() ==
          (what == op::del || what == op::mget || what == op::exists || what == op::touch));
  }
  auto uneven = fitting(op::mset);
  uneven.values.pop_back();
  CHECK_FALSE(decoded(encoded(uneven)));
  auto more = fitting(op::get);
  more.keys = {"other"};
  CHECK_FALSE(decoded(encoded(more)));
  auto before = fitting(op::setrange);
  before.number = -1;
  CHECK_FALSE(decoded(encoded(before)));
}

TEST_CASE("limits that there are not, too low, or out of order are refused") {
  const bytes key = "k";
  REQUIRE(is_taken(34, key, 13, std::make_tuple(1, 100, 8, 5)));
  CHECK_FALSE(is_taken(34, key, 13, std::make_tuple(8, 5, 1, 100)));
  CHECK_FALSE(is_taken(34, key, 13, std::make_tuple(1, 5, 1, 5)));
  CHECK_FALSE(is_taken(34, key, 13, std::make_tuple(0, 5)));
  CHECK_FALSE(is_taken(34, key, 13, std::make_tuple(10, 5)));
  CHECK_FALSE(is_taken(34, key, 13, std::make_tuple(1, 0)));
  CHECK_FALSE(is_taken(34, key, 13, std::make_tuple(1, 100, 8)));
}

TEST_CASE("more elements than a body may have are refused") {
  command c;
  c.what = op::mget;
  c.keys.assign(elements, "k");
  CHECK_FALSE(decoded(encoded(c)));
}
