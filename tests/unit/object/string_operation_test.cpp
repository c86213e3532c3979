#include "object/string_operation.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "base/number.hpp"
#include "base/random.hpp"

namespace comet::object {
namespace {

constexpr std::size_t no_limit = 1U << 20U;
constexpr auto int_max = std::numeric_limits<std::int64_t>::max();
constexpr auto int_min = std::numeric_limits<std::int64_t>::min();

command on_key(op what, bytes_view value = {}) {
  command c;
  c.what = what;
  c.key = "k";
  c.value = value;
  return c;
}

command numbered(op what, std::int64_t number, std::int64_t number2 = 0, bytes_view value = {}) {
  command c = on_key(what, value);
  c.number = number;
  c.number2 = number2;
  return c;
}

command conditional(set_condition condition, bool want_old) {
  command c = on_key(op::set, "new");
  c.condition = condition;
  c.want_old = want_old;
  return c;
}

string_effect with(const command& c, std::optional<bytes_view> current) {
  return operate(c, current, no_limit);
}

bytes failure_text(const string_effect& effect) {
  CHECK_FALSE(effect.value);
  CHECK_FALSE(effect.erase);
  return effect.answer.failed() ? effect.answer.text : "(no failure)";
}

bytes range(bytes_view value, std::int64_t start, std::int64_t end) {
  const auto effect = with(numbered(op::getrange, start, end), value);
  CHECK_FALSE(effect.value);
  return effect.answer.text;
}

bytes after_incrbyfloat(bytes_view value, long double real) {
  command c = on_key(op::incrbyfloat);
  c.real = real;
  const auto effect = with(c, value);
  if (effect.answer.failed()) return failure_text(effect);
  CHECK(effect.value == effect.answer.text);
  return effect.answer.text;
}

}  // namespace

TEST_CASE("GET answers the value, or null") {
  CHECK(with(on_key(op::get), "v").answer == reply::bulk("v"));
  CHECK(with(on_key(op::get), std::nullopt).answer == reply::null());
  CHECK_FALSE(with(on_key(op::get), "v").value);
}

TEST_CASE("SET stores, and the old expiry goes unless it is kept") {
  command c = on_key(op::set, "new");
  CHECK(with(c, "old").answer == reply::ok());
  CHECK(with(c, "old").value == "new");
  CHECK(with(c, "old").clears_expiry);
  c.keep_expiry = true;
  CHECK_FALSE(with(c, "old").clears_expiry);
}

TEST_CASE("SET NX and SET XX answer null and store nothing where their condition fails") {
  const auto nx = conditional(set_condition::if_absent, false);
  const auto xx = conditional(set_condition::if_present, false);
  CHECK(with(nx, "old").answer == reply::null());
  CHECK_FALSE(with(nx, "old").value);
  CHECK_FALSE(with(nx, "old").clears_expiry);
  CHECK(with(nx, std::nullopt).answer == reply::ok());
  CHECK(with(nx, std::nullopt).value == "new");
  CHECK(with(xx, std::nullopt).answer == reply::null());
  CHECK_FALSE(with(xx, std::nullopt).value);
  CHECK(with(xx, "old").value == "new");
}

TEST_CASE("SET GET answers the old value whether it stored or not") {
  const auto nx = conditional(set_condition::if_absent, true);
  const auto xx = conditional(set_condition::if_present, true);
  CHECK(with(nx, "old").answer == reply::bulk("old"));
  CHECK_FALSE(with(nx, "old").value);
  CHECK(with(nx, std::nullopt).answer == reply::null());
  CHECK(with(nx, std::nullopt).value == "new");
  CHECK(with(xx, "old").answer == reply::bulk("old"));
  CHECK(with(xx, "old").value == "new");
  CHECK(with(xx, std::nullopt).answer == reply::null());
  CHECK_FALSE(with(xx, std::nullopt).value);
}

TEST_CASE("GETSET answers the old value and drops its expiry") {
  const auto effect = with(on_key(op::getset, "new"), "old");
  CHECK(effect.answer == reply::bulk("old"));
  CHECK(effect.value == "new");
  CHECK(effect.clears_expiry);
}

TEST_CASE("SETNX answers one when it stored and zero when not") {
  CHECK(with(on_key(op::setnx, "new"), std::nullopt).answer == reply::number(1));
  CHECK(with(on_key(op::setnx, "new"), std::nullopt).value == "new");
  CHECK(with(on_key(op::setnx, "new"), "old").answer == reply::number(0));
  CHECK_FALSE(with(on_key(op::setnx, "new"), "old").value);
}

TEST_CASE("GETEX PERSIST clears the expiry of a key that exists and leaves the value") {
  command c = on_key(op::getex);
  CHECK_FALSE(with(c, "v").clears_expiry);
  c.clear_expiry = true;
  CHECK(with(c, "v").clears_expiry);
  CHECK(with(c, "v").answer == reply::bulk("v"));
  CHECK_FALSE(with(c, "v").value);
  CHECK_FALSE(with(c, std::nullopt).clears_expiry);
}

TEST_CASE("GETDEL answers the value and erases it") {
  CHECK(with(on_key(op::getdel), "v").answer == reply::bulk("v"));
  CHECK(with(on_key(op::getdel), "v").erase);
  CHECK(with(on_key(op::getdel), std::nullopt).answer == reply::null());
  CHECK_FALSE(with(on_key(op::getdel), std::nullopt).erase);
}

TEST_CASE("APPEND answers the length and keeps the expiry; a missing key is empty") {
  const auto effect = with(on_key(op::append, "de"), "abc");
  CHECK(effect.answer == reply::number(5));
  CHECK(effect.value == "abcde");
  CHECK_FALSE(effect.clears_expiry);
  CHECK(with(on_key(op::append, "de"), std::nullopt).value == "de");
  CHECK(with(on_key(op::append, ""), std::nullopt).value == "");
}

TEST_CASE("STRLEN counts bytes, none of a missing key") {
  CHECK(with(on_key(op::strlen), bytes_view{"a\0b", 3}).answer == reply::number(3));
  CHECK(with(on_key(op::strlen), std::nullopt).answer == reply::number(0));
}

TEST_CASE("GETRANGE counts from the end with negative indexes and cuts to the value") {
  CHECK(range("This is a string", 0, 3) == "This");
  CHECK(range("This is a string", -3, -1) == "ing");
  CHECK(range("This is a string", 0, -1) == "This is a string");
  CHECK(range("This is a string", 10, 100) == "string");
  CHECK(range("abc", -100, 1) == "ab");
  CHECK(range("abc", -100, -99) == "a");  // Both cut to the first byte, as in Redis.
  CHECK(range("abc", -1, -3).empty());
  CHECK(range("abc", 2, 1).empty());
  CHECK(range("abc", 3, 10).empty());
  CHECK(range("abc", int_min, int_max) == "abc");
  CHECK(range("abc", int_max, int_min).empty());
  CHECK(range("", 0, -1).empty());
  CHECK(with(numbered(op::getrange, 0, -1), std::nullopt).answer == reply::bulk(""));
}

TEST_CASE("SETRANGE overwrites, grows and pads with zeros") {
  const auto effect = with(numbered(op::setrange, 6, 0, "Redis"), "Hello World");
  CHECK(effect.answer == reply::number(11));
  CHECK(effect.value == "Hello Redis");
  CHECK_FALSE(effect.clears_expiry);
  CHECK(with(numbered(op::setrange, 1, 0, "xyz"), "ab").value == "axyz");
  CHECK(with(numbered(op::setrange, 3, 0, "x"), "a").value == (bytes{"a\0\0x", 4}));
  CHECK(with(numbered(op::setrange, 2, 0, "x"), std::nullopt).value == (bytes{"\0\0x", 3}));
}

TEST_CASE("SETRANGE of nothing stores nothing, wherever it points") {
  const auto missing = with(numbered(op::setrange, int_max), std::nullopt);
  CHECK(missing.answer == reply::number(0));
  CHECK_FALSE(missing.value);
  const auto present = with(numbered(op::setrange, int_max), "abc");
  CHECK(present.answer == reply::number(3));
  CHECK_FALSE(present.value);
}

TEST_CASE("SETRANGE before the beginning is refused") {
  CHECK(failure_text(with(numbered(op::setrange, -1, 0, "x"), "abc")) == "offset is out of range");
}

TEST_CASE("a value over its limit is refused by each operation that makes values longer") {
  const bytes text = "string exceeds maximum allowed size (proto-max-bulk-len)";
  CHECK(operate(on_key(op::append, "de"), "abc", 5).value == "abcde");
  CHECK(failure_text(operate(on_key(op::append, "de"), "abc", 4)) == text);
  CHECK(operate(numbered(op::setrange, 3, 0, "de"), "abc", 5).value == "abcde");
  CHECK(failure_text(operate(numbered(op::setrange, 3, 0, "de"), "abc", 4)) == text);
  CHECK(failure_text(with(numbered(op::setrange, int_max, 0, "x"), "abc")) == text);
  for (const op what : {op::set, op::getset, op::setnx}) {
    CHECK(operate(on_key(what, "abc"), std::nullopt, 3).value == "abc");
    CHECK(failure_text(operate(on_key(what, "abc"), std::nullopt, 2)) == text);
  }
  CHECK(operate(on_key(op::set, "abc"), std::nullopt, 2).answer.code == errc::too_large);
}

TEST_CASE("INCR adds to a number and a missing key is zero") {
  CHECK(with(numbered(op::incrby, 5), "10").answer == reply::number(15));
  CHECK(with(numbered(op::incrby, -5), "3").value == "-2");
  CHECK(with(numbered(op::incrby, 1), std::nullopt).value == "1");
  CHECK_FALSE(with(numbered(op::incrby, 1), "1").clears_expiry);
  CHECK(with(numbered(op::incrby, -1), std::to_string(int_min + 1)).answer.integer == int_min);
}

TEST_CASE("INCR refuses what is no integer, and what would not be one") {
  for (const bytes_view value : {"abc", "", " 1", "01", "1.5", "9223372036854775808"}) {
    CHECK(failure_text(with(numbered(op::incrby, 1), value)) ==
          "value is not an integer or out of range");
  }
  const bytes overflow = "increment or decrement would overflow";
  CHECK(failure_text(with(numbered(op::incrby, 1), std::to_string(int_max))) == overflow);
  CHECK(failure_text(with(numbered(op::incrby, int_min), "-1")) == overflow);
  CHECK(with(numbered(op::incrby, 1), "abc").answer.code == errc::out_of_range);
}

TEST_CASE("INCRBYFLOAT writes a plain decimal number") {
  CHECK(after_incrbyfloat("10.50", 0.1L) == "10.6");
  CHECK(after_incrbyfloat("5.0e3", 2.0e2L) == "5200");
  CHECK(after_incrbyfloat("0", -0.0L) == "0");
  CHECK(after_incrbyfloat("3", -5) == "-2");
}

TEST_CASE("INCRBYFLOAT refuses what is no number, and what would not be one") {
  CHECK(after_incrbyfloat("abc", 1) == "value is not a valid float");
  CHECK(after_incrbyfloat("1 ", 1) == "value is not a valid float");
  CHECK(after_incrbyfloat("nan", 1) == "value is not a valid float");
  CHECK(after_incrbyfloat("inf", 1) == "increment would produce NaN or Infinity");
  constexpr auto most = std::numeric_limits<long double>::max();
  CHECK(after_incrbyfloat(format_real(most), most) == "increment would produce NaN or Infinity");
}

TEST_CASE("SETRANGE and GETRANGE agree: what was written is read back where it was put") {
  prng random{11};
  for (int i = 0; i < 2'000; ++i) {
    const bytes current(random.below(20), 'c');
    const bytes patch(1 + random.below(20), 'p');
    const auto offset = static_cast<std::int64_t>(random.below(30));
    const auto effect = with(numbered(op::setrange, offset, 0, patch), current);
    REQUIRE(effect.value);
    CHECK(effect.answer.integer == static_cast<std::int64_t>(effect.value->size()));
    const auto last = offset + static_cast<std::int64_t>(patch.size()) - 1;
    CHECK(range(*effect.value, offset, last) == patch);
    const auto kept = std::min(current.size(), static_cast<std::size_t>(offset));
    CHECK(effect.value->substr(0, kept) == current.substr(0, kept));
  }
}

TEST_CASE("exactly the string commands are string operations") {
  int count = 0;
  for (int i = 0; i <= static_cast<int>(op::traces); ++i) {
    count += is_string_operation(static_cast<op>(i)) ? 1 : 0;
  }
  CHECK(count == 12);
  CHECK(is_string_operation(op::setrange));
  CHECK_FALSE(is_string_operation(op::del));
  CHECK_FALSE(is_string_operation(op::mget));
}

}  // namespace comet::object
