#include "lua/state.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "lua/lua_api.hpp"

namespace comet::lua {

namespace {

// Encoding ---------------------------------------------------------------------------------------

enum tag : std::uint8_t {
  tag_map = 0x80,
  tag_array = 0x90,
  tag_str = 0xa0,
  tag_nil = 0xc0,
  tag_false = 0xc2,
  tag_true = 0xc3,
  tag_bin8 = 0xc4,
  tag_float32 = 0xca,
  tag_float64 = 0xcb,
  tag_uint8 = 0xcc,
  tag_int8 = 0xd0,
  tag_str8 = 0xd9,
  tag_array16 = 0xdc,
  tag_map16 = 0xde,
  tag_negative = 0xe0,
};

class encoder {
 public:
  encoder(lua_State* L, const encoding& how, bytes& out)
      : L_(L),
        how_(how),
        out_(out),
        start_(out.size()),
        fuel_(lua_fuelptr(L)),
        fuel_before_(*fuel_) {}

  result<void> run(int index) {
    if (value(lua_absindex(L_, index), how_.depth_max)) return {};
    return error{errc::state, std::move(reason_)};
  }

 private:
  struct shape {
    std::size_t count = 0;
    bool is_array = false;
  };

  bool value(int index, int depth) {
    *fuel_ -= 1;
    switch (lua_type(L_, index)) {
      case LUA_TNIL: put(tag_nil); break;
      case LUA_TBOOLEAN: put(lua_toboolean(L_, index) != 0 ? tag_true : tag_false); break;
      case LUA_TNUMBER: number(index); break;
      case LUA_TSTRING: string(index); break;
      case LUA_TTABLE: return table(index, depth);
      default: return fail(fmt::format("is a {}", luaL_typename(L_, index)));
    }
    return fits();
  }

  void put(std::uint8_t byte) { out_.push_back(static_cast<char>(byte)); }

  /// `tag` and then the low `size` bytes of `word`, big endian.
  void put(std::uint8_t tag, std::uint64_t word, int size) {
    put(tag);
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
      put(static_cast<std::uint8_t>(word >> shift));
  }

  void number(int index) {
    if (lua_isinteger(L_, index) != 0) {
      integer(lua_tointeger(L_, index));
    } else {
      put(tag_float64, std::bit_cast<std::uint64_t>(lua_tonumber(L_, index)), 8);
    }
  }

  void integer(std::int64_t n) {
    const auto word = static_cast<std::uint64_t>(n);
    if (n >= -32 && n < 128) return put(static_cast<std::uint8_t>(word));
    const int unsigned_width = word <= 0xff ? 0 : word <= 0xffff ? 1 : word <= 0xffffffff ? 2 : 3;
    const int signed_width = n >= INT8_MIN ? 0 : n >= INT16_MIN ? 1 : n >= INT32_MIN ? 2 : 3;
    const int width = n >= 0 ? unsigned_width : signed_width;
    put(static_cast<std::uint8_t>((n >= 0 ? tag_uint8 : tag_int8) + width), word, 1 << width);
  }

  void string(int index) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L_, index, &size);
    if (size < 32) {
      put(static_cast<std::uint8_t>(tag_str | size));
    } else {
      const int width = size <= 0xff ? 0 : size <= 0xffff ? 1 : 2;
      put(static_cast<std::uint8_t>(tag_str8 + width), size, 1 << width);
    }
    *fuel_ -= static_cast<lua_Integer>(size >> 6U);
    if (size <= how_.bytes_max) out_.append(text, size);
    over_ = over_ || size > how_.bytes_max;
  }

  void header(std::uint8_t small_tag, std::uint8_t wide_tag, std::size_t count) {
    if (count < 16) return put(static_cast<std::uint8_t>(small_tag | count));
    const int width = count <= 0xffff ? 1 : 2;
    put(static_cast<std::uint8_t>(wide_tag + width - 1), count, 1 << width);
  }

  bool skipped(int depth) const {
    return how_.is_state && depth == how_.depth_max && lua_isfunction(L_, -1);
  }

  shape shape_of(int index, int depth) {
    shape s;
    const auto border = static_cast<lua_Unsigned>(lua_rawlen(L_, index));
    bool sequence = border > 0;
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {  // charges for holes
      *fuel_ -= 1;
      if (!skipped(depth)) {
        ++s.count;
        sequence = sequence && lua_isinteger(L_, -2) != 0 &&
                   static_cast<lua_Unsigned>(lua_tointeger(L_, -2)) - 1U < border;
      }
      lua_pop(L_, 1);
    }
    s.is_array = sequence && s.count == border;
    return s;
  }

  bool table(int index, int depth) {
    if (depth == 0)
      return fail(fmt::format("is deeper than {} tables, or part of a cycle", how_.depth_max));
    if (lua_checkstack(L_, 4) == 0) return fail("needs more stack than there is memory for");
    if (how_.mark) lua_markpersistent(L_, index);
    const shape s = shape_of(index, depth);
    header(s.is_array ? tag_array : tag_map, s.is_array ? tag_array16 : tag_map16, s.count);
    if (!fits() || !affordable()) return false;
    return s.is_array ? array_items(index, s.count, depth) : map_items(index, depth);
  }

  bool array_items(int index, std::size_t count, int depth) {
    for (std::size_t i = 1; i <= count; ++i) {
      lua_rawgeti(L_, index, static_cast<lua_Integer>(i));
      const bool good = value(lua_gettop(L_), depth - 1);
      lua_pop(L_, 1);
      if (!good) return locate(fmt::format("[{}]", i));
    }
    return true;
  }

  bool map_items(int index, int depth) {
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      const int item = lua_gettop(L_);
      const bool good = skipped(depth) || (key(item - 1) && value(item, depth - 1));
      if (!good) {
        locate(name_of_key(item - 1));
        lua_settop(L_, item - 2);
        return false;
      }
      lua_settop(L_, item - 1);
    }
    return true;
  }

  bool key(int index) {
    const int type = lua_type(L_, index);
    if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN) return value(index, 0);
    return fail(fmt::format("has a {} as its key", lua_typename(L_, type)));
  }

  bytes name_of_key(int index) {
    if (lua_isinteger(L_, index) != 0) return fmt::format("[{}]", lua_tointeger(L_, index));
    if (lua_type(L_, index) == LUA_TNUMBER) return fmt::format("[{}]", lua_tonumber(L_, index));
    if (lua_type(L_, index) != LUA_TSTRING) return fmt::format("[{}]", luaL_typename(L_, index));
    std::size_t size = 0;
    const char* text = lua_tolstring(L_, index, &size);
    return shortened(printable(bytes_view(text, size)), 32);
  }

  bool fits() {
    if (!over_ && out_.size() - start_ <= how_.bytes_max) return true;
    too_large_ = true;
    reason_ = fmt::format("is larger than {} bytes encoded", how_.bytes_max);
    return false;
  }

  bool affordable() {
    if (fuel_before_ - *fuel_ <= how_.fuel_max) return true;
    too_large_ = true;
    reason_ = fmt::format("takes more than {} instructions to encode", how_.fuel_max);
    return false;
  }

  bool fail(bytes reason) {
    reason_ = std::move(reason);
    return false;
  }

  /// Puts the step that led to the failure in front of its path. The size has no place.
  bool locate(const bytes& name) {
    if (too_large_) return false;
    if (!path_.empty() && path_.front() != '[') path_.insert(0, ".");
    path_.insert(0, name);
    located_ = true;
    return false;
  }

 public:
  [[nodiscard]] bytes take_path() { return located_ ? std::move(path_) : bytes{}; }

 private:
  lua_State* L_;
  const encoding& how_;
  bytes& out_;
  std::size_t start_;
  lua_Integer* fuel_;
  lua_Integer fuel_before_;
  bytes reason_;
  bytes path_;
  bool over_ = false;
  bool too_large_ = false;  ///< as a whole, in bytes or in fuel
  bool located_ = false;
};

// Decoding: raises, so nothing here may have a destructor -----------------------------------------

struct reader {
  lua_State* L;
  const unsigned char* at;
  const unsigned char* end;
  bool mark;

  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end - at); }
};

[[noreturn]] void refuse(const reader& r, const char* why) {
  luaL_error(r.L, "malformed msgpack: %s", why);
  __builtin_unreachable();
}

std::uint64_t take_word(reader& r, std::size_t size) {
  if (r.left() < size) refuse(r, "cut off");
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i)
    word = word << 8U | *r.at++;
  return word;
}

void push_value(reader& r, int depth);

void push_string(reader& r, std::uint64_t size) {
  if (r.left() < size) refuse(r, "cut off");
  lua_pushlstring(r.L, reinterpret_cast<const char*>(r.at), size);
  r.at += size;
}

void set_array_items(reader& r, int table, std::uint64_t count, int depth) {
  for (std::uint64_t i = 1; i <= count; ++i) {
    push_value(r, depth - 1);
    lua_rawseti(r.L, table, static_cast<lua_Integer>(i));
  }
}

void set_map_items(reader& r, int table, std::uint64_t count, int depth) {
  for (std::uint64_t i = 0; i < count; ++i) {
    push_value(r, 0);
    const int type = lua_type(r.L, -1);
    const bool is_nan = type == LUA_TNUMBER && std::isnan(lua_tonumber(r.L, -1));
    if (type == LUA_TNIL || type == LUA_TTABLE || is_nan) refuse(r, "not a key");
    push_value(r, depth - 1);
    lua_rawset(r.L, table);
  }
}

struct container {
  bool is_map;
  std::uint64_t count;
};

/// Each item takes a byte or more, so what is announced cannot be more than is left.
void check_container(const reader& r, const container& c, int depth) {
  if (depth <= 0) refuse(r, "too deep");
  if (r.left() < (c.is_map ? 2 * c.count : c.count)) refuse(r, "cut off");
  luaL_checkstack(r.L, 4, nullptr);
}

void push_container(reader& r, const container& c, int depth) {
  check_container(r, c, depth);
  lua_createtable(r.L, c.is_map ? 0 : static_cast<int>(c.count),
                  c.is_map ? static_cast<int>(c.count) : 0);
  const int table = lua_gettop(r.L);
  (c.is_map ? set_map_items : set_array_items)(r, table, c.count, depth);
  if (r.mark) lua_markpersistent(r.L, table);
}

void push_unsigned(reader& r, std::uint64_t word) {
  if (word <= INT64_MAX) {
    lua_pushinteger(r.L, static_cast<lua_Integer>(word));
  } else {
    lua_pushnumber(r.L, static_cast<lua_Number>(word));
  }
}

void push_signed(reader& r, int width) {
  const auto unused_bits = 64U - (8U << static_cast<unsigned>(width));
  const std::uint64_t word = take_word(r, std::size_t{1} << static_cast<unsigned>(width));
  lua_pushinteger(r.L, static_cast<std::int64_t>(word << unused_bits) >> unused_bits);
}

/// Is the value that begins with `tag` an array or a map? Reads its count if so.
bool take_container(reader& r, std::uint8_t tag, container& c) {
  if (tag >= tag_map && tag < tag_str) {
    c = {tag < tag_array, tag & 0x0fU};
  } else if (tag >= tag_array16 && tag < tag_negative) {
    c = {tag >= tag_map16, take_word(r, (tag & 1U) != 0 ? 4 : 2)};
  } else {
    return false;
  }
  return true;
}

void push_scalar(reader& r, std::uint8_t tag) {
  if (tag >= tag_str && tag < tag_nil) return push_string(r, tag & 0x1fU);
  if (tag >= tag_int8 && tag < tag_int8 + 4) return push_signed(r, tag - tag_int8);
  if (tag >= tag_uint8 && tag < tag_int8)
    return push_unsigned(r, take_word(r, std::size_t{1} << (tag - tag_uint8)));
  if (tag >= tag_str8 && tag < tag_array16)
    return push_string(r, take_word(r, std::size_t{1} << (tag - tag_str8)));
  if (tag >= tag_bin8 && tag < tag_bin8 + 3)
    return push_string(r, take_word(r, std::size_t{1} << (tag - tag_bin8)));
  switch (tag) {
    case tag_nil: return lua_pushnil(r.L);
    case tag_false: return lua_pushboolean(r.L, 0);
    case tag_true: return lua_pushboolean(r.L, 1);
    case tag_float32:
      return lua_pushnumber(r.L, std::bit_cast<float>(static_cast<std::uint32_t>(take_word(r, 4))));
    case tag_float64: return lua_pushnumber(r.L, std::bit_cast<double>(take_word(r, 8)));
    default: refuse(r, "a kind of value that is not kept");
  }
}

void push_value(reader& r, int depth) {
  const auto tag = static_cast<std::uint8_t>(take_word(r, 1));
  if (tag < tag_map) return lua_pushinteger(r.L, tag);
  if (tag >= tag_negative) return lua_pushinteger(r.L, static_cast<std::int8_t>(tag));
  container c{};
  if (take_container(r, tag, c)) return push_container(r, c, depth);
  push_scalar(r, tag);
}

reader reader_of(lua_State* L, bytes_view encoded, bool mark) {
  const auto* data = reinterpret_cast<const unsigned char*>(encoded.data());
  return {L, data, data + encoded.size(), mark};
}

void remove_fields(lua_State* L, int table) {
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    if (!lua_isfunction(L, -1)) {
      lua_pushvalue(L, -2);
      lua_pushnil(L);
      lua_rawset(L, table);
    }
    lua_pop(L, 1);
  }
}

}  // namespace

result<void> encode(lua_State* L, int index, const encoding& how, bytes& out) {
  encoder e(L, how, out);
  auto done = e.run(index);
  if (done) return done;
  const bytes path = e.take_path();
  const bytes subject = path.empty() ? bytes(how.is_state ? "the state" : "the value")
                                     : fmt::format("field '{}'", path);
  return error{errc::state, fmt::format("{} {}", subject, done.failure().message)};
}

void push_decoded(lua_State* L, bytes_view encoded, int depth_max, bool mark) {
  reader r = reader_of(L, encoded, mark);
  luaL_checkstack(L, 4, nullptr);
  push_value(r, depth_max);
  if (r.left() != 0) refuse(r, "more than one value");
}

void install_state(lua_State* L, int index, bytes_view encoded, int depth_max) {
  reader r = reader_of(L, encoded, true);
  luaL_checkstack(L, 6, nullptr);
  const int table = lua_absindex(L, index);
  remove_fields(L, table);
  container c{};
  if (!take_container(r, static_cast<std::uint8_t>(take_word(r, 1)), c))
    refuse(r, "a state is a map or an array");
  check_container(r, c, depth_max);
  (c.is_map ? set_map_items : set_array_items)(r, table, c.count, depth_max);
  if (r.left() != 0) refuse(r, "more than one value");
  lua_markpersistent(L, table);
}

}  // namespace comet::lua
