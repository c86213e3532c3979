#include "net/wire/replica_batch.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "net/wire/msgpack_writer.hpp"

namespace comet::wire {

namespace {

namespace replica = object::replica;

// Room: what a batch counts of its frame before anything is written. It is at least the bytes that
// are written, and 16 for each element, so a full frame has no more elements than a body may have.

constexpr std::size_t element_room = 16;
constexpr std::size_t batch_room = 64;     ///< lives, and the array of messages
constexpr std::size_t message_room = 256;  ///< all fields of any, but for what follows
constexpr std::size_t group_room = 128;
constexpr std::size_t member_room = 64;
constexpr std::size_t key_room = 24;
constexpr std::size_t item_room = 128;  ///< an entry, a listed key, a part

std::size_t room_of(const replica::group& g) {
  return group_room + member_room * g.members.size();
}
std::size_t room_of(const bytes& key) {
  return key_room + key.size();
}
template <class Value>
std::size_t room_of(const std::optional<Value>& value) {
  return value ? room_of(*value) : 0;
}
std::size_t room_of(const replica::entry& e) {
  return item_room + e.key.size() + e.value.size();
}
std::size_t room_of(const replica::listed_key& k) {
  return item_room + k.key.size();
}
std::size_t room_of(const replica::forget_key& f) {
  return item_room + f.key.size();
}
std::size_t room_of(const replica::seal& s) {
  return item_room + room_of(s.next);
}
std::size_t room_of(const replica::may_vote&) {
  return item_room;
}
std::size_t room_of(const replica::part& p) {
  return std::visit([](const auto& what) { return room_of(what); }, p);
}

std::size_t room_in(const frame_limits& limits) {
  const std::size_t most = std::min(limits.data_bytes_max, elements_max * element_room);
  return most - std::min(most, batch_room);
}

template <class Message, class... Wanted>
concept one_of = (std::is_same_v<std::remove_const_t<Message>, Wanted> || ...);

/// What may be cut.
template <class Message>
concept has_items = one_of<Message, replica::stream, replica::values_fetched, replica::fetch_values,
                           replica::keys_listed>;

template <has_items Message>
auto& items_of(Message& m) {
  if constexpr (requires { m.parts; }) {
    return m.parts;
  } else if constexpr (requires { m.entries; }) {
    return m.entries;
  } else if constexpr (requires { m.keys; }) {
    return m.keys;
  } else {
    return m.page.keys;
  }
}

template <class Message>
std::size_t room_without_items(const Message& m) {
  std::size_t room = message_room;
  if constexpr (requires { m.next; }) room += room_of(m.next);
  if constexpr (requires { m.current; }) room += room_of(m.current);
  if constexpr (requires { m.group_of_epoch; }) room += room_of(m.group_of_epoch);
  if constexpr (requires { m.after; }) room += room_of(m.after);
  return room;
}

/// What of a message fits.
struct extent {
  std::size_t room = 0;
  std::size_t items = 0;  ///< how many of them
  bool is_whole = false;
};

template <class Message>
extent extent_of(const Message& m, std::size_t room_max) {
  extent fits{room_without_items(m)};
  if constexpr (has_items<Message>) {
    for (const auto& one : items_of(m)) {
      const std::size_t room = fits.room + room_of(one);
      if (room > room_max || fits.items == replica_items_max) return fits;
      fits.room = room;
      ++fits.items;
    }
  }
  fits.is_whole = fits.room <= room_max;
  return fits;
}

/// Takes off what is behind the first `items`; what of it the receiver has to be sent: it asks for
/// the rest of a page or of values by itself.
template <has_items Message>
std::optional<Message> cut(Message& m, std::size_t items) {
  auto& all = items_of(m);
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(items);
  std::optional<Message> rest;
  if constexpr (std::is_same_v<Message, replica::stream>) {
    rest = {m.epoch, m.by, m.run, m.first + items, std::nullopt, {}};
    rest->parts.assign(std::move_iterator{end}, std::move_iterator{all.end()});
  }
  if constexpr (std::is_same_v<Message, replica::keys_listed>) m.page.more = true;
  all.erase(end, all.end());
  return rest;
}

}  // namespace

std::size_t entry_bytes_max(const frame_limits& limits) {
  constexpr std::size_t besides =
      message_room + group_room + member_room * replica::members_max + item_room;
  const std::size_t most = room_in(limits);
  return most - std::min(most, besides);
}

replica_batch::replica_batch(const lives& between, const frame_limits& limits)
    : between_(between), room_max_(room_in(limits)) {}

replica_batch::fit replica_batch::append(replica::range_id range, replica::message& what) {
  return std::visit(
      [&]<class Message>(Message& m) {
        const extent fits = extent_of(m, room_max_ - room_taken_);
        const bool is_shared = !empty() && room_taken_ + fits.room > shared_room_max;
        if (fits.is_whole && !is_shared) {
          add(range, what, fits.room);
          return fit::taken;
        }
        if (!empty()) return fit::full;
        if constexpr (has_items<Message>) {
          if (fits.items == 0) return fit::too_large;
          auto rest = cut(m, fits.items);
          add(range, what, fits.room);
          if (!rest) return fit::taken;
          m = std::move(*rest);
          return fit::full;
        }
        return fit::too_large;
      },
      what);
}

void replica_batch::add(replica::range_id range, const replica::message& what, std::size_t room) {
  const std::size_t before = encoded_.size();
  append_message(encoded_, range, what);
  COMET_CHECK(encoded_.size() - before <= room && room <= room_max_ - room_taken_);
  room_taken_ += room;
  ++count_;
}

void replica_batch::clear() {
  encoded_.clear();
  room_taken_ = 0;
  count_ = 0;
}

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const replica_batch& content, const frame_limits& limits) {
  const std::size_t start = begin_frame(out, version, frame_kind::replica, request);
  msgpack_appender end{out};
  msgpack_writer to{end};
  to.pack_array(3);
  to.pack_uint64(content.between().sender);
  to.pack_uint64(content.between().receiver);
  to.pack_array(static_cast<std::uint32_t>(content.size()));
  out += content.encoded();
  return end_frame(out, start, limits);
}

}  // namespace comet::wire
