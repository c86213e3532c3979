#pragma once
// Lua of somebody at a terminal: lines with the test API of docs/testing.md, against one network.
//
// Globals last from line to line, locals do not. `net` is the network. A line that takes
// `instructions_max` or `memory_max` ends as failed; one that takes long ends when `stop` is set.
// Called by the shell (`comet repl`). Lua stays behind this header, as behind script_file.

#include <atomic>
#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lab/script_file.hpp"
#include "lab/world.hpp"

namespace comet::lab {

class script_state;

class script_console {
 public:
  /// The network and `stop` outlive it. Sources that it puts are read relative to the folder of
  /// `path`. Errors: there is no client of the network's first node.
  static result<std::unique_ptr<script_console>> open(world& network, bytes path,
                                                      source_reader reader,
                                                      const std::atomic<bool>& stop);
  ~script_console();
  script_console(const script_console&) = delete;
  script_console& operator=(const script_console&) = delete;

  /// The values of an expression as Lua would write them, a line each; of statements those that
  /// they return. Errors, script: what Lua says, with the line ("lua:1: ...").
  result<bytes> run(bytes_view text);

 private:
  script_console(bytes path, source_reader reader);

  bytes path_;
  source_reader reader_;
  std::unique_ptr<script_state> state_;
};

}  // namespace comet::lab
