#pragma once
// A session of the shell: one object in the laboratory, and what a line does to it.
//
// It holds a simulated network, the file that was loaded, the key that commands are about, and who
// asks. Each line is one command of repl_line; what it shows goes to `print`, why it failed is its
// result. Nothing here knows of terminals: repl_command reads the lines.
//
// A handler ends by its fuel, a line of Lua by the bounds of the laboratory; what takes long
// besides ends when `stop` is set, which a signal handler may do. Who set it clears it.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "apps/comet/rendering.hpp"
#include "apps/comet/repl_completion.hpp"
#include "apps/comet/repl_line.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lab/script_console.hpp"
#include "lab/world.hpp"

namespace comet::client {

struct repl_surroundings {
  lab::source_reader read;
  std::function<void(bytes_view)> print;
  rendering how;
};

class repl_session {
 public:
  /// `stop` outlives it. Errors: out_of_range (a network of so many nodes).
  static result<std::unique_ptr<repl_session>> begin(lab::world_options network,
                                                     repl_surroundings outside,
                                                     const std::atomic<bool>& stop);

  /// Puts a file; it stays the one that `reload` reads, even if this fails.
  result<void> load(load_terms what);
  /// One line. Errors: what was wrong with it, or with the object, with file and line where known.
  result<void> run(bytes_view line);

  /// `quit` was said.
  [[nodiscard]] bool is_over() const { return over_; }
  /// For completion.
  [[nodiscard]] repl_names names() const;

 private:
  repl_session(lab::world_options network, repl_surroundings outside,
               const std::atomic<bool>& stop);

  result<void> make_network();
  result<void> perform(const repl_line& line);
  result<void> perform_look(const repl_line& line);
  result<void> put();
  result<void> check_source(const bytes& source);
  result<void> ask(const request& words);
  result<void> connect(lab::client_options as);
  result<void> change_node(repl_verb verb, bytes_view number);
  result<void> add_nodes(const std::vector<bytes>& words);
  result<void> advance(const std::vector<bytes>& words);
  result<void> show_help(const std::vector<bytes>& words) const;
  result<void> show_messages();
  result<void> show_nodes() const;
  result<lab::inspection> object() const;
  [[nodiscard]] error placed_error(bytes_view message) const;
  void listen();
  void show(const object::reply& r) const { outside_.print(rendered(r, outside_.how)); }

  lab::world_options network_;
  repl_surroundings outside_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<lab::world> world_;
  std::unique_ptr<lab::script_console> console_;
  lab::client_options from_;     ///< who asks
  lab::client_id client_ = 0;    ///< of `from_`
  lab::client_id listener_ = 0;  ///< hears all channels
  std::optional<load_terms> file_;
  std::vector<bytes> methods_;  ///< of the code that was loaded
  bytes key_ = "object";
  bool over_ = false;
};

}  // namespace comet::client
