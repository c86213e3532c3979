// repl: a shell on an object in the laboratory.

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is POSIX's
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/comet/command_line.hpp"
#include "apps/comet/line_editor.hpp"
#include "apps/comet/repl_session.hpp"
#include "lab/test_files.hpp"
#include "runtime/value.hpp"

namespace comet::client {

namespace {

constexpr const char* prompt = "comet> ";

struct arguments {
  bytes file;
  bytes key;
  bytes value;
  bytes ttl;
  std::vector<bytes> words;
  std::vector<bytes> limits;
  bool compat = false;
  std::size_t nodes = 1;
  std::uint64_t seed = 1;
};

/// Set by Ctrl-C; what runs ends.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void note_interrupt(int /*signal*/) {
  interrupted.store(true);
}

void print(bytes_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

/// Without SA_RESTART: a read that waits for a key ends, too.
void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

/// Of Lua, and folders, whose path begins so.
std::vector<bytes> files_from(const bytes& begin) {
  namespace fs = std::filesystem;
  const auto slash = begin.rfind('/');
  const bytes folder = slash == bytes::npos ? bytes{} : begin.substr(0, slash + 1);
  std::vector<bytes> found;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, unreadable)) {
    std::error_code gone;
    const bytes name = folder + entry.path().filename().string();
    if (entry.is_directory(gone)) {
      found.push_back(name + "/");
    } else if (name.ends_with(".lua")) {
      found.push_back(name);
    }
  }
  return found;
}

/// Where XDG's convention has what programs remember; empty: there is no home.
bytes history_path() {
  namespace fs = std::filesystem;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state == nullptr && home == nullptr) return {};
  const fs::path folder =
      state != nullptr ? fs::path(state) / "comet" : fs::path(home) / ".local/state/comet";
  std::error_code failed;
  fs::create_directories(folder, failed);
  return failed ? bytes{} : (folder / "repl_history").string();
}

void tell(const error& why) {
  std::fflush(stdout);
  fail(why.message, refused);
}

/// A person at a terminal.
int converse(repl_session& session) {
  catch_interrupts();
  line_editor editor{prompt, history_path(), [&](bytes_view before_cursor) {
                       return complete(before_cursor, session.names(), files_from);
                     }};
  while (!session.is_over()) {
    interrupted.store(false);
    bytes line;
    const auto read = editor.read(line);
    if (read == line_editor::event::end ||
        (read == line_editor::event::interrupted && !interrupted.load())) {
      print("\n");
      break;
    }
    if (read == line_editor::event::interrupted) {
      print("^C\n");
      continue;
    }
    if (auto done = session.run(line); !done) tell(done.failure());
    std::fflush(stdout);
  }
  return succeeded;
}

/// Lines of a pipe or a file: all of them, whatever fails.
int run_lines(repl_session& session, int status) {
  std::size_t number = 0;
  for (std::string line; !session.is_over() && std::getline(std::cin, line);) {
    ++number;
    auto done = session.run(line);
    if (done) continue;
    done.failure().message = fmt::format("line {}: {}", number, done.failure().message);
    tell(done.failure());
    status = refused;
  }
  if (std::fflush(stdout) != 0) return fail("cannot write to standard output", refused);
  return status;
}

/// Of the options of the command line; they are those of `load`.
result<load_terms> terms_of(const arguments& a, const CLI::App& command) {
  load_terms terms;
  terms.file = a.file;
  terms.put.key = a.key.empty() ? std::filesystem::path(a.file).stem().string() : a.key;
  terms.put.args = a.words;
  terms.put.limits = a.limits;
  terms.put.compat = a.compat;
  if (command.count("--value") > 0) terms.put.value = a.value;
  if (command.count("--ttl") > 0) {
    const auto ttl = runtime::parse_duration(a.ttl);
    if (!ttl) return error{errc::syntax, "--ttl " + ttl.failure().message};
    terms.put.ttl = *ttl;
  }
  return terms;
}

int repl(const arguments& a, const CLI::App& command) {
  lab::world_options network;
  network.nodes = a.nodes;
  network.seed = a.seed;
  const bool at_terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  auto session = repl_session::begin(
      network, {.read = lab::read_source, .print = print, .how = output_rendering()}, interrupted);
  if (!session) return fail(session.failure().message, misused);
  int status = succeeded;
  if (!a.file.empty()) {
    auto terms = terms_of(a, command);
    if (!terms) return fail(terms.failure().message, misused);
    if (const auto there = lab::read_source(a.file); !there)
      return fail(there.failure().message, misused);
    if (auto loaded = (*session)->load(std::move(*terms)); !loaded) {
      tell(loaded.failure());
      status = refused;
    }
  }
  if (!at_terminal) return run_lines(**session, status);
  if (a.file.empty()) print("`help` lists what there is; load FILE begins\n");
  return converse(**session);
}

}  // namespace

void add_repl_command(CLI::App& app, command_line& shared) {
  const auto a = std::make_shared<arguments>();
  CLI::App* command =
      app.add_subcommand("repl", "A shell on an object in a simulated network, in virtual time")
          ->group("Development")
          ->footer(
              "Puts FILE into a network of its own and reads commands: get, set, call, state, "
              "advance 2h, stop 2 ...\n(`help` lists them; docs/repl.md). From a pipe it reads "
              "lines without prompts, and the status is 1\nwhen one of them failed.");
  command->add_option("FILE", a->file, "Lua source");
  command->add_option("--key", a->key, "The key that it is put under; else the file's name");
  command->add_option("--value", a->value, "The value that it is put with");
  command->add_option("--arg", a->words, "An argument of the script; may be repeated")
      ->expected(1)
      ->take_all();
  command->add_option("--ttl", a->ttl, "Time to live: 30s, 10m, 1h, 2d");
  command->add_option("--limit", a->limits, "A limit lower than the node's; may be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("NAME=VALUE");
  command->add_flag("--compat", a->compat, "The source was written for the paper's prototype");
  command->add_option("--nodes", a->nodes, "Nodes of the network")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, lab::nodes_max))
      ->capture_default_str();
  command->add_option("--seed", a->seed, "Of all that is left to chance")
      ->type_name("N")
      ->capture_default_str();
  command->callback([&shared, a, command] { shared.status = repl(*a, *command); });
}

}  // namespace comet::client
