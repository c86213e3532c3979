#pragma once
// The secret that the nodes of one network share (docs/links.md), as a file: hexadecimal digits.
//
// Random bytes only, never words: who meets a node may try to guess its secret offline. The file is
// read once, before the process confines itself (runtime/service); `comet secret` and `comet
// cluster` make it.

#include <cstddef>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::runtime {

inline constexpr std::size_t network_secret_bytes_min = 16;

/// The bytes of the secret. Errors, config: those of private_file, digits that are none, fewer than
/// 16 bytes; each says what to do.
result<bytes> read_network_secret(const bytes& path);

/// What such a file holds, from the kernel's randomness: 64 digits and a line break.
bytes new_network_secret();

}  // namespace comet::runtime
