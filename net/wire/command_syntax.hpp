#pragma once
// The arguments of a command as a tree, read from the syntax text of its row.
//
// The notation is that of the Redis documentation: `UPPER` is a word to type, `lower` a value,
// `[...]` optional, `<a | b>` a choice, `name [name ...]` one or more. COMMAND DOCS sends the tree,
// from which redis-cli makes its hints.

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "net/wire/command_table.hpp"

namespace comet::wire {

struct syntax_node {
  enum class kind : std::uint8_t {
    key,
    string,
    integer,
    real,
    unix_time,
    pattern,
    token,
    one_of,
    block
  };

  kind what = kind::string;
  bytes name;
  bytes token;  ///< the word before the value; for kind::token the word itself
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;     ///< the token is repeated with each value
  std::vector<syntax_node> parts;  ///< of one_of and block
};

/// The arguments of `row`, in order. Checks that the text follows the notation.
std::vector<syntax_node> syntax_of(const command_row& row);

/// As COMMAND DOCS names it: "pure-token", "oneof" ...
bytes_view name_of(syntax_node::kind kind);

}  // namespace comet::wire
