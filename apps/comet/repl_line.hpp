#pragma once
// Lines of the shell (`comet repl`) taken apart: which command, which words. Pure.
//
// A word is what stands between blanks. One that begins with ' or " is a string of Lua, with Lua's
// escapes. `=` and `lua` take the rest of their line as it is. What commands there are is the one
// table that `help`, completion and docs/repl.md show. Called by repl_session.

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "apps/comet/requests.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lab/world_options.hpp"

namespace comet::client {

enum class repl_verb : std::uint8_t {
  nothing,  ///< an empty line, or a comment: -- ...
  add,
  advance,
  as,
  at,
  call,
  code,
  command,
  erase,
  get,
  help,
  info,
  journal,
  key,
  kill,
  load,
  log,
  lua,
  messages,
  nodes,
  now,
  pause,
  quit,
  reload,
  reset,
  restart,
  resume,
  set,
  settle,
  start,
  state,
  stop,
  timers,
};

struct repl_row {
  static constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

  bytes_view name;
  repl_verb verb;
  std::size_t words_min;
  std::size_t words_max;  ///< `any`: no bound
  bytes_view syntax;      ///< after the name
  bytes_view about;
};

/// In the order in which `help` shows them. Several names may stand for one verb.
std::span<const repl_row> repl_table();
/// Null: there is no such command.
const repl_row* find_repl_row(bytes_view name);

struct repl_line {
  repl_verb verb = repl_verb::nothing;
  std::vector<bytes> words;  ///< after the command's name

  friend bool operator==(const repl_line&, const repl_line&) = default;
};

/// Errors, syntax: an unknown command (and the one that was probably meant), too few or too many
/// words (and the command's form), a string without end, with its column.
result<repl_line> parse_line(bytes_view text);

/// A file to put, and how.
struct load_terms {
  bytes file;
  put_options put;  ///< without its source; its key is the file's name unless one is given
};

/// Of the words of `load`: FILE and the options of `comet put`. Errors: syntax.
result<load_terms> parse_load(const std::vector<bytes>& words);

/// USER, USER@IP, @IP:PORT; the node is not changed. Errors: syntax.
result<lab::client_options> parse_caller(bytes_view text, lab::client_options from);

/// Of the words of `advance`; nothing: until the next timer. Errors: syntax.
result<std::optional<std::chrono::milliseconds>> parse_advance(const std::vector<bytes>& words);

}  // namespace comet::client
