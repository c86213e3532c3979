#pragma once
// What one Lua state of the test API works with: its file, its network, and what bindings hold.
//
// A Lua error is a longjmp: a binding keeps no C++ object with a destructor on the stack across a
// call that can raise. Whatever needs one lives here, for as long as the state: words of a request,
// an answer, texts. A binding that fails writes `problem` and returns raise_problem(). Messages
// bear no place: where a test failed is found by on_error, from the stack.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lab/script_file.hpp"
#include "lab/test_outcome.hpp"
#include "lab/world.hpp"
#include "object/reply.hpp"

struct lua_State;

namespace comet::lab {

/// Of a console's Lua, between two looks at whether it is to stop.
inline constexpr std::int64_t instructions_share = 1'000'000;

/// What expect.* found, until somebody reports it.
struct expectation {
  bytes message;  ///< as it was raised
  bytes what;
  bytes expected;
  bytes actual;
};

/// An ASO.PUT that was sent without waiting.
struct put_request {
  bytes key;
  bytes file;  ///< of its code; empty: the source was given
};

struct script_scope {
  script_scope(const bytes& file, const source_reader& files) : path(file), reader(files) {}

  const bytes& path;
  const source_reader& reader;

  std::vector<test_case> tests;  ///< that the file's top level named
  world* network = nullptr;      ///< null: the top level runs
  client_id own_client = 0;      ///< that of `net`
  std::set<bytes> keys;          ///< that requests of the test named
  std::map<ticket, put_request> puts;

  const std::atomic<bool>* stop = nullptr;  ///< of a console: set when its Lua has to end
  std::int64_t fuel_kept = 0;               ///< given when the present share is used up
  bytes shown;                              ///< values that a console's line gave

  // while a binding works
  std::vector<bytes> words;
  object::reply answer;
  std::optional<inspection> seen;
  std::vector<turn_note> turns;
  std::vector<node_number> numbers;
  std::vector<std::vector<node_number>> groups;
  client_options client;
  bytes text;
  bytes difference;  ///< where two values differ: ".list[2]"
  bytes problem;

  // how it failed
  expectation unmet;
  std::optional<test_failure> failure;
  std::size_t memory = 0;    ///< bytes in use
  bool is_ended = false;     ///< by `instructions_max`, `memory_max` or `stop`
  bool took_memory = false;  ///< that ended it
  source_place ended_at;
};

script_scope& scope_of(lua_State* L);
/// The same; raises at the top level of a file, where there is no network.
script_scope& scope_with_network(lua_State* L);

/// Raises `problem` as it is.
int raise_problem(lua_State* L);

/// False: the reason is in `problem`.
inline bool succeeded(script_scope& s, const result<void>& done) {
  if (!done) s.problem = done.failure().message;
  return done.ok();
}
template <class T>
bool succeeded(script_scope& s, result<T>&& done, T& value) {
  if (done) {
    value = std::move(*done);
  } else {
    s.problem = done.failure().message;
  }
  return done.ok();
}

// One for each part of the API; each adds its part to the globals or to the types.
void open_expectations(lua_State* L);
void open_network(lua_State* L);
void open_nodes(lua_State* L);
void open_clients(lua_State* L);

/// Pushes `net`, the network of the test as a client at node 1.
void push_network(lua_State* L);
void push_node(lua_State* L, node_number number);
void push_client(lua_State* L, client_id id);
/// Of a node's object, or of its number; raises when it is neither.
node_number node_argument(lua_State* L, int index);
/// Of a client or of `net`.
client_id client_argument(lua_State* L, int index);
/// Methods that every client has, into the table on top of the stack.
void add_client_methods(lua_State* L);

/// The options of test() at `index` as a network; raises what is wrong with them.
void read_options(lua_State* L, int index, test_case& test);

}  // namespace comet::lab
