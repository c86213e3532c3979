#pragma once
// What is wrong with a network, by rules: figures in, findings out.
//
// Pure. Each rule is one row of a table in doctor_rules.cpp: what it is called, how much it weighs,
// when it holds and what to do then. Figures are since the start of a node unless a row says
// otherwise, so a rule on a share asks for enough events to mean something. A figure that a node
// does not tell is no finding.

#include <vector>

#include "apps/comet/node_figures.hpp"

namespace comet::client {

enum class finding_weight : std::uint8_t {
  notice,    ///< worth to know; nothing has to be done
  warning,   ///< it will hurt, or does so a little
  critical,  ///< data or requests are in danger now
};
bytes_view name_of(finding_weight weight);

struct finding {
  finding_weight weight = finding_weight::notice;
  bytes node;  ///< its short id; empty: the network
  bytes_view what;
  bytes why;
  bytes_view todo;
};

/// Of all nodes, the weightiest first; those of one weight in the order of rules and nodes.
std::vector<finding> diagnose(const std::vector<node_sample>& nodes);

/// Of a node that has not found its network, which answers nothing else; `why` is its answer.
finding joining_finding(bytes_view why);

}  // namespace comet::client
