#include "net/wire/node_message.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/fingerprint.hpp"
#include "net/wire/command_codec.hpp"
#include "net/wire/message_frame.hpp"
#include "net/wire/msgpack_reader.hpp"
#include "net/wire/msgpack_writer.hpp"
#include "object/replica/group.hpp"

namespace comet::wire {

namespace {

constexpr std::size_t ip_bytes_max = 45;  // the longest text of an IPv6 address
constexpr std::size_t user_bytes_max = 1'024;
constexpr std::size_t build_bytes_max = 64;
constexpr auto milliseconds_max =
    std::uint64_t{std::numeric_limits<std::int64_t>::max()} / 1'000'000;

using packer = msgpack_writer;

public_key read_key(msgpack_reader& from) {
  const bytes_view raw = from.text();
  public_key key{};
  if (raw.size() == key.size()) {
    std::ranges::copy(raw, key.begin());
  } else {
    from.failed("a key that has not 32 bytes");
  }
  return key;
}

std::uint8_t read_small(msgpack_reader& from) {
  return static_cast<std::uint8_t>(from.unsigned_integer(std::numeric_limits<std::uint8_t>::max()));
}

void write_duration(packer& to, std::chrono::milliseconds time) {
  to.pack_uint64(static_cast<std::uint64_t>(std::max(time.count(), std::int64_t{0})));
}

std::chrono::milliseconds read_duration(msgpack_reader& from) {
  return std::chrono::milliseconds{from.unsigned_integer(milliseconds_max)};
}

void write_endpoint(packer& to, const endpoint& where) {
  to.pack_array(2);
  write_text(to, where.ip);
  to.pack_uint16(where.port);
}

endpoint read_endpoint(msgpack_reader& from) {
  const std::size_t more = begin_fields(from, 2);
  endpoint where;
  where.ip = from.text(ip_bytes_max);
  where.port =
      static_cast<std::uint16_t>(from.unsigned_integer(std::numeric_limits<std::uint16_t>::max()));
  from.skip(more);
  return where;
}

void write_addresses(packer& to, const std::vector<endpoint>& addresses) {
  const std::size_t count = std::min(addresses.size(), addresses_max);
  to.pack_array(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count; ++i)
    write_endpoint(to, addresses[i]);
}

std::vector<endpoint> read_addresses(msgpack_reader& from) {
  const std::size_t count = from.array();
  if (count > addresses_max) from.failed("a node with too many addresses");
  std::vector<endpoint> addresses;
  for (std::size_t i = 0; i < count && from.ok(); ++i)
    addresses.push_back(read_endpoint(from));
  return addresses;
}

// Replies: [kind, payload], where the payload's form follows from the kind. Kinds have numbers of
// their own, which never change.

void write_reply(packer& to, const object::reply& r) {
  using kind = object::reply::kind;
  to.pack_array(r.what == kind::failure ? 3 : 2);
  to.pack_uint8(static_cast<std::uint8_t>(r.what));
  switch (r.what) {
    case kind::null: to.pack_nil(); break;
    case kind::failure:
      write_text(to, r.text);
      write_text(to, name_of(r.code));
      break;
    case kind::integer: to.pack_int64(r.integer); break;
    case kind::boolean: write_flag(to, r.integer != 0); break;
    case kind::real: write_real(to, r.real); break;
    case kind::status:
    case kind::bulk:
    case kind::verbatim: write_text(to, r.text); break;
    case kind::array:
    case kind::map:
    case kind::set:
    case kind::push:
      to.pack_array(static_cast<std::uint32_t>(r.items.size()));
      for (const auto& item : r.items)
        write_reply(to, item);
      break;
  }
}

static_assert(static_cast<int>(object::reply::kind::null) == 0 &&
                  static_cast<int>(object::reply::kind::status) == 1 &&
                  static_cast<int>(object::reply::kind::failure) == 2 &&
                  static_cast<int>(object::reply::kind::integer) == 3 &&
                  static_cast<int>(object::reply::kind::real) == 4 &&
                  static_cast<int>(object::reply::kind::boolean) == 5 &&
                  static_cast<int>(object::reply::kind::bulk) == 6 &&
                  static_cast<int>(object::reply::kind::array) == 7 &&
                  static_cast<int>(object::reply::kind::map) == 8 &&
                  static_cast<int>(object::reply::kind::set) == 9 &&
                  static_cast<int>(object::reply::kind::push) == 10 &&
                  static_cast<int>(object::reply::kind::verbatim) == 11,
              "version 1 of the node protocol sends these numbers");

errc code_named(bytes_view name) {
  for (auto code = std::uint8_t{0}; code <= static_cast<std::uint8_t>(errc::internal); ++code)
    if (name_of(static_cast<errc>(code)) == name) return static_cast<errc>(code);
  return errc::internal;
}

object::reply read_reply(msgpack_reader& from, int depth_left) {
  using kind = object::reply::kind;
  object::reply r;
  if (depth_left == 0) {
    from.failed("a reply nests too deeply");
    return r;
  }
  std::size_t more = begin_fields(from, 2);
  r.what = static_cast<kind>(from.unsigned_integer(static_cast<std::uint8_t>(kind::verbatim)));
  switch (r.what) {
    case kind::null: from.skip(1); break;
    case kind::failure:
      r.text = from.text();
      r.code = code_named(from.text());
      if (more-- == 0) {
        from.failed("a failure without a code");
        more = 0;
      }
      break;
    case kind::integer: r.integer = from.integer(); break;
    case kind::boolean: r.integer = from.boolean() ? 1 : 0; break;
    case kind::real: r.real = from.real(); break;
    case kind::status:
    case kind::bulk:
    case kind::verbatim: r.text = from.text(); break;
    case kind::array:
    case kind::map:
    case kind::set:
    case kind::push: {
      const std::size_t count = from.array();
      if (r.what == kind::map && count % 2 != 0) from.failed("a map with a key and no value");
      if (from.ok()) r.items.reserve(count);
      for (std::size_t i = 0; i < count && from.ok(); ++i)
        r.items.push_back(read_reply(from, depth_left - 1));
      break;
    }
  }
  from.skip(more);
  return r;
}

// A body a message: write(packer, message) and read(reader, message), in the same order.

void write(packer& to, const hello& h) {
  to.pack_array(9);
  to.pack_uint8(h.version_lowest);
  to.pack_uint8(h.version_highest);
  write_text(to, {reinterpret_cast<const char*>(h.key.data()), h.key.size()});
  write_addresses(to, h.addresses);
  write_duration(to, h.uptime);
  to.pack_uint64(h.run);
  to.pack_uint64(h.dial);
  write_text(to, h.build);
  write_text(to, h.proof);
}

void read(msgpack_reader& from, hello& h) {
  const std::size_t more = begin_fields(from, 9);
  h.version_lowest = read_small(from);
  h.version_highest = read_small(from);
  h.key = read_key(from);
  h.id = fingerprint_of(h.key);
  h.addresses = read_addresses(from);
  h.uptime = read_duration(from);
  h.run = from.unsigned_integer();
  h.dial = from.unsigned_integer();
  h.build = from.text(build_bytes_max);
  h.proof = from.text(signature_bytes);
  from.skip(more);
}

void write_position(packer& to, const position& p) {
  to.pack_array(4);
  for (const double x : {p.x, p.y, p.height, p.error})
    write_real(to, x);
}

position read_position(msgpack_reader& from) {
  const std::size_t more = begin_fields(from, 4);
  position p;
  for (double* x : {&p.x, &p.y, &p.height, &p.error})
    *x = from.real();
  from.skip(more);
  return p;
}

void write(packer& to, const pong& p) {
  to.pack_array(2);
  write_position(to, p.where);
  to.pack_array(p.clock ? 1 : 0);
  if (p.clock) to.pack_int64(to_unix_ms(*p.clock));
}

void read(msgpack_reader& from, pong& p) {
  const std::size_t more = begin_fields(from, 2);
  p.where = read_position(from);
  std::size_t told = from.array();
  if (told > 0) {
    p.clock = from_unix_ms(from.integer());
    --told;
  }
  from.skip(told);
  from.skip(more);
}

template <class Empty>
requires std::is_empty_v<Empty>
void write(packer& to, const Empty&) {
  to.pack_array(0);
}

template <class Empty>
requires std::is_empty_v<Empty>
void read(msgpack_reader& from, Empty&) {
  from.skip(begin_fields(from, 0));
}

void write(packer& to, const find_node& f) {
  to.pack_array(2);
  write_digest(to, f.target);
  to.pack_uint8(f.count);
}

void read(msgpack_reader& from, find_node& f) {
  const std::size_t more = begin_fields(from, 2);
  f.target = read_digest(from);
  f.count = static_cast<std::uint8_t>(from.unsigned_integer(contacts_max));
  from.skip(more);
}

void write_contacts(packer& to, const std::vector<node_contact>& nodes) {
  const std::size_t count = std::min(nodes.size(), contacts_max);
  to.pack_array(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    to.pack_array(3);
    write_digest(to, nodes[i].id);
    write_addresses(to, nodes[i].addresses);
    to.pack_uint16(nodes[i].version);
  }
}

std::vector<node_contact> read_contacts(msgpack_reader& from) {
  const std::size_t count = from.array();
  if (count > contacts_max) from.failed("too many contacts");
  std::vector<node_contact> nodes;
  for (std::size_t i = 0; i < count && from.ok(); ++i) {
    const std::size_t more_of_one = begin_fields(from, 3);
    auto& one = nodes.emplace_back();
    one.id = read_digest(from);
    one.addresses = read_addresses(from);
    one.version = static_cast<std::uint16_t>(
        from.unsigned_integer(std::numeric_limits<std::uint16_t>::max()));
    from.skip(more_of_one);
  }
  return nodes;
}

void write(packer& to, const contacts& c) {
  to.pack_array(2);
  write_contacts(to, c.nodes);
  write_position(to, c.where);
}

void read(msgpack_reader& from, contacts& c) {
  const std::size_t more = begin_fields(from, 2);
  c.nodes = read_contacts(from);
  c.where = read_position(from);
  from.skip(more);
}

standing read_standing(msgpack_reader& from) {
  return static_cast<standing>(from.unsigned_integer(static_cast<std::uint64_t>(standing::leaves)));
}

/// One that earlier builds do not send.
std::uint64_t read_added_number(msgpack_reader& from, std::size_t& more) {
  if (more == 0) return 0;
  --more;
  return from.unsigned_integer();
}

void write(packer& to, const presence& p) {
  to.pack_array(4);
  to.pack_uint8(static_cast<std::uint8_t>(p.sender));
  to.pack_uint64(p.life);
  to.pack_uint64(p.age);
  to.pack_uint64(p.over);
}

void read(msgpack_reader& from, presence& p) {
  std::size_t more = begin_fields(from, 2);
  p.sender = read_standing(from);
  p.life = from.unsigned_integer(~std::uint64_t{0});
  p.age = read_added_number(from, more);
  p.over = read_added_number(from, more);
  from.skip(more);
}

void write(packer& to, const probe& /*empty*/) {
  to.pack_array(0);
}

void read(msgpack_reader& from, probe& /*empty*/) {
  from.skip(from.array());
}

void write(packer& to, const probed& p) {
  to.pack_array(3);
  to.pack_uint8(static_cast<std::uint8_t>(p.outcome));
  write_endpoint(to, p.where);
  write_text(to, shortened(p.why, message_bytes_max));
}

void read(msgpack_reader& from, probed& p) {
  const std::size_t more = begin_fields(from, 3);
  const auto outcome = read_small(from);
  if (outcome <= static_cast<std::uint8_t>(probe_outcome::not_found))
    p.outcome = static_cast<probe_outcome>(outcome);
  p.where = read_endpoint(from);
  p.why = from.text(message_bytes_max);
  from.skip(more);
}

void write(packer& to, const present& p) {
  to.pack_array(5);
  to.pack_uint8(static_cast<std::uint8_t>(p.answerer));
  write_contacts(to, p.nodes);
  to.pack_uint64(p.life);
  to.pack_uint64(p.age);
  to.pack_uint64(p.over);
}

void read(msgpack_reader& from, present& p) {
  std::size_t more = begin_fields(from, 3);
  p.answerer = read_standing(from);
  p.nodes = read_contacts(from);
  p.life = from.unsigned_integer(~std::uint64_t{0});
  p.age = read_added_number(from, more);
  p.over = read_added_number(from, more);
  from.skip(more);
}

void write(packer& to, const announce& a) {
  to.pack_array(2);
  write_addresses(to, a.addresses);
  write_duration(to, a.uptime);
}

void read(msgpack_reader& from, announce& a) {
  const std::size_t more = begin_fields(from, 2);
  a.addresses = read_addresses(from);
  a.uptime = read_duration(from);
  from.skip(more);
}

void write(packer& to, const forward& f) {
  to.pack_array(10);
  bytes command;
  append_command(command, f.what);
  to.pack_bin_body(command.data(), static_cast<std::uint32_t>(command.size()));  // an array
  to.pack_uint8(f.hops_left);
  write_endpoint(to, f.caller);
  write_text(to, f.user);
  write_text(to, f.entry ? as_bytes(*f.entry) : bytes_view{});
  to.pack_array(static_cast<std::uint32_t>(f.chain.size()));
  for (const auto& key : f.chain)
    write_text(to, key);
  write_digest(to, f.origin);
  to.pack_uint64(f.number);
  to.pack_uint8(f.again ? 1 : 0);
  write_text(to, f.caller_key);
}

void read(msgpack_reader& from, forward& f) {
  std::size_t more = begin_fields(from, 8);
  f.what = read_command(from);
  f.hops_left = read_small(from);
  f.caller = read_endpoint(from);
  f.user = from.text(user_bytes_max);
  const bytes_view entry = from.text();
  if (entry.size() == sizeof(digest)) {
    f.entry = digest_from(entry);
  } else if (!entry.empty()) {
    from.failed("a digest that has not 32 bytes");
  }
  const std::size_t count = from.array();
  if (count > chain_max) from.failed("too many objects wait for each other");
  for (std::size_t i = 0; i < count && from.ok(); ++i)
    f.chain.push_back(from.text());
  f.origin = read_digest(from);
  f.number = from.unsigned_integer(std::numeric_limits<std::uint64_t>::max());
  if (more > 0) {
    f.again = read_small(from) != 0;
    --more;
  }
  if (more > 0) {
    f.caller_key = from.text();
    --more;
  }
  from.skip(more);
}

void write(packer& to, const reply& r) {
  to.pack_array(3);
  write_reply(to, r.content);
  write_digest(to, r.holder);
  to.pack_array(static_cast<std::uint32_t>(r.copies.size()));
  for (const auto& node : r.copies)
    write_digest(to, node);
}

void read(msgpack_reader& from, reply& r) {
  std::size_t more = begin_fields(from, 2);
  r.content = read_reply(from, reply_depth_max);
  r.holder = read_digest(from);
  if (more > 0) {
    const std::size_t count = from.array();
    if (count > object::replica::members_max) from.failed("too many nodes with copies");
    for (std::size_t i = 0; i < count && from.ok(); ++i)
      r.copies.push_back(read_digest(from));
    --more;
  }
  from.skip(more);
}

void write(packer& to, const refusal& r) {
  to.pack_array(2);
  write_text(to, name_of(r.why.code));
  write_text(to, bytes_view{r.why.message}.substr(0, message_bytes_max));
}

void read(msgpack_reader& from, refusal& r) {
  const std::size_t more = begin_fields(from, 2);
  r.why.code = code_named(from.text());
  r.why.message = from.text(message_bytes_max);
  from.skip(more);
}

}  // namespace

template <class Message>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const Message& content, const frame_limits& limits) {
  return append_message_frame(out, version, request, content, limits,
                              [](packer& to, const Message& said) { write(to, said); });
}

template <class Message>
result<Message> decode(const node_frame& frame) {
  return decode_message_frame<Message>(
      frame, [](msgpack_reader& from, Message& said) { read(from, said); });
}

#define COMET_NODE_MESSAGE(type)                                                       \
  template result<void> append_frame(bytes&, std::uint8_t, std::uint64_t, const type&, \
                                     const frame_limits&);                             \
  template result<type> decode(const node_frame&)

COMET_NODE_MESSAGE(hello);
COMET_NODE_MESSAGE(ping);
COMET_NODE_MESSAGE(pong);
COMET_NODE_MESSAGE(find_node);
COMET_NODE_MESSAGE(contacts);
COMET_NODE_MESSAGE(announce);
COMET_NODE_MESSAGE(leave);
COMET_NODE_MESSAGE(presence);
COMET_NODE_MESSAGE(present);
COMET_NODE_MESSAGE(probe);
COMET_NODE_MESSAGE(probed);
COMET_NODE_MESSAGE(forward);
COMET_NODE_MESSAGE(reply);
COMET_NODE_MESSAGE(refusal);

}  // namespace comet::wire
