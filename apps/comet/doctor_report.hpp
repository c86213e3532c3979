#pragma once
// The findings of `comet doctor`: as text for people, as JSON for programs.
//
// Pure.

#include "apps/comet/doctor_rules.hpp"

namespace comet::client {

/// Three lines a finding; what was looked at, and how much was found, last.
bytes doctor_text(const std::vector<finding>& found, std::size_t nodes, bool colours);

bytes doctor_json(const std::vector<finding>& found, std::size_t nodes);

/// Is there one that asks for something to be done?
bool has_weight(const std::vector<finding>& found);

}  // namespace comet::client
