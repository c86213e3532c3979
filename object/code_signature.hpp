#pragma once
// Signed code: the last line of a source may say who vouches for it.
//
//   -- comet:signed ed25519 <public key, 64 hexadecimal digits> <signature, 128>
//
// It signs "comet code 1", a line break, and all that stands before the line, so a signature is of
// no use for any other text. The line is a comment of Lua: it travels with the source and changes
// its hash. Whom to trust is `user_directory`'s to say. Pure. `comet sign` writes the line; lua/
// verifies it when it compiles.

#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/signature.hpp"

namespace comet::object {

/// Who signed `source`; nothing: nobody claims to. Errors: no_permission, when the line is not
/// well formed or the signature does not hold. Costs about 100 us when there is a signature.
result<std::optional<public_key>> signer_of(bytes_view source);

/// `source` with its signature, in place of an earlier one.
bytes signed_source(bytes_view source, const signing_key& key);

}  // namespace comet::object
