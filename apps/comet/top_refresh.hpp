#pragma once
// Looks at the network again and again beside the screen of `comet top`, which never waits for it.
//
// A thread of its own asks (network_survey) and keeps the last answer until the screen takes it; a
// look that fails is told of and tried again. One object may be asked for besides, of the node of
// --node: COMET INSPECT, or ASO.INFO where a node does not know that.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "apps/comet/network_survey.hpp"

namespace comet::client {

class top_refresh {
 public:
  /// What came since the last `take`.
  struct news {
    std::optional<std::vector<node_sample>> looked;
    bytes complaint;  ///< of the last look; empty: it succeeded
    std::optional<std::pair<bytes, std::vector<bytes>>> object;  ///< key, and what it is in lines
  };

  /// The first look follows an interval after this.
  top_refresh(network_survey survey, std::chrono::milliseconds interval);

  news take();
  /// From now on with every look, and now; empty: none.
  void ask_for(const bytes& key);

 private:
  void run(const std::stop_token& ended);
  void look();
  void look_at(const bytes& key);

  network_survey survey_;
  std::chrono::milliseconds interval_;
  bool knows_inspect_ = true;

  std::mutex mutex_;
  std::condition_variable_any asked_;
  news news_;
  bytes wanted_;             ///< the object's key
  bool wanted_now_ = false;  ///< before the next look
  std::jthread thread_;      ///< the last member: it ends before what it uses
};

/// An answer in lines that are safe to show.
std::vector<bytes> lines_of(const object::reply& answer);

}  // namespace comet::client
