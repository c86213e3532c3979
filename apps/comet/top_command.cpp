// top: what the network does just now, on a screen of its own or once for scripts.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "apps/comet/command_line.hpp"
#include "apps/comet/top_refresh.hpp"
#include "apps/comet/top_report.hpp"
#include "apps/comet/top_terminal.hpp"

namespace comet::client {
namespace {

using namespace std::chrono_literals;

constexpr auto interval_min = 100ms;
constexpr auto interval_max = std::chrono::milliseconds{1h};
constexpr auto key_patience = 100ms;  // between two looks at what the refresh brought

struct top_flags {
  bytes interval = "2s";
  bytes sort = "fuel";
  bytes filter;
  bool once = false;
  bool as_json = false;
  std::size_t count = 20;
};

/// What the flags mean.
struct top_order {
  std::chrono::milliseconds interval{};
  object::work_measure sort = object::work_measure::fuel;
};

result<top_order> order_of(const top_flags& flags) {
  const auto interval = runtime::parse_duration(flags.interval);
  if (!interval) return error{errc::syntax, "--interval " + interval.failure().message};
  if (*interval < interval_min || *interval > interval_max)
    return error{errc::syntax, "--interval is 100ms at least and 1h at most"};
  const auto* const name = std::ranges::find(object::work_measure_names, bytes_view{flags.sort});
  if (name == object::work_measure_names.end())
    return error{errc::syntax, "--sort is one of fuel, memory, turns, messages, mailbox and bytes"};
  return top_order{*interval,
                   static_cast<object::work_measure>(name - object::work_measure_names.begin())};
}

/// The network, as long as the node of --node may tell all of it.
result<std::vector<node_sample>> whole_look(network_survey& survey) {
  auto looked = survey.look(true);
  if (!looked) return looked;
  if (!looked->empty() && !looked->front().failure.empty())
    return error{errc::no_permission, looked->front().failure};
  return looked;
}

int status_of_look(const error& why) {
  return why.code == errc::no_permission || why.code == errc::joining ? refused : status_of(why);
}

int show_once(network_survey& survey, const top_flags& flags, const top_order& order) {
  top_model model;
  for (int looks = 0; looks < 2; ++looks) {
    if (looks > 0) std::this_thread::sleep_for(order.interval);
    auto looked = whole_look(survey);
    if (!looked) return fail(looked.failure().message, status_of_look(looked.failure()));
    model.take(std::move(*looked));
  }
  const bytes text = flags.as_json ? top_json(model, order.sort, flags.filter, flags.count)
                                   : top_text(model, order.sort, flags.filter, flags.count);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? int{succeeded}
                                  : fail("cannot write to standard output", refused);
}

std::vector<bytes> keys_of(const std::vector<top_object>& objects) {
  std::vector<bytes> keys;
  keys.reserve(objects.size());
  for (const top_object& one : objects)
    keys.push_back(one.key);
  return keys;
}

void take_news(top_refresh& refresh, top_model& model, top_view& view, top_setting& setting,
               std::size_t width) {
  auto news = refresh.take();
  setting.complaint = news.complaint;
  if (news.looked) model.take(std::move(*news.looked));
  if (news.object && news.object->first == view.object_key)
    view.object = wrapped(news.object->second, width);
}

int show_screen(network_survey survey, const command_line& shared, const top_flags& flags,
                const top_order& order) {
  top_model model;
  auto first = whole_look(survey);
  if (!first) return fail(first.failure().message, status_of_look(first.failure()));
  model.take(std::move(*first));
  auto terminal = top_terminal::open(output_rendering().colours);
  if (!terminal) return fail(terminal.failure().message, refused);
  top_view view;
  view.sort = order.sort;
  view.filter = flags.filter;
  top_setting setting{shared.node, flags.interval, {}, (*terminal)->is_utf8()};
  top_refresh refresh{std::move(survey), order.interval};
  while (!view.ended) {
    const screen_size size = (*terminal)->size();
    take_news(refresh, model, view, setting, size.width);
    (*terminal)->draw(top_lines(model, view, setting, size));
    const auto key = (*terminal)->next_key(key_patience);
    if (!key) continue;
    press(view, *key, keys_of(model.objects(view.sort, view.filter)),
          rows_shown(model, view, setting, size));
    refresh.ask_for(view.at == top_view::page::object ? view.object_key : bytes{});
  }
  return succeeded;
}

int run_top(const command_line& shared, const top_flags& flags) {
  const auto order = order_of(flags);
  if (!order) return fail(order.failure().message, misused);
  auto asked = access_of(shared);
  if (!asked) return fail(asked.failure().message, misused);
  network_survey survey{std::move(*asked), std::clamp(order->interval, 1'000ms, 2'000ms)};
  if (flags.once || flags.as_json) return show_once(survey, flags, *order);
  if (isatty(STDOUT_FILENO) == 0 || isatty(STDIN_FILENO) == 0)
    return fail("comet top needs a terminal; use --once for a script or a pipe", misused);
  return show_screen(std::move(survey), shared, flags, *order);
}

}  // namespace

void add_top_command(CLI::App& app, command_line& shared) {
  const auto flags = std::make_shared<top_flags>();
  CLI::App* command =
      app.add_subcommand("top", "Watch the network: nodes, actors, the busiest objects")
          ->group("Network")
          ->footer(
              "Needs a user who may run COMET TOP. Every node is asked at the address of its "
              "clients; one that does not\nanswer is marked. The key ? shows what the other keys "
              "do.");
  command->add_option("--interval", flags->interval, "Time between two looks")
      ->type_name("DURATION")
      ->capture_default_str();
  command->add_option("--sort", flags->sort, "fuel, memory, turns, messages, mailbox or bytes")
      ->type_name("MEASURE")
      ->capture_default_str();
  command->add_option("--filter", flags->filter, "Only keys that match")->type_name("GLOB");
  command->add_flag("--once", flags->once, "Look twice, an interval apart; print tables");
  command->add_flag("--json", flags->as_json, "As --once, as JSON");
  command->add_option("--count", flags->count, "Objects of --once")->capture_default_str();
  command->callback([&shared, flags] { shared.status = run_top(shared, *flags); });
}

}  // namespace comet::client
