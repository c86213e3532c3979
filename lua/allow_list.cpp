#include "lua/allow_list.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "lua/lua_api.hpp"

namespace comet::lua {

namespace {

/// What a name stands for.
struct item {
  std::string_view library;
  std::string_view name;
  lua_CFunction function = nullptr;  ///< null: a constant
  int type = LUA_TFUNCTION;
  bool is_float = false;
  lua_Integer integer = 0;
  lua_Number number = 0;
  std::string_view text{};  ///< static storage of Lua's library

  friend bool operator<(const item& a, const item& b) {
    return a.library != b.library ? a.library < b.library : a.name < b.name;
  }
};

struct arithmetic {
  const char* name;
  lua_CFunction function;
};

/// All items, sorted; read from Lua's own libraries once a process.
class catalogue {
 public:
  static const catalogue& get() {
    static const catalogue one;
    return one;
  }

  [[nodiscard]] const item* find(std::string_view library, std::string_view name) const {
    const item wanted{library, name};
    const auto at = std::lower_bound(items_.begin(), items_.end(), wanted);
    return at != items_.end() && at->library == library && at->name == name ? &*at : nullptr;
  }

  /// The name of a library in static storage, or null.
  [[nodiscard]] const char* library(std::string_view name) const {
    const auto at = std::find(libraries_.begin(), libraries_.end(), name);
    return at == libraries_.end() ? nullptr : at->data();
  }

  [[nodiscard]] const std::vector<arithmetic>& string_arithmetic() const { return arithmetic_; }

 private:
  catalogue() {
    lua_State* L = luaL_newstate();
    COMET_CHECK(L != nullptr);
    const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                  {LUA_MATHLIBNAME, luaopen_math},
                                  {LUA_STRLIBNAME, luaopen_string},
                                  {LUA_TABLIBNAME, luaopen_table},
                                  {LUA_UTF8LIBNAME, luaopen_utf8}};
    for (const auto& l : libraries) {
      luaL_requiref(L, l.name, l.func, 1);
      lua_pop(L, 1);
    }
    each_library_entry([&](const library_entry& row) {
      if (row.function == nullptr) return add_standard(L, row);
      add({row.library, row.name, row.function});
    });
    read_arithmetic(L);
    lua_close(L);
    std::sort(items_.begin(), items_.end());
  }

  void add(const item& i) {
    items_.push_back(i);
    if (!i.library.empty() && library(i.library) == nullptr) libraries_.push_back(i.library);
  }

  void add_standard(lua_State* L, const library_entry& entry) {
    lua_getglobal(L, *entry.library == '\0' ? LUA_GNAME : entry.library);
    lua_getfield(L, -1, entry.name);
    item i{entry.library, entry.name};
    i.type = lua_type(L, -1);
    COMET_CHECK(i.type != LUA_TNIL);
    i.function = lua_tocfunction(L, -1);
    i.is_float = i.type == LUA_TNUMBER && lua_isinteger(L, -1) == 0;
    if (i.type == LUA_TNUMBER) i.integer = lua_tointeger(L, -1);
    if (i.type == LUA_TNUMBER) i.number = lua_tonumber(L, -1);
    if (i.type == LUA_TSTRING) i.text = keep(L);
    lua_pop(L, 2);
    add(i);
  }

  std::string_view keep(lua_State* L) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    texts_.push_back(std::make_unique<std::string>(text, size));
    return *texts_.back();
  }

  void read_arithmetic(lua_State* L) {
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    for (const char* name :
         {"__add", "__sub", "__mul", "__mod", "__pow", "__div", "__idiv", "__unm"}) {
      lua_getfield(L, -1, name);
      arithmetic_.push_back({name, lua_tocfunction(L, -1)});
      COMET_CHECK(arithmetic_.back().function != nullptr);
      lua_pop(L, 1);
    }
    lua_pop(L, 2);
  }

  std::vector<item> items_;
  std::vector<std::string_view> libraries_;
  std::vector<arithmetic> arithmetic_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

void push(lua_State* L, const item& i) {
  switch (i.type) {
    case LUA_TNUMBER:
      if (i.is_float) return lua_pushnumber(L, i.number);
      return lua_pushinteger(L, i.integer);
    case LUA_TSTRING: lua_pushlstring(L, i.text.data(), i.text.size()); return;
    default: return lua_pushcfunction(L, i.function);
  }
}

/// With (table, key) on the stack and a value on top: keeps it in the table and returns it.
int keep_and_return(lua_State* L) {
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  return 1;
}

std::string_view key_of(lua_State* L) {
  std::size_t size = 0;
  const char* text = lua_tolstring(L, 2, &size);
  return {text, size};
}

/// __index of a library's table; upvalue 1 names the library.
int find_member(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  const auto* library = static_cast<const char*>(lua_touserdata(L, lua_upvalueindex(1)));
  const item* found = catalogue::get().find(library, key_of(L));
  if (found == nullptr) return 0;
  push(L, *found);
  return keep_and_return(L);
}

void set_protected_index(lua_State* L) {  // stack: ..., metatable, value of __index
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
}

void push_library(lua_State* L, const char* library) {
  lua_newtable(L);
  lua_createtable(L, 0, 2);
  lua_pushlightuserdata(L, const_cast<char*>(library));
  lua_pushcclosure(L, find_member, 1);
  set_protected_index(L);
  lua_setmetatable(L, -2);
}

/// __index of the globals.
int find_global(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  const catalogue& all = catalogue::get();
  if (const item* found = all.find("", key_of(L)); found != nullptr) {
    push(L, *found);
  } else if (const char* library = all.library(key_of(L)); library != nullptr) {
    push_library(L, library);
  } else if (key_of(L) == LUA_GNAME) {
    lua_pushvalue(L, 1);
  } else {
    return 0;
  }
  return keep_and_return(L);
}

/// __index of strings until the first method call, which puts the library in its own place.
int find_method(lua_State* L) {
  lua_getmetatable(L, 1);
  lua_pushglobaltable(L);
  lua_getfield(L, -1, LUA_STRLIBNAME);
  if (!lua_istable(L, -1)) {  // the script has put something else there
    lua_pop(L, 1);
    push_library(L, catalogue::get().library(LUA_STRLIBNAME));
  }
  lua_pushvalue(L, -1);
  lua_setfield(L, -4, "__index");
  lua_pushvalue(L, 2);
  lua_gettable(L, -2);
  return 1;
}

}  // namespace

void open_environment(lua_State* L) {
  const catalogue& all = catalogue::get();
  lua_pushglobaltable(L);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, find_global);
  set_protected_index(L);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);

  lua_pushliteral(L, "");
  lua_createtable(L, 0, static_cast<int>(all.string_arithmetic().size()) + 2);
  for (const auto& [name, function] : all.string_arithmetic()) {
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
  }
  lua_pushcfunction(L, find_method);
  set_protected_index(L);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

}  // namespace comet::lua
