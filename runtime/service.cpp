#include "runtime/service.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "runtime/build_info.hpp"
#include "runtime/confinement.hpp"
#include "runtime/descriptor_limit.hpp"
#include "runtime/log.hpp"
#include "runtime/network_secret.hpp"
#include "runtime/thread_stacks.hpp"
#include "store/directory.hpp"

namespace comet::runtime {
namespace {

[[noreturn]] void end_at_once(bytes_view why) {
  log::error(why);
  log::finish();
  std::_Exit(EXIT_FAILURE);
}

void log_report(const actors::stop_report& report) {
  if (report.complete) return log::info("stopped; everything was finished and saved");
  log::error("stopped at the deadline; what was cut off is lost",
             {{"turns", fmt::format("{}", report.turns_cut)},
              {"batches", fmt::format("{}", report.batches_cut)},
              {"clients", fmt::format("{}", report.clients_cut)},
              {"sync", report.sync_failure ? report.sync_failure->message : "ok"}});
}

/// The stop runs on a thread of its own, so that this one can hear a second signal.
int stop_in_order(node& running, stop_signal& end) {
  log::info("stopping; a second signal ends the process at once");
  actors::stop_report report;
  std::thread stopping([&] {
    report = running.stop();
    end.report_end();
  });
  switch (end.wait()) {
    case stop_signal::event::asked: end_at_once("a second signal came while the node was stopping");
    case stop_signal::event::failed: end_at_once("the node failed while it was stopping");
    case stop_signal::event::ended: break;
  }
  stopping.join();
  log_report(report);
  log::finish();
  // What was cut off may still be running; nobody waits for it.
  if (!report.complete) std::_Exit(EXIT_FAILURE);
  return EXIT_SUCCESS;
}

/// Gives up what the node will not need. The data directory is made first: nothing beside it can be
/// made afterwards.
result<void> confine(const settings& s, const bytes& config_file) {
  if (auto claimed = store::claim_directory(s.data); !claimed) {
    return explained(std::move(claimed).failure(), "data", s.data, "DIR");
  }
  confinement_scope scope;
  scope.data = s.data;
  // Their folders, because an editor puts a new file in the place of the old one.
  for (const bytes& file : {config_file, s.users_file}) {
    if (file.empty()) continue;
    const bytes folder = std::filesystem::path(file).parent_path().string();
    scope.readable.push_back(folder.empty() ? "." : folder);
  }
  const confinement holds = confine_process(scope);
  log::write(holds.complete() ? log_level::info : log_level::warning, "confined",
             {{"no_new_privs", holds.no_new_privs},
              {"seccomp", holds.seccomp},
              {"landlock", holds.landlock}});
  return {};
}

/// Nothing: the node is alone.
result<std::optional<bytes>> secret_of(const settings& s) {
  if (s.secret_file.empty()) return std::optional<bytes>{};
  auto secret = read_network_secret(s.secret_file);
  if (!secret) return std::move(secret).failure();
  return std::optional<bytes>{std::move(*secret)};
}

/// What concerns the whole process and has to stand before any thread is made.
result<void> prepare_process(const settings& s, const bytes& config_file) {
  const auto short_of = raise_descriptor_limit(s.maxclients);
  if (!short_of) return short_of.failure();
  if (*short_of) log::warning(**short_of);
  if (const auto small = enlarge_thread_stacks()) log::warning(*small);
  if (s.confine) return confine(s, config_file);
  log::warning("not confined: confine = no");
  return {};
}

}  // namespace

result<int> serve(configuration told, const bytes& config_file, stop_signal& end,
                  const std::function<void(const node&)>& announce) {
  log::set_format(told.values().log_form);
  log::set_levels(told.values().log);
  if (auto safe = told.check(); !safe) return std::move(safe).failure();
  for (const bytes& warning : told.warnings())
    log::warning(warning);
  // Before the process gives up the file.
  auto secret = secret_of(told.values());
  if (!secret) return std::move(secret).failure();
  if (auto prepared = prepare_process(told.values(), config_file); !prepared) {
    return std::move(prepared).failure();
  }

  const auto fatal = [&end](const error& why) {
    log::error("the node cannot go on", {{"why", why.message}});
    end.report_failure();
  };
  auto started = node::start(std::move(told), std::move(*secret), config_file, fatal);
  if (!started) return std::move(started).failure();
  node& running = **started;
  log::info("started", {{"version", bytes{this_build().version}},
                        {"commit", bytes{this_build().commit}},
                        {"id", running.id()},
                        {"resp", text_of(running.resp())},
                        {"http", text_of(running.http())},
                        {"link", running.link() ? text_of(*running.link()) : "none"},
                        {"data", running.values().data}});
  announce(running);
  if (end.wait() == stop_signal::event::failed) {
    end_at_once("ended by a failure; the data is as of the last commit");
  }
  return stop_in_order(running, end);
}

}  // namespace comet::runtime
