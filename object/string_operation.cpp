#include "object/string_operation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "base/check.hpp"
#include "base/number.hpp"

namespace comet::object {

namespace {

string_effect answered(reply answer) {
  string_effect effect;
  effect.answer = std::move(answer);
  return effect;
}

string_effect refused(errc code, bytes message) {
  return answered(reply::failure(code, std::move(message)));
}

string_effect stored(bytes value, reply answer) {
  string_effect effect;
  effect.answer = std::move(answer);
  effect.value = std::move(value);
  return effect;
}

reply bulk_or_null(std::optional<bytes_view> current) {
  return current ? reply::bulk(bytes{*current}) : reply::null();
}

reply size_of(bytes_view value) {
  return reply::number(static_cast<std::int64_t>(value.size()));
}

string_effect too_large() {
  return refused(errc::too_large, "string exceeds maximum allowed size (proto-max-bulk-len)");
}

/// SET, GETSET and SETNX once their conditions hold.
string_effect replaced(const command& c, std::size_t limit, reply answer) {
  if (c.value.size() > limit) return too_large();
  string_effect effect = stored(bytes{c.value}, std::move(answer));
  effect.clears_expiry = !c.keep_expiry;
  return effect;
}

string_effect set(const command& c, std::optional<bytes_view> current, std::size_t limit) {
  const bool met = c.condition == set_condition::always ||
                   (c.condition == set_condition::if_present) == current.has_value();
  if (!met) return answered(c.want_old ? bulk_or_null(current) : reply::null());
  return replaced(c, limit, c.want_old ? bulk_or_null(current) : reply::ok());
}

string_effect setnx(const command& c, std::optional<bytes_view> current, std::size_t limit) {
  if (current) return answered(reply::number(0));
  return replaced(c, limit, reply::number(1));
}

string_effect getex(const command& c, std::optional<bytes_view> current) {
  string_effect effect = answered(bulk_or_null(current));
  effect.clears_expiry = c.clear_expiry && current.has_value();
  return effect;
}

string_effect getdel(std::optional<bytes_view> current) {
  string_effect effect = answered(bulk_or_null(current));
  effect.erase = current.has_value();
  return effect;
}

string_effect append(const command& c, std::optional<bytes_view> current, std::size_t limit) {
  const bytes_view old = current.value_or(bytes_view{});
  if (c.value.size() > limit || old.size() > limit - c.value.size()) return too_large();
  bytes value;
  value.reserve(old.size() + c.value.size());
  value.append(old).append(c.value);
  reply answer = size_of(value);
  return stored(std::move(value), std::move(answer));
}

string_effect getrange(const command& c, std::optional<bytes_view> current) {
  const auto size = static_cast<std::int64_t>(current.value_or(bytes_view{}).size());
  std::int64_t start = c.number;
  std::int64_t end = c.number2;
  if (size == 0 || (start < 0 && end < 0 && start > end)) return answered(reply::bulk({}));
  if (start < 0) start = std::max<std::int64_t>(size + start, 0);
  if (end < 0) end = std::max<std::int64_t>(size + end, 0);
  end = std::min(end, size - 1);
  if (start > end) return answered(reply::bulk({}));
  return answered(reply::bulk(bytes{current->substr(static_cast<std::size_t>(start),
                                                    static_cast<std::size_t>(end - start + 1))}));
}

string_effect setrange(const command& c, std::optional<bytes_view> current, std::size_t limit) {
  if (c.number < 0) return refused(errc::out_of_range, "offset is out of range");
  const bytes_view old = current.value_or(bytes_view{});
  if (c.value.empty()) return answered(size_of(old));
  const auto offset = static_cast<std::uint64_t>(c.number);
  if (offset > limit || c.value.size() > limit - offset) return too_large();
  bytes value{old};
  if (value.size() < offset + c.value.size()) value.resize(offset + c.value.size(), '\0');
  value.replace(offset, c.value.size(), c.value);
  reply answer = size_of(value);
  return stored(std::move(value), std::move(answer));
}

string_effect incrby(const command& c, std::optional<bytes_view> current) {
  const auto old = current ? parse_integer(*current) : std::optional<std::int64_t>{0};
  if (!old) return refused(errc::out_of_range, "value is not an integer or out of range");
  std::int64_t sum = 0;
  if (__builtin_add_overflow(*old, c.number, &sum)) {
    return refused(errc::out_of_range, "increment or decrement would overflow");
  }
  return stored(std::to_string(sum), reply::number(sum));
}

string_effect incrbyfloat(const command& c, std::optional<bytes_view> current) {
  const auto old = current ? parse_real(*current) : std::optional<long double>{0};
  if (!old) return refused(errc::syntax, "value is not a valid float");
  const long double sum = *old + c.real;
  if (!std::isfinite(sum)) {
    return refused(errc::out_of_range, "increment would produce NaN or Infinity");
  }
  bytes text = format_real(sum);
  return stored(text, reply::bulk(text));
}

}  // namespace

bool is_string_operation(op what) {
  switch (what) {
    case op::get:
    case op::set:
    case op::getex:
    case op::getdel:
    case op::getset:
    case op::setnx:
    case op::append:
    case op::strlen:
    case op::getrange:
    case op::setrange:
    case op::incrby:
    case op::incrbyfloat: return true;
    default: return false;
  }
}

string_effect operate(const command& c, std::optional<bytes_view> current,
                      std::size_t value_bytes_max) {
  switch (c.what) {
    case op::get: return answered(bulk_or_null(current));
    case op::set: return set(c, current, value_bytes_max);
    case op::getex: return getex(c, current);
    case op::getdel: return getdel(current);
    case op::getset: return replaced(c, value_bytes_max, bulk_or_null(current));
    case op::setnx: return setnx(c, current, value_bytes_max);
    case op::append: return append(c, current, value_bytes_max);
    case op::strlen: return answered(size_of(current.value_or(bytes_view{})));
    case op::getrange: return getrange(c, current);
    case op::setrange: return setrange(c, current, value_bytes_max);
    case op::incrby: return incrby(c, current);
    case op::incrbyfloat: return incrbyfloat(c, current);
    default: break;
  }
  COMET_CHECK(is_string_operation(c.what));
  return refused(errc::internal, "not a string operation");
}

}  // namespace comet::object
