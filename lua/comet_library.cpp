// The table `comet`: what a handler needs that is not about the overlay.

#include <array>

#include "base/digest.hpp"
#include "lua/activation.hpp"
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
constexpr int node_charge = 50;

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

void set_number(lua_State* L, const char* field, double number) {
  lua_pushnumber(L, number);
  lua_setfield(L, -2, field);
}

int node(lua_State* L) {
  lua_charge(L, lua_fuelptr(L), node_charge);
  const turn_scope& scope = machine::scope_of(L);
  const auto* group = scope.group();
  const bool is_known = group != nullptr && !group->members.empty();
  const bytes& id = is_known ? group->members.front().id : scope.world().node_id;
  lua_createtable(L, 0, 3);
  lua_pushlstring(L, id.data(), id.size());
  lua_setfield(L, -2, "id");
  if (!is_known) return 1;
  const bytes& address = group->members.front().address;
  lua_pushlstring(L, address.data(), address.size());
  lua_setfield(L, -2, "address");
  if (!group->network || !group->network->place()) return 1;
  const auto& place = *group->network->place();
  lua_createtable(L, 0, 4);
  set_number(L, "x", place.x);
  set_number(L, "y", place.y);
  set_number(L, "height", place.height);
  set_number(L, "error", place.error);
  lua_setfield(L, -2, "coordinate");
  return 1;
}

int publish(lua_State* L) {
  const bytes_view channel = check_string(L, 1);
  const bytes_view message = check_string(L, 2);
  lua_charge(L, lua_fuelptr(L), publish_charge);
  return machine::scope_of(L).publish(channel, message) ? 0 : raise_refusal(L);
}

constexpr auto entries = std::to_array<library_entry>({
    {"comet",
     "fuel",
     fuel,
     {.signature = "comet.fuel() -> integer",
      .summary = "The instructions that the turn has left.",
      .example = "comet.fuel() > 1000 --> true"}},
    {"comet",
     "hmac",
     hmac,
     {.signature = "comet.hmac(key: string, data: string) -> string",
      .summary = "HMAC-SHA-256 in hexadecimal.",
      .cost = "203, and 1 for each 4 bytes of key and data",
      .example_fuel = 204,
      .example = R"lua(comet.hmac("key", "data"):sub(1, 8) --> "5031fe3d"
#comet.hmac("key", "data") --> 64)lua"}},
    {"comet",
     "log",
     log,
     {.signature = "comet.log(...: any)",
      .summary =
          "A line for ASO.INFO, the arguments separated by tabs; the last 32 are kept, of 512 "
          "bytes each, also when the turn fails.",
      .cost = "20, and for each argument 2 and what tostring costs",
      .example_fuel = 24,
      .example = R"lua(comet.log("read by", "alice"))lua"}},
    {"comet",
     "memory",
     memory,
     {.signature = "comet.memory() -> used: integer, limit: integer",
      .summary = "Bytes that the object uses over the empty environment, and may use.",
      .example = "select(2, comet.memory()) --> 102400"}},
    {"comet",
     "node",
     node,
     {.signature = "comet.node() -> {id: string, address: string, coordinate: {x: number, y: "
                   "number, height: number, error: number}?}",
      .summary =
          "The node where the object runs. The coordinate predicts round trips between nodes that "
          "never spoke, in milliseconds: the distance on the plane and both heights (Vivaldi); "
          "`error`, from 0 to 1, says how far off that is. It is at most half a minute old, and "
          "nil on a lone node.",
      .cost = "50 and the memory of the tables",
      .example_fuel = 55,
      .example = R"lua(comet.node() --> {id = "node", address = "node:7400"})lua"}},
    {"comet",
     "pack",
     pack,
     {.signature = "comet.pack(value: any) -> string",
      .summary = "A value as msgpack: what a state may hold.",
      .errors = "Functions and coroutines, keys that are tables, tables deeper than the state may "
                "be; the message names the field.",
      .cost = "100, 1 for each value and each entry of a table, and 1 for each 8 bytes of the "
              "result",
      .example_fuel = 107,
      .example = R"lua(comet.pack({1, 2, 3}) --> "\x93\1\2\3"
comet.unpack(comet.pack({name = "ada"})) --> {name = "ada"})lua"}},
    {"comet",
     "publish",
     publish,
     {.signature = "comet.publish(channel: string, message: string)",
      .summary = "A message to the subscribers of a channel, on all nodes, when the turn commits.",
      .errors = "Over the limit of messages. While the script is loaded.",
      .cost = "50",
      .example_fuel = 50,
      .example = R"lua(comet.publish("news", "door opened"))lua"}},
    {"comet",
     "sha256",
     sha256_of,
     {.signature = "comet.sha256(data: string) -> string",
      .summary = "SHA-256 in hexadecimal.",
      .cost = "103, and 1 for each 4 bytes",
      .example_fuel = 103,
      .example = R"lua(comet.sha256("abc"):sub(1, 8) --> "ba7816bf")lua"}},
    {"comet",
     "unpack",
     unpack,
     {.signature = "comet.unpack(packed: string) -> value: any",
      .summary = "The value that comet.pack made the string of.",
      .errors = "A string that is not one whole value of msgpack.",
      .cost = "20, 1 for each 4 bytes, and the memory of the value",
      .example_fuel = 21,
      .example = R"lua(comet.unpack("\x93\1\2\3") --> {1, 2, 3})lua"}},
});

}  // namespace

std::span<const library_entry> comet_functions() {
  return entries;
}

}  // namespace comet::lua
