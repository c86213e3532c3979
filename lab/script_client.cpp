// A client in a test: what comes of its requests, now or later, and what it hears.

#include <fmt/format.h>

#include "lab/misplaced_handler.hpp"
#include "lab/script_requests.hpp"
#include "lab/script_scope.hpp"
#include "lab/script_values.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

constexpr const char* client_type = "client";
constexpr const char* pending_type = "pending";

struct pending_request {
  ticket asked;
};

// Answers ----------------------------------------------------------------------------------------

/// Raises the answer if it is a failure; else pushes it.
int give_answer(lua_State* L) {
  script_scope& s = scope_of(L);
  if (s.answer.failed()) {
    s.problem = s.answer.text;
    return raise_problem(L);
  }
  push_reply(L, s.answer);
  return 1;
}

template <words_of Words>
int ask(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const client_id who = client_argument(L, 1);
  s.words.clear();
  Words(L, 2);
  s.answer = s.network->ask(who, s.words);
  return give_answer(L);
}

/// A put that the node takes may still be wrong: a handler that is no function is plain state to
/// it. Raises so, or gives the answer; `key` and `file` name what was put.
int give_answer_of_put(lua_State* L, const bytes& key, const bytes& file) {
  script_scope& s = scope_of(L);
  if (s.answer.failed()) {
    s.problem = s.answer.text;
    if (!file.empty()) s.problem += fmt::format(" (the code of {})", file);
    return raise_problem(L);
  }
  if (succeeded(s, s.network->inspect(key), s.seen) && s.seen) {
    const bytes_view handler = misplaced_handler(*s.seen);
    if (!handler.empty()) {
      s.problem =
          fmt::format("{} of '{}' is not a function, so it is no handler{}", handler,
                      printable(key), file.empty() ? "" : fmt::format(" (the code of {})", file));
      return raise_problem(L);
    }
  }
  push_reply(L, s.answer);
  return 1;
}

int put(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const client_id who = client_argument(L, 1);
  s.words.clear();
  put_words(L, 2);
  s.answer = s.network->ask(who, s.words);
  return give_answer_of_put(L, s.words[1], s.text);
}

// Later ------------------------------------------------------------------------------------------

int later(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const client_id who = client_argument(L, 1);
  const words_of wanted = find_request(text_argument(L, 2));
  if (wanted == nullptr)
    return luaL_argerror(L, 2, "one of \"get\", \"set\", \"del\", \"call\", \"put\", \"command\"");
  s.words.clear();
  wanted(L, 3);
  const bool is_put = wanted == put_words;
  auto* pending = static_cast<pending_request*>(lua_newuserdatauv(L, sizeof(pending_request), 0));
  pending->asked = 0;
  luaL_setmetatable(L, pending_type);
  if (!succeeded(s, s.network->send(who, s.words), pending->asked)) return raise_problem(L);
  if (is_put) s.puts.insert_or_assign(pending->asked, put_request{s.words[1], s.text});
  return 1;
}

ticket ticket_argument(lua_State* L) {
  return static_cast<const pending_request*>(luaL_checkudata(L, 1, pending_type))->asked;
}

int is_done(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const ticket asked = ticket_argument(L);
  const object::reply* answer = nullptr;
  if (!succeeded(s, s.network->answer(asked), answer)) return raise_problem(L);
  lua_pushboolean(L, static_cast<int>(answer != nullptr));
  return 1;
}

int take_result(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const ticket asked = ticket_argument(L);
  s.answer = s.network->wait(asked);
  const auto put = s.puts.find(asked);
  return put == s.puts.end() ? give_answer(L)
                             : give_answer_of_put(L, put->second.key, put->second.file);
}

// Channels and the connection --------------------------------------------------------------------

bool hear(script_scope& s, client_id who, std::vector<heard_message>& heard) {
  return succeeded(s, s.network->messages(who), heard);
}

int messages(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const client_id who = client_argument(L, 1);
  bool known = false;
  s.words.clear();  // channel, message, pattern of each
  {
    std::vector<heard_message> heard;
    known = hear(s, who, heard);
    for (heard_message& one : heard) {
      s.words.push_back(std::move(one.channel));
      s.words.push_back(std::move(one.message));
      s.words.push_back(one.pattern.value_or(""));
    }
  }
  if (!known) return raise_problem(L);
  lua_newtable(L);
  for (std::size_t i = 0; i < s.words.size(); i += 3) {
    lua_createtable(L, 0, 3);
    push_text(L, s.words[i]);
    lua_setfield(L, -2, "channel");
    push_text(L, s.words[i + 1]);
    lua_setfield(L, -2, "message");
    if (!s.words[i + 2].empty()) {
      push_text(L, s.words[i + 2]);
      lua_setfield(L, -2, "pattern");
    }
    lua_rawseti(L, -2, static_cast<lua_Integer>(i / 3 + 1));
  }
  return 1;
}

int close_client(lua_State* L) {
  script_scope& s = scope_with_network(L);
  if (!succeeded(s, s.network->close(client_argument(L, 1)))) return raise_problem(L);
  return 0;
}

constexpr luaL_Reg client_methods[] = {
    {"get", ask<get_words>},
    {"set", ask<set_words>},
    {"del", ask<del_words>},
    {"call", ask<call_words>},
    {"put", put},
    {"command", ask<command_words>},
    {"subscribe", ask<subscribe_words>},
    {"psubscribe", ask<psubscribe_words>},
    {"unsubscribe", ask<unsubscribe_words>},
    {"later", later},
    {"messages", messages},
    {"close", close_client},
    {nullptr, nullptr},
};

constexpr luaL_Reg pending_methods[] = {
    {"done", is_done},
    {"result", take_result},
    {nullptr, nullptr},
};

}  // namespace

void add_client_methods(lua_State* L) {
  luaL_setfuncs(L, client_methods, 0);
}

void open_clients(lua_State* L) {
  luaL_newmetatable(L, client_type);
  luaL_newlib(L, client_methods);
  lua_setfield(L, -2, "__index");
  luaL_newmetatable(L, pending_type);
  luaL_newlib(L, pending_methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 2);
}

void push_client(lua_State* L, client_id id) {
  *static_cast<client_id*>(lua_newuserdatauv(L, sizeof(client_id), 0)) = id;
  luaL_setmetatable(L, client_type);
}

client_id client_argument(lua_State* L, int index) {
  if (luaL_testudata(L, index, "network") != nullptr) return scope_of(L).own_client;
  return *static_cast<const client_id*>(luaL_checkudata(L, index, client_type));
}

}  // namespace comet::lab
