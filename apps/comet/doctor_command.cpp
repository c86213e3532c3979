// doctor: what is wrong with a network, and what to do.

#include <cstdio>
#include <memory>

#include "apps/comet/command_line.hpp"
#include "apps/comet/doctor_report.hpp"
#include "apps/comet/network_survey.hpp"

namespace comet::client {
namespace {

constexpr std::chrono::milliseconds patience{5'000};

/// As monitors expect it; they differ from those of the other commands.
enum doctor_status : int { healthy = 0, found_something = 1, not_asked = 2 };

int run_doctor(const command_line& shared, bool as_json) {
  auto asked = access_of(shared);
  if (!asked) return fail(asked.failure().message, not_asked);
  network_survey survey{std::move(*asked), patience};
  const auto looked = survey.look(false);
  std::vector<finding> found;
  if (looked)
    found = diagnose(*looked);
  else if (looked.failure().code == errc::joining)
    found.push_back(joining_finding(looked.failure().message));
  else
    return fail(looked.failure().message, not_asked);
  const std::size_t nodes = looked ? looked->size() : 1;
  const bytes text =
      as_json ? doctor_json(found, nodes) : doctor_text(found, nodes, output_rendering().colours);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) return fail("cannot write to standard output", not_asked);
  return has_weight(found) ? found_something : healthy;
}

}  // namespace

void add_doctor_command(CLI::App& app, command_line& shared) {
  const auto as_json = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("doctor", "Say what is wrong with the network, and what to do")
          ->group("Network")
          ->footer(
              "Exit status: 0 nothing is wrong, or notices only; 1 something has to be done; 2 the "
              "node could not\nbe asked.");
  command->add_flag("--json", *as_json, "As JSON");
  command->callback([&shared, as_json] { shared.status = run_doctor(shared, *as_json); });
}

}  // namespace comet::client
