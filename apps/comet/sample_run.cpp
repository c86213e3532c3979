#include "apps/comet/sample_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "apps/comet/requests.hpp"
#include "base/check.hpp"
#include "lab/world.hpp"

namespace comet::client {
namespace {

using object::reply;
using std::chrono::nanoseconds;

constexpr int runs = 7;
constexpr int readings = 20;  ///< of the passive value
constexpr const char* passive_key = "a passive value";

/// One step of one run: the turns that it caused.
struct step_turns {
  std::vector<lab::turn_note> notes;
  nanoseconds time{0};
  bool breached = false;
};

const reply* field_of(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return &map.items[i + 1];
  return nullptr;
}

std::int64_t number_of(const reply& map, bytes_view name) {
  const reply* field = field_of(map, name);
  return field == nullptr ? 0 : field->integer;
}

/// The sample once, on a node of its own.
class single_run {
 public:
  single_run(const sample& what, const stopwatch& clock) : what_(what), clock_(clock) {}

  result<void> run();

  std::vector<step_turns> steps;
  std::size_t state_bytes_max = 0;

 private:
  [[nodiscard]] bool has(bytes_view handler) const {
    return std::find(what_.handlers.begin(), what_.handlers.end(), handler) != what_.handlers.end();
  }
  result<void> make_world();
  result<void> put();
  void get(int number);
  void ring();
  bool wait_until(wall_time due);
  void ask(const std::vector<bytes>& words);
  template <class Action>
  reply timed(Action action);
  void note_turns(nanoseconds time);

  const sample& what_;
  const stopwatch& clock_;
  std::unique_ptr<lab::world> world_;
  lab::client_id client_ = 0;
  nanoseconds passive_{0};  ///< a read of a passive value takes so long
  std::size_t known_ = 0;   ///< turns that steps already have
};

result<void> single_run::make_world() {
  lab::world_options options;
  if (what_.signed_by_administrator) options.limits.handlers_reach = object::reach::any;
  auto made = lab::world::make(options);
  if (!made) return made.failure();
  world_ = std::move(*made);
  auto client = world_->connect({});
  if (!client) return client.failure();
  client_ = *client;
  world_->ask(client_, {"SET", passive_key, "value"});
  passive_ = nanoseconds::max();
  for (int i = 0; i < readings; ++i) {
    const nanoseconds begin = clock_();
    world_->ask(client_, {"GET", passive_key});
    passive_ = std::min(passive_, clock_() - begin);
  }
  return {};
}

/// Does `action`, then takes the turns that ended meanwhile for a step.
template <class Action>
reply single_run::timed(Action action) {
  const nanoseconds begin = clock_();
  reply answer = action();
  note_turns(std::max(clock_() - begin - passive_, nanoseconds{0}));
  return answer;
}

void single_run::note_turns(nanoseconds time) {
  const std::vector<lab::turn_note> all = world_->turns(what_.key);
  if (known_ > all.size()) known_ = 0;  // the key was put anew
  step_turns step;
  step.notes.assign(all.begin() + static_cast<std::ptrdiff_t>(known_), all.end());
  known_ = all.size();
  step.time = time;
  const reply info = world_->ask(client_, {"ASO.INFO", what_.key});
  step.breached = number_of(info, "breaches") > 0;
  state_bytes_max =
      std::max(state_bytes_max, static_cast<std::size_t>(number_of(info, "state-bytes")));
  steps.push_back(std::move(step));
}

void single_run::ask(const std::vector<bytes>& words) {
  timed([&] { return world_->ask(client_, words); });
}

result<void> single_run::put() {
  put_options options;
  options.key = what_.key;
  options.source = what_.source;
  options.value = what_.value;
  options.args = what_.args;
  auto words = put_request(options);
  if (!words) return words.failure();
  const reply answer = timed([&] { return world_->ask(client_, *words); });
  if (answer.failed()) return error{errc::script, answer.text};
  if (answer.what == reply::kind::null)
    return error{errc::script, "onPut gave nil, so nothing was stored"};
  return {};
}

/// A get from a client with an address of its own.
void single_run::get(int number) {
  if (!has("onGet")) return;
  lab::client_options from;
  from.ip = fmt::format("10.0.{}.{}", number / 256, number % 256);
  const auto reader = world_->connect(from);
  COMET_CHECK(reader);                         // the node is up and the address is one
  world_->ask(*reader, {"GET", passive_key});  // what a new connection costs is not the handler's
  std::optional<bytes> callback;
  if (what_.with_callbacks) callback = fmt::format("callback:{}", number);
  timed([&] { return world_->ask(*reader, get_request(what_.key, what_.payload, callback)); });
}

/// False: the world's time ended before, or timers rang so often that the rest shows nothing new.
bool single_run::wait_until(wall_time due) {
  constexpr std::size_t turns_max = 1'000;
  constexpr std::chrono::milliseconds hour = std::chrono::hours{1};
  while (world_->now() < due) {
    if (!world_->advance(std::min(hour, due - world_->now()))) return false;
    if (world_->turns(what_.key).size() > turns_max) return false;
  }
  return true;
}

/// Lets the time come of each timer that is set, the nearest first.
void single_run::ring() {
  const auto found = world_->inspect(what_.key);
  if (!found || !*found || !has("onTimer")) return;
  std::vector<object::timer> timers = (*found)->timers;
  std::sort(timers.begin(), timers.end(), [](const auto& a, const auto& b) {
    return std::pair(a.due, a.name) < std::pair(b.due, b.name);
  });
  for (const object::timer& timer : timers) {
    constexpr std::chrono::milliseconds before{1};
    if (!wait_until(timer.due - before)) return;
    note_turns({});
    timed([&] {
      // A failed advance leaves no turn behind, which the step then shows.
      static_cast<void>(world_->advance(2 * before));
      return reply::null();
    });
  }
}

result<void> single_run::run() {
  if (auto made = make_world(); !made) return made;
  if (auto stored = put(); !stored) return stored;
  for (int i = 1; i <= what_.gets; ++i)
    get(i);
  if (has("onUpdate")) ask({"SET", what_.key, what_.update});
  for (const std::vector<bytes>& call : what_.calls) {
    ask(call_request(what_.key, call.front(), {call.begin() + 1, call.end()}));
  }
  if (!what_.calls.empty()) get(what_.gets + 1);
  ring();
  if (has("onDelete")) ask({"DEL", what_.key});
  return {};
}

handler_figures& figures_for(sample_figures& all, const bytes& name) {
  for (handler_figures& known : all.handlers)
    if (known.name == name) return known;
  all.handlers.push_back({});
  all.handlers.back().name = name;
  return all.handlers.back();
}

}  // namespace

result<sample_figures> run_sample(const sample& what, const stopwatch& clock) {
  std::vector<step_turns> steps;
  sample_figures figures;
  for (int i = 0; i < runs; ++i) {
    single_run once(what, clock);
    if (auto done = once.run(); !done) return done.failure();
    figures.state_bytes_max = once.state_bytes_max;
    if (steps.empty()) steps = once.steps;
    for (std::size_t s = 0; s < std::min(steps.size(), once.steps.size()); ++s)
      steps[s].time = std::min(steps[s].time, once.steps[s].time);
  }
  for (const step_turns& step : steps) {
    for (const lab::turn_note& note : step.notes) {
      // onPut is the name of every creation.
      if (note.handler == "onPut" &&
          std::find(what.handlers.begin(), what.handlers.end(), "onPut") == what.handlers.end() &&
          note.outcome == "ok")
        continue;
      handler_figures& handler = figures_for(figures, note.handler);
      handler.fuel = std::max(handler.fuel, note.fuel);
      handler.memory = std::max(handler.memory, note.memory);
      // A step of several turns has no time for each.
      if (step.notes.size() == 1) handler.time = std::max(handler.time, step.time);
      if (note.outcome == "ok") continue;
      handler.failure = note.outcome;
      handler.passed_limit = handler.passed_limit || step.breached;
    }
  }
  return figures;
}

}  // namespace comet::client
