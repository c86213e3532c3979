#pragma once
// One child process of this very binary: started with words of its own, heard on standard output,
// its standard error in a file.
//
// It is in a process group of its own, so a Ctrl-C of the terminal does not reach it, and it gets
// SIGTERM when this process is gone. Used by local_cluster, on one thread.

#include <sys/types.h>

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::client {

class child_process {
 public:
  /// What follows the program's name is `words`; the log is made, or added to. Errors: the log
  /// cannot be written, no process can be made.
  static result<child_process> start(const std::vector<bytes>& words, const bytes& log);

  child_process(child_process&& other) noexcept;
  child_process& operator=(child_process&&) = delete;
  /// Ends the process at once when nobody has waited for its end.
  ~child_process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// To be polled until it has ended; -1 then.
  [[nodiscard]] int output() const { return output_; }
  /// After `output` polled readable: the whole lines that came.
  std::vector<bytes> read_lines();

  void send(int signal) const;
  /// Takes note of the end, if there is one. True when it has ended.
  bool has_ended();
  /// In words, once it has ended: "ended with status 1", "was ended by signal 9 (Killed)".
  [[nodiscard]] bytes end_text() const;
  [[nodiscard]] bool ended_well() const;

 private:
  child_process(pid_t pid, int output) : pid_(pid), output_(output) {}
  void close_output();

  pid_t pid_ = -1;
  int output_ = -1;
  bytes heard_;
  std::optional<int> status_;  ///< of waitpid
};

}  // namespace comet::client
