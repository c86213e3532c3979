// The table `comet`: what a handler needs that is not about the overlay.

#include <array>

#include "base/digest.hpp"
#include "lua/allow_list.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"
#include "lua/state.hpp"
#include "lua/turn_scope.hpp"

namespace comet::lua {

namespace {

constexpr int digest_charge = 100;  ///< and one for four bytes
constexpr int pack_charge = 100;    ///< and one for eight bytes; the walk charges itself
constexpr int pack_charge_shift = 3;
constexpr int unpack_charge = 20;  ///< and one for four bytes
constexpr int unpack_charge_shift = 2;
constexpr int log_charge = 20;  ///< and for each argument
constexpr int log_argument_charge = 2;
constexpr int publish_charge = 50;

bytes_view check_string(lua_State* L, int arg) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(L, arg, &size);
  return {text, size};
}

/// The arguments as text, separated by tabs, as print does.
int log(lua_State* L) {
  const int count = lua_gettop(L);
  lua_charge(L, lua_fuelptr(L), log_charge + count * log_argument_charge);
  luaL_Buffer line;
  luaL_buffinit(L, &line);
  for (int i = 1; i <= count; ++i) {
    if (i > 1) luaL_addchar(&line, '\t');
    luaL_tolstring(L, i, nullptr);
    luaL_addvalue(&line);
  }
  luaL_pushresult(&line);
  machine::scope_of(L).log(check_string(L, -1));
  return 0;
}

int fuel(lua_State* L) {
  lua_pushinteger(L, machine::of(L).fuel_left());
  return 1;
}

int memory(lua_State* L) {
  lua_pushinteger(L, static_cast<lua_Integer>(machine::of(L).memory_used()));
  lua_pushinteger(L, static_cast<lua_Integer>(machine::of(L).memory_budget()));
  return 2;
}

void push_hex(lua_State* L, const digest& d) {
  constexpr const char* digits = "0123456789abcdef";
  std::array<char, 2 * std::tuple_size_v<digest>> text{};
  for (std::size_t i = 0; i < d.size(); ++i) {
    text[2 * i] = digits[d[i] >> 4U];
    text[2 * i + 1] = digits[d[i] & 15U];
  }
  lua_pushlstring(L, text.data(), text.size());
}

int sha256_of(lua_State* L) {
  const bytes_view data = check_string(L, 1);
  lua_charge(L, lua_fuelptr(L), digest_charge + (data.size() >> 2U));
  push_hex(L, sha256(data));
  return 1;
}

int hmac(lua_State* L) {
  const bytes_view key = check_string(L, 1);
  const bytes_view data = check_string(L, 2);
  lua_charge(L, lua_fuelptr(L), 2 * digest_charge + ((key.size() + data.size()) >> 2U));
  push_hex(L, hmac_sha256(key, data));
  return 1;
}

/// Encodes argument 1 into the scope's scratch space; false: refused.
bool pack_into_scratch(lua_State* L, turn_scope& scope) {
  scope.scratch.clear();
  const encoding how{scope.limits().memory_per_object, scope.limits().state_depth_max, false, false,
                     machine::of(L).fuel_left()};
  const auto done = encode(L, 1, how, scope.scratch);
  return done || scope.refuse(errc::script, "comet.pack: " + done.failure().message);
}

int pack(lua_State* L) {
  luaL_checkany(L, 1);
  lua_charge(L, lua_fuelptr(L), pack_charge);
  turn_scope& scope = machine::scope_of(L);
  const bool packed = pack_into_scratch(L, scope);
  lua_charge(L, lua_fuelptr(L), scope.scratch.size() >> pack_charge_shift);
  if (!packed) return raise_refusal(L);
  lua_pushlstring(L, scope.scratch.data(), scope.scratch.size());
  return 1;
}

int unpack(lua_State* L) {
  const bytes_view packed = check_string(L, 1);
  lua_charge(L, lua_fuelptr(L), unpack_charge + (packed.size() >> unpack_charge_shift));
  push_decoded(L, packed, machine::scope_of(L).limits().state_depth_max, false);
  return 1;
}

int publish(lua_State* L) {
  const bytes_view channel = check_string(L, 1);
  const bytes_view message = check_string(L, 2);
  lua_charge(L, lua_fuelptr(L), publish_charge);
  return machine::scope_of(L).publish(channel, message) ? 0 : raise_refusal(L);
}

constexpr auto entries = std::to_array<library_entry>({
    {"comet", "fuel", fuel, "comet.fuel() -> instructions left"},
    {"comet", "hmac", hmac, "comet.hmac(key, data) -> hex"},
    {"comet", "log", log, "comet.log(...)"},
    {"comet", "memory", memory, "comet.memory() -> used, limit"},
    {"comet", "pack", pack, "comet.pack(value) -> string"},
    {"comet", "publish", publish, "comet.publish(channel, message)"},
    {"comet", "sha256", sha256_of, "comet.sha256(data) -> hex"},
    {"comet", "unpack", unpack, "comet.unpack(string) -> value"},
});

}  // namespace

std::span<const library_entry> comet_functions() {
  return entries;
}

}  // namespace comet::lua
