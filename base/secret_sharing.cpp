#include "base/secret_sharing.hpp"

#include <fmt/format.h>

#include <bitset>

#include "base/check.hpp"

namespace comet {

namespace {

std::uint8_t octet(char c) {
  return static_cast<std::uint8_t>(c);
}

/// a^254, which is 1/a for all but 0: squares and products in an order that no value changes.
std::uint8_t inverse(std::uint8_t a) {
  std::uint8_t power = a;  // a^(2^k - 1), k = 1
  for (int bit = 0; bit < 6; ++bit)
    power = field_product(field_product(power, power), a);
  return field_product(power, power);
}

/// What share `i` counts in the value at 0: the product of x / (x - own) over the other places x.
std::uint8_t weight_of(const std::vector<secret_share>& shares, std::size_t i) {
  std::uint8_t above = 1;
  std::uint8_t below = 1;
  for (std::size_t j = 0; j < shares.size(); ++j) {
    if (j == i) continue;
    above = field_product(above, shares[j].place);
    below = field_product(below, shares[j].place ^ shares[i].place);
  }
  return field_product(above, inverse(below));
}

result<void> check_form(const std::vector<secret_share>& shares) {
  if (shares.empty()) return {errc::syntax, "there is no share"};
  std::bitset<shares_max + 1> seen;
  for (const secret_share& share : shares) {
    if (share.place == 0) return {errc::syntax, "a share has the place 0, which no share has"};
    if (seen[share.place])
      return {errc::syntax, fmt::format("the share at place {} is there twice", share.place)};
    if (share.values.size() != shares.front().values.size())
      return {errc::syntax, "the shares are of different sizes, so not of one secret"};
    seen.set(share.place);
  }
  return {};
}

}  // namespace

std::uint8_t field_product(std::uint8_t a, std::uint8_t b) {
  unsigned factor = a;
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= factor & (0U - (b >> bit & 1U));
    factor = (factor << 1U) ^ (0x11BU & (0U - (factor >> 7U & 1U)));
  }
  return static_cast<std::uint8_t>(product);
}

std::size_t chance_bytes(std::size_t secret_bytes, int needed) {
  return secret_bytes * static_cast<std::size_t>(needed - 1);
}

std::vector<secret_share> split_secret(bytes_view secret, int count, int needed,
                                       bytes_view chance) {
  COMET_CHECK(1 <= needed && needed <= count && count <= shares_max);
  COMET_CHECK(chance.size() == chance_bytes(secret.size(), needed));
  std::vector<secret_share> shares;
  shares.reserve(static_cast<std::size_t>(count));
  for (int place = 1; place <= count; ++place) {
    const auto x = static_cast<std::uint8_t>(place);
    secret_share share{x, bytes(secret.size(), '\0')};
    for (std::size_t i = 0; i < secret.size(); ++i) {
      std::uint8_t value = 0;  // Horner: the highest coefficient first, the secret last
      for (auto left = static_cast<std::size_t>(needed - 1); left > 0; --left)
        value = field_product(value, x) ^ octet(chance[(left - 1) * secret.size() + i]);
      share.values[i] = static_cast<char>(field_product(value, x) ^ octet(secret[i]));
    }
    shares.push_back(std::move(share));
  }
  return shares;
}

result<bytes> join_secret(const std::vector<secret_share>& shares) {
  if (auto form = check_form(shares); !form) return form.failure();
  bytes secret(shares.front().values.size(), '\0');
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const std::uint8_t weight = weight_of(shares, i);
    for (std::size_t at = 0; at < secret.size(); ++at) {
      const std::uint8_t part = field_product(weight, octet(shares[i].values[at]));
      secret[at] = static_cast<char>(octet(secret[at]) ^ part);
    }
  }
  return secret;
}

}  // namespace comet
