#pragma once
// The one place where the clocks are read; everything else is handed an `instant`.

#include "base/time.hpp"

namespace comet::actors {

/// Both clocks, about 50 ns.
instant read_clocks();
/// Goes on while the machine is suspended.
mono_time read_mono_clock();

}  // namespace comet::actors
