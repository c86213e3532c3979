#include "object/recorded_command.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/check.hpp"
#include "base/number.hpp"

namespace comet::object {

namespace {

struct operation_row {
  op what;
  std::uint8_t number;
  bytes_view name;
};

constexpr std::array operations{
    operation_row{op::get, 1, "GET"},           operation_row{op::set, 2, "SET"},
    operation_row{op::getex, 3, "GETEX"},       operation_row{op::getdel, 4, "GETDEL"},
    operation_row{op::getset, 5, "GETSET"},     operation_row{op::setnx, 6, "SETNX"},
    operation_row{op::append, 7, "APPEND"},     operation_row{op::strlen, 8, "STRLEN"},
    operation_row{op::getrange, 9, "GETRANGE"}, operation_row{op::setrange, 10, "SETRANGE"},
    operation_row{op::incrby, 11, "INCRBY"},    operation_row{op::incrbyfloat, 12, "INCRBYFLOAT"},
    operation_row{op::del, 13, "DEL"},          operation_row{op::aso_put, 14, "ASO.PUT"},
    operation_row{op::aso_get, 15, "ASO.GET"},  operation_row{op::aso_call, 16, "ASO.CALL"},
};

const operation_row* row_of(op what) {
  const auto* row = std::ranges::find(operations, what, &operation_row::what);
  return row == operations.end() ? nullptr : row;
}

enum bit : std::uint8_t {
  keeps_expiry = 1U << 0U,
  wants_old = 1U << 1U,
  clears_expiry = 1U << 2U,
  has_value = 1U << 3U,
  has_when = 1U << 4U,
  has_real = 1U << 5U,
  only_if_absent = 1U << 6U,
  only_if_present = 1U << 7U,
};

std::uint8_t bits_of(const command& c) {
  unsigned bits = 0;
  if (c.keep_expiry) bits |= keeps_expiry;
  if (c.want_old) bits |= wants_old;
  if (c.clear_expiry) bits |= clears_expiry;
  if (c.has_value) bits |= has_value;
  if (c.when) bits |= has_when;
  if (c.real != 0) bits |= has_real;
  if (c.condition == set_condition::if_absent) bits |= only_if_absent;
  if (c.condition == set_condition::if_present) bits |= only_if_present;
  return static_cast<std::uint8_t>(bits);
}

/// Hexadecimal, so nothing is lost.
bytes exact_text(long double x) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%La", x);
  COMET_CHECK(size > 0 && static_cast<std::size_t>(size) < text.size());
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

bytes_view name_of_operation(op what) {
  const auto* row = row_of(what);
  return row == nullptr ? bytes_view{} : row->name;
}

void write_command(encoder& out, const command& c) {
  const auto* row = row_of(c.what);
  COMET_CHECK(row != nullptr);
  out.byte(row->number);
  out.byte(bits_of(c));
  if (c.when) out.time(*c.when);
  if (c.real != 0) out.text(exact_text(c.real));
  out.integer(c.number);
  out.integer(c.number2);
  out.text(c.value);
  out.text(c.method);
  out.text(c.callback_key);
  out.number(c.args.size());
  for (const auto arg : c.args)
    out.text(arg);
}

command read_command(decoder& in, bytes_view key) {
  command c;
  c.key = key;
  const std::uint8_t number = in.byte();
  const auto* row = std::ranges::find(operations, number, &operation_row::number);
  if (row == operations.end()) {
    in.failed("a turn of no known operation");
    return c;
  }
  c.what = row->what;
  if (c.what == op::del) c.keys = {key};
  const std::uint8_t bits = in.byte();
  c.keep_expiry = (bits & keeps_expiry) != 0;
  c.want_old = (bits & wants_old) != 0;
  c.clear_expiry = (bits & clears_expiry) != 0;
  c.has_value = (bits & has_value) != 0;
  if ((bits & only_if_absent) != 0) c.condition = set_condition::if_absent;
  if ((bits & only_if_present) != 0) c.condition = set_condition::if_present;
  if ((bits & only_if_absent) != 0 && (bits & only_if_present) != 0)
    in.failed("a condition that nothing meets");
  if ((bits & has_when) != 0) c.when = in.time();
  if ((bits & has_real) != 0) {
    const auto real = parse_real(in.text());
    if (!real || !std::isfinite(*real)) in.failed("a number that cannot be read");
    c.real = real.value_or(0);
  }
  c.number = in.integer();
  c.number2 = in.integer();
  c.value = in.text();
  c.method = in.text();
  c.callback_key = in.text();
  const std::uint64_t args = in.number();
  for (std::uint64_t i = 0; i < args && in.ok(); ++i)
    c.args.push_back(in.text());
  // What its shard never lets through: a turn must not meet it.
  if (c.what == op::setrange && c.number < 0) in.failed("an offset below zero");
  return c;
}

}  // namespace comet::object
