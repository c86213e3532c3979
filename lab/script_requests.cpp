#include "lab/script_requests.hpp"

#include <array>

#include "lab/policy_limits.hpp"
#include "lab/script_scope.hpp"
#include "lab/script_values.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

void add_word(lua_State* L, const char* word) {
  scope_of(L).words.emplace_back(word);
}

/// The key at `index` is remembered: a failure shows what its object did.
void add_key(lua_State* L, int index) {
  script_scope& s = scope_of(L);
  append_word(L, index);
  s.keys.insert(s.words.back());
}

void add_rest(lua_State* L, int first) {
  const int last = lua_gettop(L);
  for (int i = first; i <= last; ++i)
    append_word(L, i);
}

/// Pushes the option, or gives false.
bool has_option(lua_State* L, int options, const char* name) {
  if (lua_getfield(L, options, name) != LUA_TNIL) return true;
  lua_pop(L, 1);
  return false;
}

void add_option(lua_State* L, int options, const char* name, const char* word) {
  if (!has_option(L, options, name)) return;
  add_word(L, word);
  append_word(L, lua_gettop(L));
  lua_pop(L, 1);
}

/// The source at `index`, or that of the file that it names; `text` keeps the file's path.
void add_source(lua_State* L, int index) {
  script_scope& s = scope_of(L);
  const bytes_view code = text_argument(L, index);
  s.text.clear();
  if (!code.ends_with(".lua") || code.find('\n') != bytes_view::npos) {
    s.words.emplace_back(code);
    return;
  }
  const auto folder = s.path.rfind('/');
  s.text = code.starts_with('/') || folder == bytes::npos ? bytes{} : s.path.substr(0, folder + 1);
  s.text += code;
  s.words.emplace_back();
  if (!succeeded(s, s.reader(s.text), s.words.back())) raise_problem(L);
}

void add_arguments(lua_State* L, int options) {
  if (!has_option(L, options, "args")) return;
  luaL_argcheck(L, lua_istable(L, -1), options, "args is a list");
  const int list = lua_gettop(L);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, list));
  for (lua_Integer i = 1; i <= count; ++i) {
    add_word(L, "ARG");
    lua_rawgeti(L, list, i);
    append_word(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

void add_limits(lua_State* L, int options) {
  if (!has_option(L, options, "limits")) return;
  luaL_argcheck(L, lua_istable(L, -1), options, "limits is a table");
  const int limits = lua_gettop(L);
  push_sorted_keys(L, limits);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, -1));
  for (lua_Integer i = 1; i <= count; ++i) {
    add_word(L, "LIMIT");
    lua_rawgeti(L, limits + 1, i);
    append_word(L, lua_gettop(L));
    script_scope& s = scope_of(L);
    s.words.back() = limit_name(s.words.back());
    lua_rawget(L, limits);
    append_word(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
}

}  // namespace

void get_words(lua_State* L, int first) {
  static constexpr std::array<const char*, 3> names{"payload", "callback", nullptr};
  add_word(L, "ASO.GET");
  add_key(L, first);
  if (lua_isnoneornil(L, first + 1)) return;
  check_names(L, first + 1, "get", names.data());
  add_option(L, first + 1, "payload", "PAYLOAD");
  add_option(L, first + 1, "callback", "CALLBACK");
}

void set_words(lua_State* L, int first) {
  add_word(L, "SET");
  add_key(L, first);
  append_word(L, first + 1);
}

void del_words(lua_State* L, int first) {
  add_word(L, "DEL");
  add_key(L, first);
  add_rest(L, first + 1);
}

void call_words(lua_State* L, int first) {
  add_word(L, "ASO.CALL");
  add_key(L, first);
  luaL_checkstring(L, first + 1);
  add_rest(L, first + 1);
}

void command_words(lua_State* L, int first) {
  luaL_checkstring(L, first);
  add_rest(L, first);
}

void subscribe_words(lua_State* L, int first) {
  add_word(L, "SUBSCRIBE");
  add_rest(L, first);
}

void psubscribe_words(lua_State* L, int first) {
  add_word(L, "PSUBSCRIBE");
  add_rest(L, first);
}

void unsubscribe_words(lua_State* L, int first) {
  add_word(L, "UNSUBSCRIBE");
  add_rest(L, first);
}

void put_words(lua_State* L, int first) {
  static constexpr std::array<const char*, 6> names{"args", "compat", "limits",
                                                    "ttl",  "value",  nullptr};
  add_word(L, "ASO.PUT");
  add_key(L, first);
  add_source(L, first + 1);
  const int options = first + 2;
  if (lua_isnoneornil(L, options)) return;
  check_names(L, options, "put", names.data());
  add_option(L, options, "value", "VALUE");
  add_arguments(L, options);
  add_option(L, options, "ttl", "TTL");
  add_limits(L, options);
  if (has_option(L, options, "compat")) {
    if (lua_toboolean(L, -1) != 0) add_word(L, "COMPAT");
    lua_pop(L, 1);
  }
}

words_of find_request(bytes_view name) {
  struct request {
    bytes_view name;
    words_of words;
  };
  static constexpr std::array requests{
      request{"get", get_words},   request{"set", set_words}, request{"del", del_words},
      request{"call", call_words}, request{"put", put_words}, request{"command", command_words},
  };
  for (const request& known : requests)
    if (name == known.name) return known.words;
  return nullptr;
}

}  // namespace comet::lab
