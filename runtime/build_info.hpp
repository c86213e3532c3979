#pragma once
// Which build this is: for `comet version`, the log at start, HTTP and metrics.

#include "base/bytes.hpp"

namespace comet::runtime {

struct build_info {
  bytes_view version;   ///< of the project: "0.1.0"
  bytes_view commit;    ///< 12 hexadecimal digits, or "unknown" outside of a checkout
  bytes_view compiler;  ///< "g++ 12.2.0"
};

const build_info& this_build();

/// "comet 0.1.0 (commit, compiler)".
bytes version_line();

}  // namespace comet::runtime
