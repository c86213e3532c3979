#include "net/wire/replica_codec.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/time.hpp"
#include "net/wire/message_frame.hpp"
#include "net/wire/msgpack_reader.hpp"
#include "net/wire/msgpack_writer.hpp"

namespace comet::wire {

namespace {

namespace replica = object::replica;
using packer = msgpack_writer;

// The fields of everything in the order in which they go, for both directions.

template <class Type, class Wanted>
concept a = std::is_same_v<std::remove_const_t<Type>, Wanted>;

auto fields(a<replica::member> auto& m) {
  return std::tie(m.node, m.life);
}
auto fields(a<replica::group> auto& g) {
  return std::tie(g.epoch, g.sealed_by, g.members);
}
auto fields(a<replica::entry> auto& e) {
  return std::tie(e.key, e.at.epoch, e.at.by, e.at.position, e.erased, e.value);
}
auto fields(a<replica::listed_key> auto& k) {
  return std::tie(k.key, k.at.epoch, k.at.by, k.at.position, k.erased, k.value_bytes);
}
auto fields(a<replica::forget_key> auto& f) {
  return std::tie(f.key);
}
auto fields(a<replica::seal> auto& s) {
  return std::tie(s.next, s.complete);
}
auto fields(a<replica::may_vote> auto&) {
  return std::tie();
}
auto fields(a<replica::prepare> auto& m) {
  return std::tie(m.epoch, m.by, m.handed_over);
}
auto fields(a<replica::promise> auto& m) {
  return std::tie(m.epoch, m.by, m.next, m.next_by);
}
auto fields(a<replica::refusal> auto& m) {
  return std::tie(m.why, m.epoch, m.by, m.current, m.votes, m.promised, m.run, m.through, m.is_led);
}
auto fields(a<replica::list_keys> auto& m) {
  return std::tie(m.epoch, m.by, m.after);
}
auto fields(a<replica::keys_listed> auto& m) {
  return std::tie(m.epoch, m.by, m.after, m.page.keys, m.page.more);
}
auto fields(a<replica::fetch_values> auto& m) {
  return std::tie(m.epoch, m.by, m.keys);
}
auto fields(a<replica::values_fetched> auto& m) {
  return std::tie(m.epoch, m.by, m.entries);
}
auto fields(a<replica::stream> auto& m) {
  return std::tie(m.epoch, m.by, m.run, m.first, m.group_of_epoch, m.parts);
}
auto fields(a<replica::streamed> auto& m) {
  return std::tie(m.epoch, m.by, m.run, m.through, m.votes);
}
auto fields(a<replica::install> auto& m) {
  return std::tie(m.current);
}
auto fields(a<replica::installed> auto& m) {
  return std::tie(m.epoch, m.votes);
}
auto fields(a<replica::take_over> auto& m) {
  return std::tie(m.epoch, m.by);
}
auto fields(a<replica::inquire> auto& m) {
  return std::tie(m.epoch);
}
auto fields(a<replica::leading> auto& m) {
  return std::tie(m.epoch, m.by);
}
auto fields(a<replica::whole_copy> auto& m) {
  return std::tie(m.epoch, m.by, m.run, m.through, m.chosen, m.heard);
}
auto fields(a<lease> auto& l) {
  return std::tie(l.between.sender, l.between.receiver, l.what.sent, l.what.heard);
}
auto fields(a<lease_answer> auto& l) {
  return std::tie(l.between.sender, l.between.receiver, l.what.sent, l.what.answered,
                  l.what.granted);
}

template <class Type>
concept has_fields = requires(Type& of) {
  fields(of);
};

template <has_fields Type>
constexpr std::size_t field_count = std::tuple_size_v<decltype(fields(std::declval<Type&>()))>;

// What is numbered between nodes.

static_assert(
    std::is_same_v<replica::message,
                   std::variant<replica::prepare, replica::promise, replica::refusal,
                                replica::list_keys, replica::keys_listed, replica::fetch_values,
                                replica::values_fetched, replica::stream, replica::streamed,
                                replica::install, replica::installed, replica::take_over,
                                replica::inquire, replica::leading, replica::whole_copy>> &&
        std::is_same_v<replica::part, std::variant<replica::entry, replica::forget_key,
                                                   replica::seal, replica::may_vote>>,
    "version 1 of the node protocol sends places in these, from 1: add at the end");
static_assert(static_cast<int>(replica::refusal_reason::epoch) == 0 &&
                  static_cast<int>(replica::refusal_reason::ballot) == 1 &&
                  static_cast<int>(replica::refusal_reason::leased) == 2 &&
                  static_cast<int>(replica::refusal_reason::gap) == 3,
              "version 1 of the node protocol sends these numbers");

template <class Variant>
std::uint8_t number_of(const Variant& one) {
  return static_cast<std::uint8_t>(one.index() + 1);
}

/// False: there is none of this number.
template <class Variant>
bool begin_numbered(Variant& into, std::uint64_t number) {
  return [&]<std::size_t... Places>(std::index_sequence<Places...>) {
    return ((number == Places + 1 && (into.template emplace<Places>(), true)) || ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>{});
}

// Writing.

void write(packer& to, std::uint64_t n) {
  to.pack_uint64(n);
}
void write(packer& to, std::uint32_t n) {
  to.pack_uint32(n);
}
void write(packer& to, bool b) {
  write_flag(to, b);
}
void write(packer& to, const bytes& text) {
  write_text(to, text);
}
void write(packer& to, const digest& d) {
  write_digest(to, d);
}
void write(packer& to, mono_time t) {
  to.pack_int64(t.time_since_epoch().count());
}
void write(packer& to, replica::refusal_reason why) {
  to.pack_uint8(static_cast<std::uint8_t>(why));
}
template <class Value>
void write(packer& to, const std::optional<Value>& value);
template <class Value>
void write(packer& to, const std::vector<Value>& items);
void write(packer& to, const replica::part& p);
template <has_fields Type>
void write(packer& to, const Type& of);

template <has_fields Type>
void write_fields(packer& to, const Type& of) {
  std::apply([&](const auto&... each) { (write(to, each), ...); }, fields(of));
}

template <has_fields Type>
void write(packer& to, const Type& of) {
  to.pack_array(static_cast<std::uint32_t>(field_count<Type>));
  write_fields(to, of);
}

/// An array that has it, or nothing.
template <class Value>
void write(packer& to, const std::optional<Value>& value) {
  to.pack_array(value ? 1 : 0);
  if (value) write(to, *value);
}

template <class Value>
void write(packer& to, const std::vector<Value>& items) {
  to.pack_array(static_cast<std::uint32_t>(items.size()));
  for (const auto& one : items)
    write(to, one);
}

/// Its number and its fields are one array.
void write(packer& to, const replica::part& p) {
  std::visit(
      [&]<class Part>(const Part& what) {
        to.pack_array(static_cast<std::uint32_t>(1 + field_count<Part>));
        to.pack_uint8(number_of(p));
        write_fields(to, what);
      },
      p);
}

// Reading.

/// A body as it is read: what a later build says is told from what no build says.
struct source {
  msgpack_reader in;
  const char* not_known = nullptr;

  void of_later_build(const char* what) {
    if (in.ok()) not_known = what;
    in.failed(what);
  }
};

void read(source& from, std::uint64_t& n) {
  n = from.in.unsigned_integer();
}
void read(source& from, std::uint32_t& n) {
  n = static_cast<std::uint32_t>(
      from.in.unsigned_integer(std::numeric_limits<std::uint32_t>::max()));
}
void read(source& from, bool& b) {
  b = from.in.boolean();
}
void read(source& from, bytes& text) {
  text = from.in.text();
}
void read(source& from, digest& d) {
  d = read_digest(from.in);
}
void read(source& from, mono_time& t) {
  const std::int64_t count = from.in.integer();
  if (count < 0) from.in.failed("a time before the start of its clock");
  t = mono_time{std::chrono::nanoseconds{count}};
}
void read(source& from, replica::refusal_reason& why) {
  const std::uint64_t number = from.in.unsigned_integer();
  if (number <= static_cast<std::uint64_t>(replica::refusal_reason::gap)) {
    why = static_cast<replica::refusal_reason>(number);
  } else {
    from.of_later_build("a reason of a later build");
  }
}
template <class Value>
void read(source& from, std::optional<Value>& value);
template <class Value>
void read(source& from, std::vector<Value>& items);
void read(source& from, replica::part& p);
template <has_fields Type>
void read(source& from, Type& of);

/// What is more than fields that can each be read.
template <class Type>
const char* fault_of(const Type&) {
  return nullptr;
}

const char* fault_of(const replica::keys_listed& m) {
  const auto& keys = m.page.keys;
  if (m.page.more && keys.empty()) return "a page without keys that is not the last";
  if (m.after && !keys.empty() && keys.front().key <= *m.after) return "keys out of order";
  const auto falls = [](const auto& one, const auto& next) { return one.key >= next.key; };
  return std::ranges::adjacent_find(keys, falls) == keys.end() ? nullptr : "keys out of order";
}

template <has_fields Type>
void read_fields(source& from, Type& of) {
  std::apply([&](auto&... each) { (read(from, each), ...); }, fields(of));
  if (!from.in.ok()) return;
  if (const char* fault = fault_of(of)) from.in.failed(fault);
}

template <has_fields Type>
void read(source& from, Type& of) {
  const std::size_t more = begin_fields(from.in, field_count<Type>);
  read_fields(from, of);
  from.in.skip(more);
}

template <class Value>
void read(source& from, std::optional<Value>& value) {
  std::size_t count = from.in.array();
  if (count > 0) {
    read(from, value.emplace());
    --count;
  }
  from.in.skip(count);
}

template <class Value>
void read(source& from, std::vector<Value>& items) {
  constexpr bool members = std::is_same_v<Value, replica::member>;
  const std::size_t count = from.in.array();
  if (count > (members ? replica::members_max : replica_items_max))
    from.in.failed(members ? "a group with too many members" : "too many keys, values or parts");
  if (from.in.ok()) items.reserve(count);
  for (std::size_t i = 0; i < count && from.in.ok(); ++i)
    read(from, items.emplace_back());
}

void read(source& from, replica::part& p) {
  std::size_t more = begin_fields(from.in, 1);
  if (!begin_numbered(p, from.in.unsigned_integer()))
    return from.of_later_build("a part of a later build");
  std::visit(
      [&]<class Part>(Part& what) {
        if (more < field_count<Part>) return from.in.failed("a field is missing");
        more -= field_count<Part>;
        read_fields(from, what);
      },
      p);
  from.in.skip(more);
}

void read(source& from, range_message& one) {
  const std::size_t more = begin_fields(from.in, 3);
  one.range = static_cast<replica::range_id>(from.in.unsigned_integer(replica::ranges - 1));
  if (!begin_numbered(one.what, from.in.unsigned_integer()))
    return from.of_later_build("a message of a later build");
  std::visit([&](auto& what) { read(from, what); }, one.what);
  from.in.skip(more);
}

template <class Message>
result<void> append_fields(bytes& out, std::uint8_t version, std::uint64_t request,
                           const Message& content, const frame_limits& limits) {
  return append_message_frame(out, version, request, content, limits,
                              [](packer& to, const Message& said) { write(to, said); });
}

template <class Message>
result<Message> decode_fields(const node_frame& frame) {
  return decode_message_frame<Message>(frame, [](msgpack_reader& in, Message& said) {
    source from{in};
    read(from, said);
    in = from.in;
  });
}

}  // namespace

void append_message(bytes& out, replica::range_id range, const replica::message& what) {
  msgpack_appender end{out};
  packer to{end};
  to.pack_array(3);
  to.pack_uint16(range);
  to.pack_uint8(number_of(what));
  std::visit([&](const auto& m) { write(to, m); }, what);
}

template <>
result<replica_messages> decode(const node_frame& frame) {
  COMET_CHECK(frame.kind == frame_kind::replica);
  source from{msgpack_reader{frame.body, elements_max}};
  auto& in = from.in;
  replica_messages content;
  const std::size_t more = begin_fields(in, 3);
  read(from, content.between.sender);
  read(from, content.between.receiver);
  const std::size_t count = in.array();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const msgpack_reader before = in;
    read(from, content.messages.emplace_back());
    if (in.ok() || from.not_known == nullptr) continue;
    content.messages.pop_back();
    if (content.passed_over++ == 0)
      content.not_known = error{errc::incompatible, bytes{"passed over "} + from.not_known};
    from = {before, nullptr};
    in.skip(1);
  }
  in.skip(more);
  if (in.ok() && !in.at_end()) in.failed("bytes after its end");
  if (in.ok()) return content;
  return unreadable(frame, in.fault());
}

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const lease& content, const frame_limits& limits) {
  return append_fields(out, version, request, content, limits);
}

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const lease_answer& content, const frame_limits& limits) {
  return append_fields(out, version, request, content, limits);
}

template <>
result<lease> decode(const node_frame& frame) {
  return decode_fields<lease>(frame);
}

template <>
result<lease_answer> decode(const node_frame& frame) {
  return decode_fields<lease_answer>(frame);
}

}  // namespace comet::wire
