#pragma once
// Samples of a network for tests of `comet top` and `comet doctor`.

#include "apps/comet/node_figures.hpp"

namespace comet::client::testing {

/// A node that could be asked, with nothing wrong: the first of them is the one of --node.
inline node_sample healthy_node(char digit, bytes info = {}, double at_s = 0) {
  node_sample one;
  one.node.id = bytes(64, digit);
  one.node.address = "192.0.2.1:7400";
  one.node.resp = "127.0.0.1:7379";
  one.node.version = "0.1.0";
  one.node.state = digit == 'a' ? "here" : "alive";
  one.node.uptime_s = 93'600;
  one.node.keys = 1'000;
  one.node.memory_bytes = 44'564'480;
  one.node.ranges_led = 1'024;
  if (digit != 'a') {
    one.node.round_trip_us = 300;
    one.node.ranges_led = 0;
  }
  one.info = info_figures::parse(info);
  one.at_s = at_s;
  return one;
}

inline void list(node_sample& at, object::work_measure by, const bytes& key, std::uint64_t value,
                 std::uint64_t error = 0) {
  at.top.at(static_cast<std::size_t>(by)).push_back({key, value, error});
}

}  // namespace comet::client::testing
