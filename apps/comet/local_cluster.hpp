#pragma once
// A network of nodes on this machine, as child processes in the foreground: for trying and testing.
//
// Starts them, waits until they know each other, tells of those that end, and stops all of them
// when it is asked to. Single-threaded: signals, ends of children and their output are descriptors
// of one poll. What stands where is cluster_plan's.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "apps/comet/child_process.hpp"
#include "apps/comet/cluster_plan.hpp"

namespace comet::client {

class local_cluster {
 public:
  /// A checked plan. Takes SIGTERM, SIGINT and SIGHUP from here on.
  explicit local_cluster(cluster_plan plan);
  ~local_cluster();
  local_cluster(const local_cluster&) = delete;
  local_cluster& operator=(const local_cluster&) = delete;

  /// Starts all nodes, announces them on standard output, and stops them in order when a signal
  /// asks for it. Gives the exit status: `succeeded` when all of them ended as they should.
  int run();

 private:
  using milliseconds = std::chrono::milliseconds;

  struct member {
    int number = 0;
    child_process process;
    std::optional<ready_line> ready;
    std::uintmax_t log_begin = 0;  ///< size of the log before this start
    bool told_of_end = false;
  };

  result<void> prepare() const;
  result<void> start_node(int number, const bytes& join);
  result<void> bring_up();
  /// Warns of those that have not found the others in time.
  result<void> wait_for_network();
  void announce() const;
  /// Until a signal asks to stop or no node is left.
  int stay();
  /// Of each node once, with the end of its log.
  void tell_of_ended();
  int stop();

  /// Until `holds`, a signal asks to stop, or a node has ended. Errors: a node that has ended, or
  /// time that is up.
  result<void> wait_until(const std::function<bool()>& holds, milliseconds patience);
  /// One poll; negative: without end.
  void pump(milliseconds patience);
  void take_signals();
  [[nodiscard]] bool asked_to_stop() const { return asked_ > 0; }
  [[nodiscard]] std::size_t living();
  [[nodiscard]] error ended_early(const member& gone) const;
  /// The last lines that a node has logged since it was started here.
  [[nodiscard]] bytes log_end(const member& m) const;

  cluster_plan plan_;
  std::vector<member> members_;
  sigset_t former_{};
  int signals_ = -1;
  int asked_ = 0;  ///< signals that ask to stop
};

}  // namespace comet::client
