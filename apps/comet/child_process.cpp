#include "apps/comet/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace comet::client {
namespace {

constexpr const char* this_binary = "/proc/self/exe";
constexpr int no_program = 127;  // as shells say it

/// The child between fork and exec: nothing here may allocate. Never returns.
[[noreturn]] void become(char* const* words, int output, int log, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(no_program);  // it went before that was said
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
      dup2(log, STDERR_FILENO) < 0)
    _exit(no_program);
  execv(this_binary, words);
  _exit(no_program);
}

error cannot(bytes_view what) {
  return {errc::unavailable, fmt::format("cannot {}: {}", what, std::strerror(errno))};
}

}  // namespace

result<child_process> child_process::start(const std::vector<bytes>& words, const bytes& log) {
  bytes program = "comet";
  std::vector<bytes> kept = words;
  std::vector<char*> argv{program.data()};
  for (bytes& word : kept)
    argv.push_back(word.data());
  argv.push_back(nullptr);

  const int log_file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_file < 0) return cannot("write " + log);
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
    const error why = cannot("make a pipe");
    close(log_file);
    return why;
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) become(argv.data(), pipe_ends[1], log_file, parent);
  const error why = pid < 0 ? cannot("make a process") : error{};
  close(log_file);
  close(pipe_ends[1]);
  if (pid < 0) {
    close(pipe_ends[0]);
    return why;
  }
  fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);
  return child_process{pid, pipe_ends[0]};
}

child_process::child_process(child_process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      heard_(std::move(other.heard_)),
      status_(other.status_) {}

child_process::~child_process() {
  close_output();
  if (pid_ < 0 || status_) return;
  send(SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void child_process::close_output() {
  if (output_ >= 0) close(std::exchange(output_, -1));
}

std::vector<bytes> child_process::read_lines() {
  std::array<char, 4'096> buffer{};
  ssize_t count = 0;
  while ((count = read(output_, buffer.data(), buffer.size())) > 0)
    heard_.append(buffer.data(), static_cast<std::size_t>(count));
  if (count == 0 || (errno != EAGAIN && errno != EINTR)) close_output();
  std::vector<bytes> lines;
  for (std::size_t end = 0; (end = heard_.find('\n')) != bytes::npos;) {
    lines.push_back(heard_.substr(0, end));
    heard_.erase(0, end + 1);
  }
  return lines;
}

void child_process::send(int signal) const {
  if (!status_) kill(pid_, signal);
}

bool child_process::has_ended() {
  if (status_) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_.has_value();
}

bytes child_process::end_text() const {
  if (WIFSIGNALED(*status_))
    return fmt::format("was ended by signal {} ({})", WTERMSIG(*status_),
                       strsignal(WTERMSIG(*status_)));
  return fmt::format("ended with status {}", WEXITSTATUS(*status_));
}

bool child_process::ended_well() const {
  return status_ && WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
}

}  // namespace comet::client
