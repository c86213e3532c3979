#pragma once
// Shamir's secret sharing (1979): a secret as shares, of which some number gives it back and fewer
// say nothing about it.
//
// Each byte of the secret is the value at 0 of a polynomial of degree `needed - 1` over GF(256)
// (x^8 + x^4 + x^3 + x + 1, as in FIPS 197) whose other coefficients are random; a share is the
// values at its place. Arithmetic uses neither tables nor branches on secret bytes, so neither the
// cache nor the clock tells of them. Shares are not authenticated: who joins them knows how many
// are needed and checks the result, as `opened` of base/cipher does. Used by `comet vanish`.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet {

inline constexpr int shares_max = 255;  ///< places are the bytes from 1 on; 0 is the secret's

struct secret_share {
  std::uint8_t place = 0;
  bytes values;  ///< as long as the secret

  friend bool operator==(const secret_share&, const secret_share&) = default;
};

/// How many random bytes `split_secret` takes.
std::size_t chance_bytes(std::size_t secret_bytes, int needed);

/// `count` shares at the places 1 to `count`. 1 <= needed <= count <= shares_max. `chance` has
/// `chance_bytes` bytes, drawn for this split alone and forgotten after it.
std::vector<secret_share> split_secret(bytes_view secret, int count, int needed, bytes_view chance);

/// The secret, if these are as many shares of one split as were needed, or more; anything else that
/// has the form of shares gives bytes that mean nothing. Errors: syntax (no share, sizes that
/// differ, a place that is 0 or comes twice).
result<bytes> join_secret(const std::vector<secret_share>& shares);

/// The product in GF(256), for the tests that hold it against FIPS 197.
std::uint8_t field_product(std::uint8_t a, std::uint8_t b);

}  // namespace comet
