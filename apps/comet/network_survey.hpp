#pragma once
// Asks a node for the network, and every node that it names for its own figures, at the same time.
//
// A node that does not answer in time costs one patience, whatever the others do, and is told of as
// such. The list of nodes takes long where one of them hangs, because the node that is asked for it
// waits for all of them: then a look goes by the list of the look before, and takes the new one
// once it is there. Connections stay open between looks; one that broke is opened anew. A node may
// say an address that means another one from here (its own loopback): the id of who answers
// decides. One owner, on any thread. Used by top_command and doctor_command.

#include <chrono>
#include <map>
#include <memory>
#include <vector>

#include "apps/comet/command_line.hpp"
#include "apps/comet/node_figures.hpp"

namespace comet::client {

class network_survey {
 public:
  network_survey(access home, std::chrono::milliseconds patience);

  /// The node of --node first; the first look waits for the list. Errors, of that node alone: as
  /// `connection`, no_permission or whatever else it answers to COMET NODES, and joining.
  result<std::vector<node_sample>> look(bool with_top);

  /// One request to the node of --node. Errors: those of the connection.
  result<object::reply> ask(const request& words);

 private:
  result<void> refresh_list();
  result<void> reach(std::unique_ptr<connection>& to, const connection_patience& patience);
  [[nodiscard]] std::unique_ptr<connection> take_sample(std::unique_ptr<connection> to,
                                                        node_sample& sample, bool with_top) const;

  access home_access_;
  connection_patience patience_;
  std::unique_ptr<connection> home_;
  std::unique_ptr<connection> list_;  ///< to the same node, for COMET NODES alone
  bool list_asked_ = false;           ///< and not answered yet
  std::vector<node_figures> nodes_;   ///< the last list
  std::map<bytes, std::unique_ptr<connection>> others_;  ///< by id
};

}  // namespace comet::client
