#pragma once
// The requests of clients in tests, as words: what each method of a client sends.
//
// Each appends to `words` of the scope what the arguments from `first` on ask for, and raises what
// is wrong with them. Keys are remembered in the scope. Called by script_client.

#include "base/bytes.hpp"

struct lua_State;

namespace comet::lab {

using words_of = void (*)(lua_State* L, int first);

void get_words(lua_State* L, int first);
void set_words(lua_State* L, int first);
void del_words(lua_State* L, int first);
void call_words(lua_State* L, int first);
void command_words(lua_State* L, int first);
void subscribe_words(lua_State* L, int first);
void psubscribe_words(lua_State* L, int first);
void unsubscribe_words(lua_State* L, int first);
/// `text` of the scope is the path of the code's file, or empty.
void put_words(lua_State* L, int first);

/// By the name of the method, of those that can be waited for later; null: there is none.
words_of find_request(bytes_view name);

}  // namespace comet::lab
