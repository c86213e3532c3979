#include "apps/comet/local_cluster.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "apps/comet/command_line.hpp"
#include "apps/comet/text_file.hpp"
#include "base/check.hpp"
#include "runtime/network_secret.hpp"
#include "runtime/value.hpp"

namespace comet::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds start_patience{120'000};  // a large store is recovered first
constexpr milliseconds join_patience{30'000};
constexpr milliseconds join_interval{100};
constexpr std::size_t log_lines_shown = 10;

/// Could a node listen there now? Empty: yes; otherwise the cause.
bytes why_not_free(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  where.sin_port = htons(port);
  const bool free = bind(probe, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  const bytes why = free ? "" : std::strerror(errno);
  close(probe);
  return why;
}

result<void> check_ports(const cluster_plan& plan) {
  for (const planned_port& one : ports_of(plan)) {
    const bytes why = why_not_free(one.port);
    if (why.empty()) continue;
    return {errc::config, fmt::format("port {} ({} of node {}) cannot be used: {}; choose others "
                                      "with --port PORT, or leave it out for any free ones",
                                      one.port, one.key, one.node, why)};
  }
  return {};
}

/// Says whether a node has found its network; what it waits for otherwise.
std::optional<bytes> why_not_joined(const ready_line& ready) {
  const auto where = runtime::parse_address(ready.http);
  if (!where) return "its HTTP address is " + ready.http;
  httplib::Client client(where->host, where->port);
  client.set_connection_timeout(1);
  client.set_read_timeout(1);
  const auto answer = client.Get("/ready");
  if (!answer) return "no answer of http://" + ready.http;
  if (answer->status == 200) return std::nullopt;
  return answer->body;
}

}  // namespace

local_cluster::local_cluster(cluster_plan plan) : plan_(std::move(plan)) {
  sigset_t taken;
  sigemptyset(&taken);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
    sigaddset(&taken, signal);
  COMET_CHECK(sigprocmask(SIG_BLOCK, &taken, &former_) == 0);
  signals_ = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  COMET_CHECK(signals_ >= 0);
  members_.reserve(static_cast<std::size_t>(plan_.nodes));
}

local_cluster::~local_cluster() {
  members_.clear();
  close(signals_);
  sigprocmask(SIG_SETMASK, &former_, nullptr);
}

int local_cluster::run() {
  if (auto prepared = prepare(); !prepared) return fail(prepared.failure().message, refused);
  if (auto up = bring_up(); !up) {
    fail(up.failure().message, refused);
    for (const member& m : members_)
      if (m.told_of_end) std::fputs(log_end(m).c_str(), stderr);
    stop();
    return refused;
  }
  if (asked_to_stop()) return stop();
  announce();
  return stay();
}

result<void> local_cluster::prepare() const {
  std::error_code failed;
  std::filesystem::create_directories(plan_.folder, failed);
  if (failed) {
    return {errc::config, fmt::format("cannot make the directory {}: {}; choose another with "
                                      "--dir DIR",
                                      plan_.folder, failed.message())};
  }
  const bytes secret = secret_file_of(plan_);
  if (!std::filesystem::exists(secret, failed)) {
    if (auto made = write_new_secret(secret, runtime::new_network_secret()); !made) {
      made.failure().message += "; choose another directory with --dir DIR";
      return made;
    }
  }
  if (const auto read = runtime::read_network_secret(secret); !read) return read.failure();
  if (std::filesystem::exists(data_of(plan_, plan_.nodes + 1), failed)) {
    fmt::print(stderr,
               "warning: {} was a cluster of more nodes; what the others hold is out of reach "
               "until they are started again\n",
               plan_.folder);
  }
  return check_ports(plan_);
}

result<void> local_cluster::start_node(int number, const bytes& join) {
  const bytes log = log_of(plan_, number);
  std::error_code absent;
  const auto log_size = std::filesystem::file_size(log, absent);
  auto started = child_process::start(node_arguments(plan_, number, join), log);
  if (!started) return std::move(started).failure();
  members_.push_back({.number = number,
                      .process = std::move(*started),
                      .ready = std::nullopt,
                      .log_begin = absent ? 0 : log_size});
  return {};
}

result<void> local_cluster::bring_up() {
  const auto all_ready = [&] {
    return std::ranges::all_of(members_, [](const member& m) { return m.ready.has_value(); });
  };
  if (auto first = start_node(1, ""); !first) return first;
  if (auto ready = wait_until(all_ready, start_patience); !ready) return ready;
  if (asked_to_stop()) return {};
  const bytes join = members_.front().ready->link;
  for (int number = 2; number <= plan_.nodes; ++number) {
    if (auto next = start_node(number, join); !next) return next;
  }
  if (auto ready = wait_until(all_ready, start_patience); !ready) return ready;
  return wait_for_network();
}

result<void> local_cluster::wait_for_network() {
  const auto deadline = steady_clock::now() + join_patience;
  for (const member& m : members_) {
    std::optional<bytes> why;
    const auto has_joined = [&] {
      why = why_not_joined(*m.ready);
      return !why || steady_clock::now() >= deadline;
    };
    if (auto waited = wait_until(has_joined, join_patience * 2); !waited) return waited;
    if (asked_to_stop()) return {};
    if (why) {
      fmt::print(stderr, "warning: node {} has not found the others within {}: {}\n", m.number,
                 runtime::text_of(join_patience), *why);
    }
  }
  return {};
}

void local_cluster::announce() const {
  std::vector<std::vector<bytes>> rows;
  for (const member& m : members_) {
    rows.push_back({fmt::format("{}", m.number), m.ready->id, m.ready->resp, m.ready->http,
                    m.ready->link, fmt::format("{}", m.process.pid())});
  }
  const bytes text = table({"node", "id", "resp", "http", "link", "pid"}, rows, output_rendering());
  fmt::print("{}comet cluster ready nodes={} dir={}\n", text, plan_.nodes, plan_.folder);
  std::fflush(stdout);
}

int local_cluster::stay() {
  while (!asked_to_stop()) {
    tell_of_ended();
    const bool none_is_left = std::ranges::all_of(members_, &member::told_of_end);
    if (none_is_left) return fail("no node is left", refused);
    pump(milliseconds{-1});
  }
  return stop();
}

void local_cluster::tell_of_ended() {
  for (member& m : members_) {
    if (m.told_of_end || !m.process.has_ended()) continue;
    m.told_of_end = true;
    fail(ended_early(m).message, refused);
    std::fputs(log_end(m).c_str(), stderr);
  }
}

int local_cluster::stop() {
  const std::size_t left = living();
  if (left > 0) fmt::print(stderr, "stopping {} nodes; a second signal ends them at once\n", left);
  for (const member& m : members_)
    m.process.send(SIGTERM);
  const int asked_before = asked_;
  while (living() > 0) {
    pump(milliseconds{-1});
    if (asked_ == asked_before) continue;
    for (const member& m : members_)
      m.process.send(SIGKILL);
  }
  for (member& m : members_) {
    if (m.process.ended_well() || std::exchange(m.told_of_end, true)) continue;
    fail(ended_early(m).message, refused);
  }
  const bool well =
      std::ranges::all_of(members_, [](const member& m) { return m.process.ended_well(); });
  return well ? succeeded : refused;
}

result<void> local_cluster::wait_until(const std::function<bool()>& holds, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  while (!asked_to_stop() && !holds()) {
    pump(join_interval);
    for (member& m : members_) {
      if (!m.process.has_ended()) continue;
      m.told_of_end = true;
      return ended_early(m);
    }
    if (steady_clock::now() < deadline) continue;
    return {errc::unavailable, fmt::format("the nodes were not ready within {}; their logs are in "
                                           "{}",
                                           runtime::text_of(patience), plan_.folder)};
  }
  return {};
}

void local_cluster::pump(milliseconds patience) {
  std::vector<pollfd> watched{{signals_, POLLIN, 0}};
  for (const member& m : members_)
    watched.push_back({m.process.output(), POLLIN, 0});  // poll passes over -1
  if (poll(watched.data(), watched.size(), static_cast<int>(patience.count())) < 0) {
    COMET_CHECK(errno == EINTR);
    return;
  }
  take_signals();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (watched[i + 1].revents == 0) continue;
    for (const bytes& line : members_[i].process.read_lines()) {
      if (auto ready = parse_ready_line(line)) members_[i].ready = std::move(ready);
    }
  }
}

void local_cluster::take_signals() {
  signalfd_siginfo one{};
  while (read(signals_, &one, sizeof one) == sizeof one) {
    if (one.ssi_signo != SIGCHLD) ++asked_;
  }
}

std::size_t local_cluster::living() {
  return static_cast<std::size_t>(
      std::ranges::count_if(members_, [](member& m) { return !m.process.has_ended(); }));
}

error local_cluster::ended_early(const member& gone) const {
  return {errc::unavailable,
          fmt::format("node {} (pid {}) {}; its log is {}", gone.number, gone.process.pid(),
                      gone.process.end_text(), log_of(plan_, gone.number))};
}

bytes local_cluster::log_end(const member& m) const {
  std::ifstream file(log_of(plan_, m.number), std::ios::binary);
  file.seekg(static_cast<std::streamoff>(m.log_begin));
  std::ostringstream text;
  text << file.rdbuf();
  bytes shown;
  std::istringstream lines(last_lines(text.str(), log_lines_shown));
  for (bytes line; std::getline(lines, line);)
    shown += "  " + printable(line) + "\n";
  return shown;
}

}  // namespace comet::client
