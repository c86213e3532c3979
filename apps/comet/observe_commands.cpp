// inspect, log, trace: one object looked at while it works, from the command line.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "apps/comet/command_line.hpp"
#include "apps/comet/log_follower.hpp"
#include "apps/comet/network_view.hpp"
#include "apps/comet/object_page.hpp"
#include "apps/comet/otlp_collector.hpp"
#include "apps/comet/otlp_spans.hpp"
#include "apps/comet/reply_fields.hpp"
#include "apps/comet/trace_page.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

using object::reply;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds log_looked_at_every{500};
constexpr std::chrono::milliseconds trace_looked_at_every{100};
constexpr int requests_max = 64;

struct observed {
  bytes key;
  bool as_json = false;
  bool follow = false;
  int count = 10;
  bytes timeout = "10m";
  bytes otlp;  ///< of a collector; empty: none
};

/// False: nobody reads it any more.
bool write(bytes_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0;
}

int unwritten() {
  return fail("cannot write to standard output", refused);
}

CLI::App* add(CLI::App& app, const char* name, const char* what, observed& o) {
  CLI::App* command = app.add_subcommand(name, what)->group("Objects");
  command->add_option("KEY", o.key, "The object's key")->required();
  return command;
}

// ---- inspect ----

int inspect(const command_line& shared, const observed& o) {
  const std::vector<request> requests{{"COMET", "INSPECT", o.key}, {"COMET", "WHERE", o.key}};
  return ask_all(shared, requests, [&](const std::vector<reply>& answers) {
    for (const auto& answer : answers)
      if (answer.failed()) return fail(answer.text, refused);
    auto [object, route] = std::pair{answers[0], answers[1]};
    if (!o.as_json) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      const auto unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
      const bytes page = object_page(object, route, from_unix_ms(unix_ms), output_rendering());
      return write(page) ? int{succeeded} : unwritten();
    }
    object.items.push_back(reply::bulk("route"));
    object.items.push_back(std::move(route));
    return write(json_view(object)) ? int{succeeded} : unwritten();
  });
}

void add_inspect(CLI::App& app, command_line& shared) {
  const auto o = std::make_shared<observed>();
  CLI::App* command = add(app, "inspect", "Show all that is known of an object, active or not", *o);
  command->add_flag("--json", o->as_json, "All fields, as JSON");
  command->footer(
      "State, log, errors and recorded turns are shown to the object's owner and to "
      "administrators.");
  command->callback([&shared, o] { shared.status = inspect(shared, *o); });
}

// ---- log ----

bool tell(const log_news& news, bool as_json) {
  const bytes remark = as_json ? remark_as_json(news) : remark_on(news);
  if (as_json) {
    if (!write(remark)) return false;
  } else {
    std::fwrite(remark.data(), 1, remark.size(), stderr);
  }
  bytes lines;
  for (const auto& line : news.lines)
    lines += as_json ? client::as_json(line) : shown(line);
  return write(lines);
}

/// An error that a look after the first one meets may pass: its leader moves, it is put again.
int follow_log(const command_line& shared, const observed& o) {
  auto opened = connect(shared);
  if (!opened) return fail(opened.failure().message, status_of(opened.failure()));
  log_follower follower;
  bytes trouble;
  for (bool first = true;; first = false) {
    const auto answer = opened->ask({"ASO.INFO", o.key});
    if (!answer) return fail(answer.failure().message, unreachable);
    const auto news = answer->failed() ? result<log_news>{error{errc::unavailable, answer->text}}
                                       : follower.look(*answer);
    if (!news) {
      const bytes& why = news.failure().message;
      if (first || !o.follow) return fail(why, refused);
      if (std::exchange(trouble, why) != why) fail(why, refused);
    } else {
      trouble.clear();
      if (!tell(*news, o.as_json)) return unwritten();
    }
    if (!o.follow) return succeeded;
    std::this_thread::sleep_for(log_looked_at_every);
  }
}

void add_log(CLI::App& app, command_line& shared) {
  const auto o = std::make_shared<observed>();
  CLI::App* command = add(app, "log", "Show what an active object has logged", *o);
  command->add_flag("--follow,-f", o->follow, "Go on with what it logs from now on");
  command->add_flag("--json", o->as_json, "One JSON object a line");
  command->footer(
      "Lines go to standard output, remarks (lines that are lost, a count that starts again) to "
      "standard\nerror. The node keeps the last lines in memory only.");
  command->callback([&shared, o] { shared.status = follow_log(shared, *o); });
}

// ---- trace ----

/// Nothing: it is the answer to this trace.
std::optional<error> trouble_with(const reply& seen, std::int64_t trace) {
  if (seen.failed()) return error{errc::unavailable, seen.text};
  if (seen.what == reply::kind::map && number_field(seen, "trace") == trace) return std::nullopt;
  return error{errc::conflict,
               "the trace has ended: another node leads the key now, or somebody else began a "
               "trace of it"};
}

std::size_t seen_in(const reply& traces) {
  const reply* requests = field(traces, "requests");
  return requests == nullptr ? 0 : requests->items.size();
}

/// Requests as spans to a collector. One that does not take them is told of as often as the cause
/// changes, and ends neither the trace nor what is shown of it.
class span_sender {
 public:
  span_sender(otlp_collector to, span_source source)
      : to_(std::move(to)), source_(std::move(source)) {}

  void send(const reply& traces, std::size_t from) {
    const auto sent = to_.post(otlp_body(traces, from, source_));
    if (sent) return;
    const bytes& why = sent.failure().message;
    if (std::exchange(trouble_, why) != why) fail(why, refused);
  }
  /// Was anything not taken?
  [[nodiscard]] bool failed() const { return !trouble_.empty(); }

 private:
  otlp_collector to_;
  span_source source_;
  bytes trouble_;
};

/// `spans` may be null: nobody is sent any.
int watch_trace(connection& node, const observed& o, std::int64_t trace,
                std::chrono::milliseconds timeout, span_sender* spans) {
  const auto until = steady_clock::now() + timeout;
  std::size_t told = 0;
  for (;;) {
    const bool is_last = steady_clock::now() >= until;
    const auto seen = node.ask({"COMET", "TRACES", o.key});
    if (!seen) return fail(seen.failure().message, unreachable);
    if (const auto trouble = trouble_with(*seen, trace)) return fail(trouble->message, refused);
    const std::size_t count = seen_in(*seen);
    const bool is_done = count >= static_cast<std::size_t>(o.count);
    if (!o.as_json && count > told && !write(waterfalls(*seen, told))) return unwritten();
    if (spans != nullptr && count > told) spans->send(*seen, told);
    told = count;
    if (is_done || is_last) {
      if (o.as_json && !write(json_view(*seen))) return unwritten();
      if (is_done) return spans != nullptr && spans->failed() ? refused : succeeded;
      return fail(fmt::format("{} of {} requests came within {}", count, o.count, o.timeout),
                  refused);
    }
    std::this_thread::sleep_for(trace_looked_at_every);
  }
}

int trace(const command_line& shared, const observed& o) {
  const auto timeout = runtime::parse_duration(o.timeout);
  if (!timeout) return fail("--timeout " + timeout.failure().message, misused);
  std::optional<otlp_collector> collector;
  if (!o.otlp.empty()) {
    auto at = otlp_collector::at(o.otlp);
    if (!at) return fail("--otlp: " + at.failure().message, misused);
    collector = std::move(*at);
  }
  auto opened = connect(shared);
  if (!opened) return fail(opened.failure().message, status_of(opened.failure()));
  const auto armed = opened->ask({"COMET", "TRACE", o.key, fmt::format("{}", o.count)});
  if (!armed) return fail(armed.failure().message, unreachable);
  if (armed->failed()) return fail(armed->text, refused);
  if (!collector) return watch_trace(*opened, o, armed->integer, *timeout, nullptr);
  const auto route = opened->ask({"COMET", "WHERE", o.key});
  if (!route) return fail(route.failure().message, unreachable);
  span_sender spans{std::move(*collector), span_source_of(*route)};
  return watch_trace(*opened, o, armed->integer, *timeout, &spans);
}

void add_trace(CLI::App& app, command_line& shared) {
  const auto o = std::make_shared<observed>();
  CLI::App* command = add(app, "trace", "Show where the next requests to an object spend time", *o);
  command->add_option("--count", o->count, "How many requests")
      ->check(CLI::Range(1, requests_max))
      ->capture_default_str();
  command->add_option("--timeout", o->timeout, "How long to wait for them: 30s, 10m at most")
      ->capture_default_str();
  command->add_flag("--json", o->as_json, "All fields, as JSON, once the requests have come");
  command
      ->add_option("--otlp", o->otlp,
                   "Send them as OpenTelemetry spans, too: http://HOST:4318 of a collector "
                   "(OTLP, JSON)")
      ->type_name("URL");
  command->footer(
      "For the object's owner and administrators. Status: 0 as many came, 1 the time ran out "
      "before,\nthe trace ended or the collector did not take all spans. A request whose id "
      "(COMET WITH ID)\nis a W3C traceparent belongs to that span.");
  command->callback([&shared, o] { shared.status = trace(shared, *o); });
}

}  // namespace

void add_observe_commands(CLI::App& app, command_line& shared) {
  add_inspect(app, shared);
  add_log(app, shared);
  add_trace(app, shared);
}

}  // namespace comet::client
