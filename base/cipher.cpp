#include "base/cipher.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "base/check.hpp"

namespace comet {

namespace {

struct deleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using owned_context = std::unique_ptr<EVP_CIPHER_CTX, deleter>;

const unsigned char* octets(bytes_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}
unsigned char* octets(bytes& data) {
  return reinterpret_cast<unsigned char*>(data.data());
}

/// Takes part in one text: EVP_CipherUpdate with nothing to say where the output goes is for what
/// is bound. An empty text is left out, as OpenSSL takes a null pointer for the end.
void update(EVP_CIPHER_CTX* context, unsigned char* out, bytes_view in) {
  if (in.empty()) return;
  COMET_CHECK(in.size() <= cipher_text_bytes_max);
  int written = 0;
  COMET_CHECK(EVP_CipherUpdate(context, out, &written, octets(in), static_cast<int>(in.size())) ==
              1);
  COMET_CHECK(written == static_cast<int>(in.size()));
}

owned_context begun(bytes_view key, bytes_view nonce, bytes_view bound, int seals) {
  static_assert(cipher_nonce_bytes == 12, "what OpenSSL takes for GCM without being told");
  owned_context context(EVP_CIPHER_CTX_new());
  COMET_CHECK(context != nullptr);
  COMET_CHECK(EVP_CipherInit_ex2(context.get(), EVP_aes_256_gcm(), octets(key), octets(nonce),
                                 seals, nullptr) == 1);
  update(context.get(), nullptr, bound);
  return context;
}

}  // namespace

bytes drawn_secret(std::size_t size) {
  bytes out(size, '\0');
  COMET_CHECK(size <= cipher_text_bytes_max);
  COMET_CHECK(RAND_bytes(octets(out), static_cast<int>(size)) == 1);
  return out;
}

bytes sealed(bytes_view key, bytes_view nonce, bytes_view text, bytes_view bound) {
  COMET_CHECK(key.size() == cipher_key_bytes && nonce.size() == cipher_nonce_bytes);
  const auto context = begun(key, nonce, bound, 1);
  bytes out(text.size() + cipher_tag_bytes, '\0');
  update(context.get(), octets(out), text);
  int rest = 0;
  unsigned char* end = octets(out) + text.size();
  COMET_CHECK(EVP_CipherFinal_ex(context.get(), end, &rest) == 1 && rest == 0);
  COMET_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, cipher_tag_bytes, end) ==
              1);
  return out;
}

result<bytes> opened(bytes_view key, bytes_view nonce, bytes_view box, bytes_view bound) {
  if (key.size() != cipher_key_bytes) return {errc::syntax, "a key has 32 bytes"};
  if (nonce.size() != cipher_nonce_bytes) return {errc::syntax, "a nonce has 12 bytes"};
  if (box.size() < cipher_tag_bytes || box.size() - cipher_tag_bytes > cipher_text_bytes_max)
    return {errc::syntax, "a sealed text has a tag of 16 bytes and at most 1 GB before it"};
  const auto context = begun(key, nonce, bound, 0);
  bytes tag{box.substr(box.size() - cipher_tag_bytes)};
  box.remove_suffix(cipher_tag_bytes);
  bytes out(box.size(), '\0');
  update(context.get(), octets(out), box);
  COMET_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, cipher_tag_bytes,
                                  octets(tag)) == 1);
  int rest = 0;
  if (EVP_CipherFinal_ex(context.get(), octets(out) + out.size(), &rest) != 1)
    return {errc::corrupt, "the key is another one, or the sealed text was changed"};
  return out;
}

}  // namespace comet
