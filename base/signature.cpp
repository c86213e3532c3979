#include "base/signature.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <utility>

namespace comet {

namespace {

struct deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* memory) const { BIO_free(memory); }
};
template <class T>
using owned = std::unique_ptr<T, deleter>;

const unsigned char* octets(bytes_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

/// A PEM that is encrypted is refused instead of asking the terminal for a password.
int no_password(char* /*buffer*/, int /*size*/, int /*writes*/, void* /*context*/) {
  return -1;
}

}  // namespace

bool is_signed_by(const public_key& signer, bytes_view message, bytes_view signature) {
  const owned<EVP_PKEY> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, signer.data(), signer.size()));
  if (!key) return false;
  const owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  COMET_CHECK(context != nullptr);
  COMET_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  return EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                          message.size()) == 1;
}

struct signing_key::parts {
  owned<EVP_PKEY> key;
};

signing_key::signing_key(std::unique_ptr<parts> content) : parts_(std::move(content)) {}
signing_key::signing_key(signing_key&&) noexcept = default;
signing_key& signing_key::operator=(signing_key&&) noexcept = default;
signing_key::~signing_key() = default;

signing_key signing_key::generate() {
  owned<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  COMET_CHECK(key != nullptr);
  return signing_key(std::make_unique<parts>(parts{std::move(key)}));
}

result<signing_key> signing_key::from_pem(bytes_view text) {
  const owned<BIO> memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  COMET_CHECK(memory != nullptr);
  owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
  if (!key) return {errc::syntax, "it holds no unencrypted private key in PEM"};
  if (EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519)
    return {errc::syntax, "its private key is not of the kind Ed25519"};
  return signing_key(std::make_unique<parts>(parts{std::move(key)}));
}

bytes signing_key::to_pem() const {
  const owned<BIO> memory(BIO_new(BIO_s_mem()));
  COMET_CHECK(memory != nullptr);
  COMET_CHECK(PEM_write_bio_PrivateKey(memory.get(), parts_->key.get(), nullptr, nullptr, 0,
                                       nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

public_key signing_key::public_part() const {
  comet::public_key out{};
  std::size_t size = out.size();
  COMET_CHECK(EVP_PKEY_get_raw_public_key(parts_->key.get(), out.data(), &size) == 1);
  COMET_CHECK(size == out.size());
  return out;
}

bytes signing_key::sign(bytes_view message) const {
  const owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  COMET_CHECK(context != nullptr);
  COMET_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, parts_->key.get()) == 1);
  bytes out(signature_bytes, '\0');
  std::size_t size = out.size();
  COMET_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                             octets(message), message.size()) == 1);
  COMET_CHECK(size == signature_bytes);
  return out;
}

}  // namespace comet
