#pragma once
// The byte strings of Comet: keys, values, encoded records and wire data are all opaque bytes.
//
// `std::string` is the owner because every library at the edges (RocksDB, Lua, CAF buffers, fmt)
// speaks it without a copy; a view never outlives the call it was passed to unless a header says
// so.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace comet {

using bytes = std::string;
using bytes_view = std::string_view;

/// Lower-case hexadecimal, two digits a byte.
bytes to_hex(bytes_view data);
/// The bytes that `text` writes in hexadecimal, in either case; nothing: it is not hexadecimal.
std::optional<bytes> from_hex(bytes_view text);

/// Cuts `data` to `limit` bytes and appends "..." when something was cut; for error messages.
bytes shortened(bytes_view data, std::size_t limit);

/// `data` with every byte outside printable ASCII escaped as \xNN; for messages and logs.
bytes printable(bytes_view data);

/// ASCII-only case folding: command names and options are ASCII in RESP.
bool equal_ignoring_case(bytes_view a, bytes_view b);

}  // namespace comet
