#pragma once
// Lines from a terminal, with editing, history and completion: libedit, and the only place that
// knows it (docs/adr/0014).
//
// Keys are those of Emacs, or what ~/.editrc says. History is kept in a file where there is one.
// Called by repl_command.

#include <functional>
#include <memory>

#include "apps/comet/repl_completion.hpp"
#include "base/bytes.hpp"

namespace comet::client {

class line_editor {
 public:
  enum class event {
    line,         ///< `text` is one, without its end
    interrupted,  ///< a signal came, or the terminal cannot be read
    end,          ///< Ctrl-D on an empty line, or the terminal is gone
  };
  using completer = std::function<completion(bytes_view before_cursor)>;

  /// An empty path: history ends with the process. Standard input and output are a terminal.
  line_editor(bytes prompt, bytes history_path, completer complete);
  ~line_editor();
  line_editor(const line_editor&) = delete;
  line_editor& operator=(const line_editor&) = delete;

  event read(bytes& text);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace comet::client
