#include "apps/comet/repl_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/comet/code_report.hpp"
#include "apps/comet/repl_views.hpp"
#include "base/digest.hpp"
#include "base/number.hpp"
#include "lab/misplaced_handler.hpp"
#include "lab/stoppable_advance.hpp"
#include "lua/handler_table.hpp"
#include "lua/program.hpp"
#include "object/compat_mark.hpp"

namespace comet::client {

namespace {

using object::reply;
using std::chrono::milliseconds;
using verb = repl_verb;

constexpr std::size_t shown_by_default = 20;

/// A whole number from 1 up.
result<std::size_t> count_of(bytes_view text, bytes_view what) {
  const auto number = parse_integer(text);
  if (!number || *number < 1)
    return error{errc::syntax, fmt::format("{}: a whole number from 1 up, not '{}'", what,
                                           printable(shortened(text, 32)))};
  return static_cast<std::size_t>(*number);
}

result<std::size_t> count_or_default(const std::vector<bytes>& words, bytes_view what) {
  if (words.empty()) return std::size_t{shown_by_default};
  return count_of(words.front(), what);
}

}  // namespace

// Begin -------------------------------------------------------------------------------------------

repl_session::repl_session(lab::world_options network, repl_surroundings outside,
                           const std::atomic<bool>& stop)
    : network_(std::move(network)), outside_(std::move(outside)), stop_(stop) {}

result<std::unique_ptr<repl_session>> repl_session::begin(lab::world_options network,
                                                          repl_surroundings outside,
                                                          const std::atomic<bool>& stop) {
  std::unique_ptr<repl_session> made{
      new repl_session(std::move(network), std::move(outside), stop)};
  if (auto begun = made->make_network(); !begun) return std::move(begun.failure());
  return made;
}

result<void> repl_session::make_network() {
  auto made = lab::world::make(network_);
  if (!made) return std::move(made.failure());
  console_.reset();  // it uses the network that goes
  world_ = std::move(*made);
  client_ = 0;
  const auto listener = world_->connect({});
  if (!listener) return listener.failure();
  listener_ = *listener;
  listen();
  if (auto connected = connect({}); !connected) return connected;
  auto console = lab::script_console::open(*world_, {}, outside_.read, stop_);
  if (!console) return std::move(console.failure());
  console_ = std::move(*console);
  return {};
}

/// To what is published; once more after the listener's node was down.
void repl_session::listen() {
  world_->ask(listener_, {"PSUBSCRIBE", "*"});
}

result<void> repl_session::connect(lab::client_options as) {
  const auto connected = world_->connect(as);
  if (!connected) return connected.failure();
  if (client_ != 0) static_cast<void>(world_->close(client_));  // it is one of this world's
  client_ = *connected;
  from_ = std::move(as);
  return {};
}

repl_names repl_session::names() const {
  return {methods_, world_->nodes()};
}

// The file ----------------------------------------------------------------------------------------

/// With file and line, when the message knows a line of the object's script.
error repl_session::placed_error(bytes_view message) const {
  if (!file_) return {errc::script, bytes{message}};
  bytes text = placed(file_->file, message);
  if (text == fmt::format("{}: {}", file_->file, message)) text = message;
  return {errc::script, std::move(text)};
}

result<void> repl_session::load(load_terms what) {
  file_ = std::move(what);
  key_ = file_->put.key;
  return put();
}

/// Errors: it does not compile. Prints what looks wrong in it, and learns its methods.
result<void> repl_session::check_source(const bytes& source) {
  const auto code = std::make_shared<object::code>();
  code->source = file_->put.compat ? object::with_compat_mark(source) : source;
  code->hash = sha256(code->source);
  const auto compiled = lua::compile(code, {});
  if (!compiled) return error{errc::script, placed(file_->file, compiled.failure().message)};
  const auto names = lua::names_of(**compiled);
  if (!names) return names.failure();
  methods_.clear();
  for (const lua::code_field& field : names->fields)
    if (field.what == lua::code_field::kind::function && lua::is_method(field.name))
      methods_.push_back(field.name);
  outside_.print(warnings_text(file_->file, lua::findings_of(*names)));
  return {};
}

result<void> repl_session::put() {
  auto source = outside_.read(file_->file);
  if (!source) return std::move(source.failure());
  if (auto sound = check_source(*source); !sound) return sound;
  put_options options = file_->put;
  options.source = std::move(*source);
  const auto words = put_request(options);
  if (!words) return words.failure();
  const reply answer = world_->ask(client_, *words);
  if (answer.failed()) return placed_error(answer.text);
  if (answer.what == reply::kind::null)
    return error{errc::script,
                 fmt::format("nothing was stored at '{}': onPut, or onUpdate of the object there, "
                             "did not want it",
                             printable(key_))};
  const auto seen = object();
  const bytes_view handler = seen ? lab::misplaced_handler(*seen) : bytes_view{};
  if (!handler.empty())
    return error{errc::script, fmt::format("{}: {} is not a function, so it is no handler",
                                           file_->file, handler)};
  show(answer);
  return {};
}

// Lines -------------------------------------------------------------------------------------------

result<void> repl_session::run(bytes_view line) {
  const auto parsed = parse_line(line);
  if (!parsed) return parsed.failure();
  return perform(*parsed);
}

result<void> repl_session::ask(const request& words) {
  const reply answer = world_->ask(client_, words);
  if (answer.failed()) return placed_error(answer.text);
  show(answer);
  return {};
}

result<void> repl_session::perform(const repl_line& line) {
  const std::vector<bytes>& words = line.words;
  const auto word = [&](std::size_t at) {
    return at < words.size() ? std::optional<bytes>{words[at]} : std::nullopt;
  };
  switch (line.verb) {
    case verb::nothing: return {};
    case verb::quit: over_ = true; return {};
    case verb::load: {
      auto terms = parse_load(words);
      if (!terms) return std::move(terms.failure());
      return load(std::move(*terms));
    }
    case verb::reload:
      return file_ ? put() : result<void>{error{errc::not_found, "no file is loaded: load FILE"}};
    case verb::reset: {
      if (auto made = make_network(); !made) return made;
      return file_ ? put() : result<void>{};
    }
    case verb::get: return ask(get_request(key_, word(0), word(1)));
    case verb::set: return ask({"SET", key_, words[0]});
    case verb::call: return ask(call_request(key_, words[0], {words.begin() + 1, words.end()}));
    case verb::erase: return ask({"DEL", key_});
    case verb::command: return ask(words);
    case verb::info: return ask({"ASO.INFO", key_});
    case verb::code: return ask({"ASO.CODE", key_});
    case verb::as: {
      auto as = parse_caller(word(0).value_or(""), from_);
      return as ? connect(std::move(*as)) : result<void>{std::move(as.failure())};
    }
    case verb::at: {
      const auto number = count_of(words[0], "at");
      if (!number) return number.failure();
      lab::client_options as = from_;
      as.node = *number;
      return connect(std::move(as));
    }
    case verb::advance: return advance(words);
    case verb::settle: return world_->settle();
    case verb::add: return add_nodes(words);
    case verb::start:
    case verb::stop:
    case verb::kill:
    case verb::restart:
    case verb::pause:
    case verb::resume: return change_node(line.verb, words[0]);
    default: return perform_look(line);
  }
}

/// What changes nothing.
result<void> repl_session::perform_look(const repl_line& line) {
  const std::vector<bytes>& words = line.words;
  switch (line.verb) {
    case verb::help: return show_help(words);
    case verb::now: outside_.print(moment_text(world_->now()) + "\n"); return {};
    case verb::nodes: return show_nodes();
    case verb::messages: return show_messages();
    case verb::key:
      if (words.empty())
        outside_.print(printable(key_) + "\n");
      else
        key_ = words[0];
      return {};
    case verb::lua: {
      const auto shown = console_->run(words[0]);
      if (!shown) return shown.failure();
      outside_.print(*shown);
      return {};
    }
    case verb::log: {
      const auto count = count_or_default(words, "log");
      if (!count) return count.failure();
      const std::vector<bytes> lines = world_->log(key_);
      for (std::size_t i = lines.size() - std::min(*count, lines.size()); i < lines.size(); ++i)
        outside_.print(printable(lines[i]) + "\n");
      return {};
    }
    case verb::journal: {
      const auto count = count_or_default(words, "journal");
      if (!count) return count.failure();
      outside_.print(turns_view(world_->turns(key_), *count, outside_.how));
      return {};
    }
    default: {
      const auto seen = object();
      if (!seen) return seen.failure();
      if (line.verb == verb::timers)
        outside_.print(timers_view(seen->timers, world_->now(), outside_.how));
      else
        show(seen->active ? seen->state : seen->value);
      return {};
    }
  }
}

// Looks -------------------------------------------------------------------------------------------

result<lab::inspection> repl_session::object() const {
  auto seen = world_->inspect(key_);
  if (!seen) return std::move(seen.failure());
  if (!*seen)
    return error{errc::not_found, fmt::format("there is no object at '{}'", printable(key_))};
  return std::move(**seen);
}

result<void> repl_session::show_help(const std::vector<bytes>& words) const {
  if (words.empty()) {
    outside_.print(help_text(outside_.how));
    return {};
  }
  const repl_row* row = find_repl_row(words.front());
  if (row == nullptr)
    return error{errc::not_found,
                 fmt::format("there is no command '{}'; `help` lists what there is",
                             printable(words.front()))};
  outside_.print(help_text(*row));
  return {};
}

result<void> repl_session::show_messages() {
  const auto heard = world_->messages(listener_);
  if (!heard) return heard.failure();
  outside_.print(messages_view(*heard, outside_.how));
  return {};
}

result<void> repl_session::show_nodes() const {
  std::vector<lab::node_view> nodes;
  for (std::size_t number = 1; number <= world_->nodes(); ++number) {
    auto seen = world_->look(number);
    if (!seen) return std::move(seen.failure());
    nodes.push_back(std::move(*seen));
  }
  const auto seen = world_->inspect(key_);
  if (!seen) return seen.failure();
  outside_.print(nodes_view(nodes, *seen, outside_.how));
  return {};
}

// Time and nodes ----------------------------------------------------------------------------------

result<void> repl_session::advance(const std::vector<bytes>& words) {
  const auto wanted = parse_advance(words);
  if (!wanted) return wanted.failure();
  milliseconds span = wanted->value_or(milliseconds{0});
  if (!*wanted) {
    const auto seen = object();
    if (!seen) return seen.failure();
    if (seen->timers.empty())
      return error{errc::not_found, fmt::format("'{}' has no timer", printable(key_))};
    const auto next = std::ranges::min(seen->timers, {}, &object::timer::due);
    // One that is late waits for its leader; a moment later it has been tried.
    span = std::max(next.due - world_->now(), milliseconds{1});
  }
  const wall_time began = world_->now();
  const std::size_t known = world_->turns(key_).size();
  const auto passed = lab::advance(*world_, span, stop_);
  std::vector<lab::turn_note> turns = world_->turns(key_);
  // Where the oldest turns were let go of meanwhile, time tells which are new.
  const auto is_old = [&](const lab::turn_note& turn) { return turn.at < began; };
  const std::size_t old = turns.size() < lab::journal::notes_max
                              ? known
                              : static_cast<std::size_t>(std::ranges::count_if(turns, is_old));
  if (old <= turns.size())
    turns.erase(turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(old));
  outside_.print(moment_text(world_->now()) + "\n");
  outside_.print(turns_view(turns, shown_by_default, outside_.how));
  return passed;
}

result<void> repl_session::add_nodes(const std::vector<bytes>& words) {
  const auto count = words.empty() ? result<std::size_t>{1} : count_of(words[0], "add");
  if (!count) return count.failure();
  if (auto added = world_->add(*count); !added) return std::move(added.failure());
  return show_nodes();
}

result<void> repl_session::change_node(repl_verb what, bytes_view text) {
  const auto number = count_of(text, "a node's number");
  if (!number) return number.failure();
  const auto change = [&]() -> result<void> {
    switch (what) {
      case verb::start: return world_->start(*number);
      case verb::stop: return world_->stop(*number);
      case verb::kill: return world_->kill(*number);
      case verb::restart: return world_->restart(*number);
      case verb::pause: return world_->pause(*number);
      default: return world_->resume(*number);
    }
  };
  if (auto changed = change(); !changed) return changed;
  const bool began = what == verb::start || what == verb::restart;
  if (began && *number == lab::client_options{}.node) listen();
  return show_nodes();
}

}  // namespace comet::client
