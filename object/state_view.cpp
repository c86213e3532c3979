#include "object/state_view.hpp"

#include <msgpack.hpp>
#include <utility>

namespace comet::object {

namespace {

reply number_of(const msgpack::object& o) {
  if (o.type == msgpack::type::POSITIVE_INTEGER) {
    return reply::number(static_cast<std::int64_t>(o.via.u64));
  }
  return reply::number(o.via.i64);
}

reply converted(const msgpack::object& o) {
  switch (o.type) {
    case msgpack::type::BOOLEAN: return reply::truth(o.via.boolean);
    case msgpack::type::POSITIVE_INTEGER:
    case msgpack::type::NEGATIVE_INTEGER: return number_of(o);
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64: return reply::real_number(o.via.f64);
    case msgpack::type::STR: return reply::bulk(bytes{o.via.str.ptr, o.via.str.size});
    case msgpack::type::BIN: return reply::bulk(bytes{o.via.bin.ptr, o.via.bin.size});
    case msgpack::type::ARRAY: {
      std::vector<reply> items;
      items.reserve(o.via.array.size);
      for (std::uint32_t i = 0; i < o.via.array.size; ++i) {
        items.push_back(converted(o.via.array.ptr[i]));
      }
      return reply::list(std::move(items));
    }
    case msgpack::type::MAP: {
      std::vector<reply> items;
      items.reserve(std::size_t{o.via.map.size} * 2);
      for (std::uint32_t i = 0; i < o.via.map.size; ++i) {
        items.push_back(converted(o.via.map.ptr[i].key));
        items.push_back(converted(o.via.map.ptr[i].val));
      }
      return reply::map(std::move(items));
    }
    default: return reply::null();
  }
}

}  // namespace

result<reply> view_state(bytes_view state, int depth_max) {
  // The library reports malformed input by exceptions; none leaves this function.
  try {
    const auto depth = static_cast<std::size_t>(depth_max);
    const msgpack::unpack_limit limit(state.size(), state.size(), state.size(), state.size(),
                                      state.size(), depth);
    std::size_t offset = 0;
    const auto handle =
        msgpack::unpack(state.data(), state.size(), offset, nullptr, nullptr, limit);
    if (offset != state.size()) return {errc::corrupt, "state: bytes after its end"};
    return converted(handle.get());
  } catch (const std::exception& e) {
    return {errc::corrupt, bytes{"state: not msgpack: "} + e.what()};
  }
}

result<reply> view_value(bytes_view state, int depth_max) {
  auto whole = view_state(state, depth_max);
  if (!whole) return whole;
  if (whole->what != reply::kind::map) return reply::null();
  for (std::size_t i = 0; i + 1 < whole->items.size(); i += 2) {
    if (whole->items[i].what == reply::kind::bulk && whole->items[i].text == "value") {
      return std::move(whole->items[i + 1]);
    }
  }
  return reply::null();
}

}  // namespace comet::object
