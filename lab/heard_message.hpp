#pragma once
// A message that a client heard in a channel.

#include <optional>

#include "base/bytes.hpp"

namespace comet::lab {

struct heard_message {
  bytes channel;
  bytes message;
  std::optional<bytes> pattern;  ///< that brought it; nothing: it listens to the channel itself

  friend bool operator==(const heard_message&, const heard_message&) = default;
};

}  // namespace comet::lab
