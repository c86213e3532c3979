#include "object/code_signature.hpp"

#include <algorithm>

namespace comet::object {

namespace {

constexpr bytes_view mark = "-- comet:signed";
constexpr bytes_view scheme = " ed25519 ";
constexpr bytes_view context = "comet code 1\n";

/// A source in two: what is signed, and the line of the signature (empty: none).
struct parts {
  bytes_view text;
  bytes_view line;
};

parts taken_apart(bytes_view source) {
  bytes_view rest = source;
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r'))
    rest.remove_suffix(1);
  const std::size_t start = rest.rfind('\n') + 1;  // npos + 1 is 0
  const bytes_view last = rest.substr(start);
  if (!last.starts_with(mark)) return {source, {}};
  return {source.substr(0, start), last};
}

error does_not_hold(bytes_view why) {
  return {errc::no_permission, "signature: " + bytes{why}};
}

}  // namespace

result<std::optional<public_key>> signer_of(bytes_view source) {
  const auto [text, line] = taken_apart(source);
  if (line.empty()) return std::optional<public_key>{};
  public_key signer{};
  constexpr std::size_t key_digits = 2 * sizeof signer;
  constexpr std::size_t signature_digits = 2 * signature_bytes;
  bytes_view rest = line.substr(mark.size());
  const bool formed = rest.starts_with(scheme) &&
                      rest.size() == scheme.size() + key_digits + 1 + signature_digits &&
                      rest[scheme.size() + key_digits] == ' ';
  if (!formed) return does_not_hold("the last line is not `-- comet:signed ed25519 KEY SIGNATURE`");
  rest.remove_prefix(scheme.size());
  const auto key = from_hex(rest.substr(0, key_digits));
  const auto signature = from_hex(rest.substr(key_digits + 1));
  if (!key || !signature) return does_not_hold("its key or signature is not hexadecimal");
  std::copy(key->begin(), key->end(), signer.begin());
  if (!is_signed_by(signer, bytes{context} + bytes{text}, *signature))
    return does_not_hold("it does not verify: the text or the signature was changed");
  return std::optional<public_key>{signer};
}

bytes signed_source(bytes_view source, const signing_key& key) {
  bytes text{taken_apart(source).text};
  if (!text.empty() && text.back() != '\n') text.push_back('\n');
  const auto signer = key.public_part();
  const bytes_view signer_bytes{reinterpret_cast<const char*>(signer.data()), signer.size()};
  const bytes signature = key.sign(bytes{context} + text);
  return text + bytes{mark} + bytes{scheme} + to_hex(signer_bytes) + " " + to_hex(signature) + "\n";
}

}  // namespace comet::object
