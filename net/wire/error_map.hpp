#pragma once
// What each error code is called outside: RESP prefix, HTTP status, and a short text.
//
// The one place where the closed set of codes (base/result.hpp) meets the protocols. Prefixes are
// Redis' own where it has one; clients tell apart what they can act upon and read the rest as ERR.

#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::wire {

struct error_form {
  errc code;
  bytes_view prefix;   ///< first word of a RESP error
  int http_status;     ///< RFC 9110
  bytes_view meaning;  ///< for a message that would be empty, and for the documentation
};

const error_form& form_of(errc code);
std::span<const error_form> all_error_forms();

}  // namespace comet::wire
