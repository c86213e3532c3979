#pragma once
// The files with which `comet new` begins an object: code that works, a test of it that passes, a
// README, and what an editor needs to complete and check them. Pure.

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::client {

struct template_file {
  bytes path;  ///< in the object's folder
  bytes text;
};

/// Errors: syntax (the name cannot be one, and the rule).
result<std::vector<template_file>> aso_template(bytes_view name);

}  // namespace comet::client
