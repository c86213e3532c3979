#pragma once
// AES-256-GCM (NIST SP 800-38D): a text that only a key opens, and that nobody changes unnoticed.
//
// A nonce is used once with a key; whoever draws a key for each text may draw the nonce too. What
// is `bound` is not sealed but has to be the same when it is opened. Used by `comet vanish`.

#include <cstddef>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet {

inline constexpr std::size_t cipher_key_bytes = 32;
inline constexpr std::size_t cipher_nonce_bytes = 12;
inline constexpr std::size_t cipher_tag_bytes = 16;
inline constexpr std::size_t cipher_text_bytes_max = std::size_t{1} << 30U;

/// Random bytes for keys and nonces, of the generator of libcrypto.
bytes drawn_secret(std::size_t size);

/// The sealed text and its tag: `cipher_tag_bytes` longer than `text`, which has at most
/// `cipher_text_bytes_max`. Key and nonce have their sizes.
bytes sealed(bytes_view key, bytes_view nonce, bytes_view text, bytes_view bound);

/// The text. Errors: syntax, when a key or nonce has another size or `box` is no sealed text;
/// corrupt, when key, nonce, bound text or box are not those of `sealed`.
result<bytes> opened(bytes_view key, bytes_view nonce, bytes_view box, bytes_view bound);

}  // namespace comet
