#pragma once
// Signatures of Ed25519 (RFC 8032): who vouches for a text.
//
// A key pair lives in a PEM file (PKCS #8, RFC 8410), as `openssl genpkey -algorithm ed25519` makes
// it too. Used by object/code_signature, which verifies code, and by `comet sign`.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet {

using public_key = std::array<std::uint8_t, 32>;
inline constexpr std::size_t signature_bytes = 64;

/// About 100 us.
bool is_signed_by(const public_key& signer, bytes_view message, bytes_view signature);

class signing_key {
 public:
  static signing_key generate();
  /// Errors: syntax, when the text is no PEM of an unencrypted Ed25519 private key.
  static result<signing_key> from_pem(bytes_view text);
  [[nodiscard]] bytes to_pem() const;

  [[nodiscard]] comet::public_key public_part() const;
  /// 64 bytes, the same for the same message.
  [[nodiscard]] bytes sign(bytes_view message) const;

  signing_key(signing_key&&) noexcept;
  signing_key& operator=(signing_key&&) noexcept;
  ~signing_key();

 private:
  struct parts;
  explicit signing_key(std::unique_ptr<parts> content);

  std::unique_ptr<parts> parts_;
};

}  // namespace comet
