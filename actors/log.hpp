#pragma once
// Where actors say what an operator has to know. runtime/ gives the sink; it is called from any
// thread, and from the I/O thread too, so it must not block for long.

#include <cstdint>
#include <functional>

#include "base/bytes.hpp"

namespace comet::actors {

enum class severity : std::uint8_t { debug, info, warning, error };

using log_sink = std::function<void(severity, bytes_view)>;

}  // namespace comet::actors
