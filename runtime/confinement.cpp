#include "runtime/confinement.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/path_rules.hpp"
#include "runtime/system_call_filter.hpp"

namespace comet::runtime {
namespace {

constexpr bytes_view holds = "yes";

/// Libraries, configuration of libraries and resolver, figures of the kernel, and the program
/// itself, in which a stack trace finds its names.
constexpr auto system_places =
    std::to_array<bytes_view>({"/usr", "/lib", "/lib32", "/lib64", "/etc", "/proc", "/sys", "/dev",
                               "/run/systemd/resolve", "/proc/self/exe"});

std::vector<path_rule> rules_for(const confinement_scope& scope) {
  std::vector<path_rule> rules;
  rules.reserve(system_places.size() + scope.readable.size() + 2);
  for (const bytes_view place : system_places)
    rules.push_back({bytes{place}, path_right::read});
  for (const bytes& place : scope.readable)
    rules.push_back({place, path_right::read});
  rules.push_back({"/dev/null", path_right::read_and_write});
  rules.push_back({scope.data, path_right::read_and_write});
  return rules;
}

}  // namespace

bool confinement::complete() const {
  return no_new_privs == holds && seccomp == holds && landlock.starts_with(holds);
}

confinement confine_process(const confinement_scope& scope) {
  confinement now;
  const bool fixed = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  now.no_new_privs = fixed ? bytes{holds} : bytes{std::strerror(errno)};
  const auto version = restrict_paths(rules_for(scope));
  now.landlock =
      version ? fmt::format("{}, version {}", holds, *version) : bytes{version.failure().message};
  const auto filtered = install_system_call_filter();
  now.seccomp = filtered ? bytes{holds} : bytes{filtered.failure().message};
  return now;
}

}  // namespace comet::runtime
