#include "base/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstring>

#include "base/check.hpp"

namespace comet {

namespace {

/// One context a thread: OpenSSL's one-shot call looks the algorithm up behind a lock each time.
class sha256_context {
 public:
  sha256_context() { COMET_CHECK(context_ != nullptr && algorithm_ != nullptr); }
  sha256_context(const sha256_context&) = delete;
  sha256_context& operator=(const sha256_context&) = delete;
  ~sha256_context() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(algorithm_);
  }

  digest of(bytes_view data) {
    digest out{};
    COMET_CHECK(EVP_DigestInit_ex2(context_, algorithm_, nullptr) == 1);
    COMET_CHECK(EVP_DigestUpdate(context_, data.data(), data.size()) == 1);
    COMET_CHECK(EVP_DigestFinal_ex(context_, out.data(), nullptr) == 1);
    return out;
  }

 private:
  EVP_MD_CTX* context_ = EVP_MD_CTX_new();
  EVP_MD* algorithm_ = EVP_MD_fetch(nullptr, "SHA256", nullptr);
};

}  // namespace

digest sha256(bytes_view data) {
  thread_local sha256_context context;
  return context.of(data);
}

digest hmac_sha256(bytes_view key, bytes_view data) {
  digest out{};
  unsigned int size = 0;
  const auto* input = reinterpret_cast<const unsigned char*>(data.data());
  COMET_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), input, data.size(),
                   out.data(), &size) != nullptr);
  COMET_CHECK(size == out.size());
  return out;
}

bool equal_in_constant_time(bytes_view a, bytes_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bytes_view as_bytes(const digest& d) {
  return {reinterpret_cast<const char*>(d.data()), d.size()};
}

digest digest_from(bytes_view raw) {
  digest out{};
  COMET_CHECK(raw.size() == out.size());
  std::memcpy(out.data(), raw.data(), out.size());
  return out;
}

bool is_nearer(const digest& target, const digest& a, const digest& b) {
  for (std::size_t i = 0; i < target.size(); ++i)
    if (a[i] != b[i]) return (a[i] ^ target[i]) < (b[i] ^ target[i]);
  return false;
}

namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
    table[i] = crc;
  }
  return table;
}

constexpr auto crc_table = make_crc_table();

}  // namespace

std::uint32_t crc32c(bytes_view data) {
  std::uint32_t crc = ~0U;
#if defined(__SSE4_2__)
  while (data.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data(), sizeof word);
    crc = static_cast<std::uint32_t>(__builtin_ia32_crc32di(crc, word));
    data.remove_prefix(sizeof word);
  }
#endif
  for (const char c : data) {
    crc = (crc >> 8U) ^ crc_table[(crc ^ static_cast<unsigned char>(c)) & 255U];
  }
  return ~crc;
}

std::uint64_t table_hash(bytes_view data) {
  std::uint64_t h = 0x9E3779B97F4A7C15ULL ^ data.size();
  while (data.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data(), sizeof word);
    h = (h ^ word) * 0xFF51AFD7ED558CCDULL;
    h ^= h >> 32U;
    data.remove_prefix(sizeof word);
  }
  std::uint64_t word = 0;
  if (!data.empty()) std::memcpy(&word, data.data(), data.size());
  h = (h ^ word) * 0xFF51AFD7ED558CCDULL;
  return h ^ (h >> 29U);
}

}  // namespace comet
