#pragma once
// Files of this project that the binary carries, byte by byte; CMakeLists.txt names them.

#include "base/bytes.hpp"

namespace comet::client {

/// apps/annotations/comet_test.lua: the API of tests, for editors.
bytes_view test_annotations();
/// apps/library/vanish_share/vanish_share.lua: what `comet vanish` puts each share as.
bytes_view vanish_share_source();

}  // namespace comet::client
