#include "net/wire/command_codec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <limits>
#include <optional>

#include "base/check.hpp"
#include "base/number.hpp"
#include "net/wire/msgpack_writer.hpp"

namespace comet::wire {

namespace {

using object::command;
using object::op;

/// What of `key`, `keys` and `values` an operation has.
enum class shape : std::uint8_t { one_key, some_keys, two_keys, pairs };

struct op_row {
  op what;
  std::uint8_t number;  ///< between nodes; never given to another
  shape form = shape::one_key;
};

/// In the order of object::op.
constexpr std::array op_rows{
    op_row{op::get, 1},
    op_row{op::set, 2},
    op_row{op::getex, 3},
    op_row{op::getdel, 4},
    op_row{op::getset, 5},
    op_row{op::setnx, 6},
    op_row{op::append, 7},
    op_row{op::strlen, 8},
    op_row{op::getrange, 9},
    op_row{op::setrange, 10},
    op_row{op::incrby, 11},
    op_row{op::incrbyfloat, 12},
    op_row{op::del, 13, shape::some_keys},
    op_row{op::exists, 14, shape::some_keys},
    op_row{op::touch, 15, shape::some_keys},
    op_row{op::type, 16},
    op_row{op::copy, 17, shape::two_keys},
    op_row{op::rename, 18, shape::two_keys},
    op_row{op::expire, 19},
    op_row{op::ttl, 20},
    op_row{op::persist, 21},
    op_row{op::object_encoding, 22},
    op_row{op::object_freq, 23},
    op_row{op::object_idletime, 24},
    op_row{op::object_refcount, 25},
    op_row{op::mget, 26, shape::some_keys},
    op_row{op::mset, 27, shape::pairs},
    op_row{op::msetnx, 28, shape::pairs},
    op_row{op::keys, 29},
    op_row{op::scan, 30},
    op_row{op::randomkey, 31},
    op_row{op::dbsize, 32},
    op_row{op::flush, 33},
    op_row{op::aso_put, 34},
    op_row{op::aso_get, 35},
    op_row{op::aso_call, 36},
    op_row{op::aso_code, 37},
    op_row{op::aso_hash, 38},
    op_row{op::aso_state, 39},
    op_row{op::aso_info, 40},
    op_row{op::aso_resume, 41},
    op_row{op::aso_record, 51},
    op_row{op::aso_turns, 52},
    op_row{op::aso_turn, 53},
    op_row{op::where, 42},
    op_row{op::lookup, 43},
    op_row{op::nodes, 44},
    op_row{op::node_info, 45},
    op_row{op::code_text, 49},  // 46 to 48 were of earlier builds
    op_row{op::count_copies, 50},
    op_row{op::inspect, 54},
    op_row{op::trace, 55},
    op_row{op::traces, 56},
};
constexpr bool is_complete() {
  if (op_rows.size() != static_cast<std::size_t>(op::traces) + 1) return false;
  for (std::size_t i = 0; i < op_rows.size(); ++i) {
    if (static_cast<std::size_t>(op_rows[i].what) != i || op_rows[i].number == 0) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (op_rows[j].number == op_rows[i].number) return false;
  }
  return true;
}
static_assert(is_complete(), "every operation has a row, in order, and a number of its own");

/// Never given to another.
enum class field : std::uint8_t {
  value = 1,
  source = 2,
  method = 3,
  callback_key = 4,
  type_filter = 5,
  number = 6,
  number2 = 7,
  real = 8,
  when = 9,  ///< milliseconds since 1970
  keys = 10,
  values = 11,
  args = 12,
  limits = 13,  ///< numbers of limits, rising, each followed by its value
  flags = 14,
  condition = 15,
  expire_if = 16,
  form = 17,
  asked = 18,  ///< quorum, bits, the age that will do in milliseconds plus one, request id
};

/// The bits of `flags`, by their place.
constexpr std::array flag_bits{&command::keep_expiry, &command::want_old,  &command::clear_expiry,
                               &command::replace,     &command::exclusive, &command::has_value,
                               &command::compat};

constexpr std::size_t real_bytes_max = 64;

std::uint8_t flags_of(const command& c) {
  unsigned flags = 0;
  for (std::size_t i = 0; i < flag_bits.size(); ++i)
    if (c.*flag_bits[i]) flags |= 1U << i;
  return static_cast<std::uint8_t>(flags);
}

/// Hexadecimal, so nothing is lost.
bytes exact_text(long double x) {
  std::array<char, real_bytes_max> text{};
  const int size = std::snprintf(text.data(), text.size(), "%La", x);
  COMET_CHECK(size > 0 && static_cast<std::size_t>(size) < text.size());
  return {text.data(), static_cast<std::size_t>(size)};
}

/// Collects the fields behind a head that says how many there are.
class field_writer {
 public:
  void text(field which, bytes_view content) {
    if (content.empty()) return;
    begin(which);
    write_text(to_, content);
  }
  void integer(field which, std::int64_t n) {
    if (n == 0) return;
    begin(which);
    to_.pack_int64(n);
  }
  void list(field which, const std::vector<bytes_view>& items) {
    if (items.empty()) return;
    begin(which);
    to_.pack_array(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items)
      write_text(to_, item);
  }
  msgpack_writer& begin(field which) {
    ++count_;
    to_.pack_uint8(static_cast<std::uint8_t>(which));
    return to_;
  }

  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] const bytes& encoded() const { return encoded_; }

 private:
  bytes encoded_;
  msgpack_appender behind_{encoded_};
  msgpack_writer to_{behind_};
  std::uint32_t count_ = 0;
};

template <class Enum>
Enum read_enum(msgpack_reader& from, Enum last) {
  return static_cast<Enum>(from.unsigned_integer(static_cast<std::uint64_t>(last)));
}

std::vector<bytes_view> read_list(msgpack_reader& from) {
  const std::size_t count = from.array();
  std::vector<bytes_view> items;
  if (from.ok()) items.reserve(count);
  for (std::size_t i = 0; i < count && from.ok(); ++i)
    items.push_back(from.text());
  return items;
}

object::asked_limits read_limits(msgpack_reader& from) {
  const std::size_t count = from.array();
  object::asked_limits limits;
  if (count % 2 != 0) from.failed("a limit without a value");
  for (std::size_t i = 0; i + 1 < count && from.ok(); i += 2) {
    object::asked_limit one;
    one.which =
        static_cast<object::limit>(from.unsigned_integer(std::numeric_limits<std::uint8_t>::max()));
    one.value = from.integer();
    const auto* row = object::find_limit(one.which);
    if (row == nullptr || one.value < row->lowest) from.failed("a limit that there is not");
    if (!limits.empty() && one.which <= limits.back().which) from.failed("limits out of order");
    limits.push_back(one);
  }
  return limits;
}

void read_flags(msgpack_reader& from, command& c) {
  const auto flags = from.unsigned_integer((1U << flag_bits.size()) - 1);
  for (std::size_t i = 0; i < flag_bits.size(); ++i)
    c.*flag_bits[i] = (flags >> i & 1U) != 0;
}

/// The bits of what is asked, by their place.
constexpr std::array asked_bits{&object::asks::durable, &object::asks::described};

void write_asks(msgpack_writer& to, const object::asks& asked) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < asked_bits.size(); ++i)
    if (asked.*asked_bits[i]) bits |= 1U << i;
  to.pack_array(4);
  to.pack_uint8(asked.quorum);
  to.pack_uint8(static_cast<std::uint8_t>(bits));
  to.pack_uint64(asked.stale_max ? static_cast<std::uint64_t>(asked.stale_max->count()) + 1 : 0);
  write_text(to, asked.request_id);
}

object::asks read_asks(msgpack_reader& from) {
  object::asks asked;
  if (from.array() != 4) from.failed("asked for something of a later build");
  asked.quorum =
      static_cast<std::uint8_t>(from.unsigned_integer(std::numeric_limits<std::uint8_t>::max()));
  const auto bits = from.unsigned_integer((1U << asked_bits.size()) - 1);
  for (std::size_t i = 0; i < asked_bits.size(); ++i)
    asked.*asked_bits[i] = (bits >> i & 1U) != 0;
  const auto age = from.unsigned_integer(object::stale_age_max.count() + 1);
  if (age > 0) asked.stale_max = std::chrono::milliseconds{age - 1};
  asked.request_id = from.text(object::request_id_bytes_max);
  return asked;
}

long double read_exact(msgpack_reader& from) {
  const auto x = parse_real(from.text(real_bytes_max));
  if (!x) from.failed("a number that cannot be read");
  return x.value_or(0);
}

void read_field(msgpack_reader& from, field which, command& c) {
  switch (which) {
    case field::value: c.value = from.text(); return;
    case field::source: c.source = from.text(); return;
    case field::method: c.method = from.text(); return;
    case field::callback_key: c.callback_key = from.text(); return;
    case field::type_filter: c.type_filter = from.text(); return;
    case field::number: c.number = from.integer(); return;
    case field::number2: c.number2 = from.integer(); return;
    case field::real: c.real = read_exact(from); return;
    case field::when: c.when = from_unix_ms(from.integer()); return;
    case field::keys: c.keys = read_list(from); return;
    case field::values: c.values = read_list(from); return;
    case field::args: c.args = read_list(from); return;
    case field::limits: c.limits = read_limits(from); return;
    case field::flags: read_flags(from, c); return;
    case field::condition: c.condition = read_enum(from, object::set_condition::if_present); return;
    case field::expire_if:
      c.expire_if = read_enum(from, object::expire_condition::if_any_and_less);
      return;
    case field::form: c.form = read_enum(from, object::ttl_form::unix_ms); return;
    case field::asked: c.asked = read_asks(from); return;
  }
  from.failed("a command with a field of a later build");
}

bool fits(const command& c, shape form) {
  if (c.what == op::setrange && c.number < 0) return false;
  switch (form) {
    case shape::one_key: return c.keys.empty() && c.values.empty();
    case shape::some_keys: return !c.keys.empty() && c.values.empty();
    case shape::two_keys: return c.keys.size() == 2 && c.values.empty();
    case shape::pairs: return !c.keys.empty() && c.keys.size() == c.values.size();
  }
  return false;
}

}  // namespace

void append_command(bytes& out, const command& c) {
  field_writer fields;
  fields.text(field::value, c.value);
  fields.text(field::source, c.source);
  fields.text(field::method, c.method);
  fields.text(field::callback_key, c.callback_key);
  fields.text(field::type_filter, c.type_filter);
  fields.integer(field::number, c.number);
  fields.integer(field::number2, c.number2);
  if (c.real != 0) write_text(fields.begin(field::real), exact_text(c.real));
  if (c.when) fields.begin(field::when).pack_int64(to_unix_ms(*c.when));
  fields.list(field::keys, c.keys);
  fields.list(field::values, c.values);
  fields.list(field::args, c.args);
  if (!c.limits.empty()) {
    auto& to = fields.begin(field::limits);
    to.pack_array(static_cast<std::uint32_t>(2 * c.limits.size()));
    for (const auto& one : c.limits) {
      to.pack_uint8(static_cast<std::uint8_t>(one.which));
      to.pack_int64(one.value);
    }
  }
  fields.integer(field::flags, flags_of(c));
  fields.integer(field::condition, static_cast<std::int64_t>(c.condition));
  fields.integer(field::expire_if, static_cast<std::int64_t>(c.expire_if));
  fields.integer(field::form, static_cast<std::int64_t>(c.form));
  if (c.asked) write_asks(fields.begin(field::asked), *c.asked);

  msgpack_appender end{out};
  msgpack_writer to{end};
  to.pack_array(2 + 2 * fields.count());
  to.pack_uint8(op_rows[static_cast<std::size_t>(c.what)].number);
  write_text(to, c.key);
  out += fields.encoded();
}

command read_command(msgpack_reader& from) {
  command c;
  const std::size_t count = from.array();
  if (count < 2 || count % 2 != 0) from.failed("a command that is not whole");
  const auto number = from.unsigned_integer(std::numeric_limits<std::uint8_t>::max());
  const auto* row = std::ranges::find(op_rows, number, &op_row::number);
  if (row == op_rows.end()) {
    from.failed("an operation of a later build");
    return c;
  }
  c.what = row->what;
  c.key = from.text();
  for (std::size_t i = 2; i + 1 < count && from.ok(); i += 2) {
    const auto which = from.unsigned_integer(std::numeric_limits<std::uint8_t>::max());
    read_field(from, static_cast<field>(which), c);
  }
  if (from.ok() && !fits(c, row->form)) from.failed("a command whose fields do not fit it");
  return c;
}

}  // namespace comet::wire
