#include "apps/comet/vanish_capsule.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>

#include "base/cipher.hpp"
#include "base/digest.hpp"
#include "base/number.hpp"

namespace comet::client {
namespace {

constexpr bytes_view begin_mark = "-----BEGIN COMET CAPSULE-----";
constexpr bytes_view end_mark = "-----END COMET CAPSULE-----";
constexpr std::size_t column_count = 76;
constexpr std::size_t fields_count = 5;
constexpr std::array<bytes_view, fields_count> names{"shares", "needed", "ends", "access", "nonce"};

error malformed(bytes_view what) {
  return {errc::syntax, fmt::format("not a whole capsule: {}", what)};
}

bytes_view trimmed(bytes_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == bytes_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// The lines between the markers, without space around them and without empty ones.
result<std::vector<bytes_view>> lines_of(bytes_view text) {
  std::vector<bytes_view> lines;
  bool inside = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const bytes_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == bytes_view::npos ? text.size() : end + 1);
    if (inside && line == end_mark) return lines;
    if (inside && !line.empty()) lines.push_back(line);
    inside = inside || line == begin_mark;
  }
  if (!inside) return malformed(fmt::format("there is no line '{}'", begin_mark));
  return malformed(fmt::format("there is no line '{}'", end_mark));
}

result<int> number_from(bytes_view name, bytes_view text, int low, int high) {
  const auto n = parse_integer(text);
  if (n && low <= *n && *n <= high) return static_cast<int>(*n);
  return malformed(fmt::format("'{}' is not a number from {} to {}", name, low, high));
}

result<bytes> octets_from(bytes_view name, bytes_view text, std::size_t size) {
  auto data = from_hex(text);
  if (data && data->size() == size) return std::move(*data);
  return malformed(fmt::format("'{}' is not {} hexadecimal digits", name, 2 * size));
}

result<wall_time> time_from(bytes_view text) {
  std::tm parts{};
  const bytes whole{text};
  const char* end = strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0')
    return malformed("'ends' is not a time as 2026-01-01T00:00:00Z");
  return from_unix_ms(std::int64_t{timegm(&parts)} * 1'000);
}

/// The values of the fields, in their order.
result<std::array<bytes_view, fields_count>> fields_of(const std::vector<bytes_view>& lines) {
  std::array<bytes_view, fields_count> values;
  if (lines.size() < names.size()) return malformed("fields are missing");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (colon == bytes_view::npos || trimmed(lines[i].substr(0, colon)) != names[i])
      return malformed(fmt::format("line {} is not '{}: ...'", i + 1, names[i]));
    values[i] = trimmed(lines[i].substr(colon + 1));
  }
  return values;
}

result<bytes> box_of(const std::vector<bytes_view>& lines) {
  bytes digits;
  for (std::size_t i = names.size(); i < lines.size(); ++i)
    digits.append(lines[i]);
  auto box = from_hex(digits);
  if (!box || box->size() < cipher_tag_bytes)
    return malformed("what follows the fields is not a sealed text in hexadecimal");
  if (box->size() > capsule_text_bytes_max + cipher_tag_bytes)
    return malformed("its text is over 16 MB");
  return std::move(*box);
}

}  // namespace

bytes text_of_time(wall_time t) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(static_cast<std::time_t>(to_unix_ms(t) / 1'000)));
}

bytes bound_text(const capsule& c) {
  return fmt::format("shares: {}\nneeded: {}\nends: {}\naccess: {}\nnonce: {}\n", c.shares,
                     c.needed, text_of_time(c.ends), to_hex(c.access), to_hex(c.nonce));
}

bytes text_of(const capsule& c) {
  bytes out = fmt::format("{}\n{}\n", begin_mark, bound_text(c));
  const bytes digits = to_hex(c.box);
  for (std::size_t at = 0; at < digits.size(); at += column_count)
    out.append(digits, at, column_count).push_back('\n');
  return out.append(end_mark).append("\n");
}

result<capsule> parse_capsule(bytes_view text) {
  const auto lines = lines_of(text);
  if (!lines) return lines.failure();
  const auto values = fields_of(*lines);
  if (!values) return values.failure();
  const auto shares = number_from(names[0], (*values)[0], 1, shares_max);
  if (!shares) return shares.failure();
  const auto needed = number_from(names[1], (*values)[1], 1, *shares);
  if (!needed) return needed.failure();
  const auto ends = time_from((*values)[2]);
  if (!ends) return ends.failure();
  auto access = octets_from(names[3], (*values)[3], capsule_access_bytes);
  if (!access) return access.failure();
  auto nonce = octets_from(names[4], (*values)[4], cipher_nonce_bytes);
  if (!nonce) return nonce.failure();
  auto box = box_of(*lines);
  if (!box) return box.failure();
  return capsule{*shares, *needed, *ends, std::move(*access), std::move(*nonce), std::move(*box)};
}

bytes share_key(bytes_view access, int place) {
  const digest derived = hmac_sha256(access, fmt::format("share {}", place));
  return "vanish:" + to_hex(as_bytes(derived).substr(0, 16));
}

bytes share_value(const secret_share& share) {
  return to_hex(bytes(1, static_cast<char>(share.place)) + share.values);
}

std::optional<secret_share> parse_share(bytes_view value, int place) {
  const auto data = from_hex(value);
  if (!data || data->size() != 1 + cipher_key_bytes) return std::nullopt;
  if (static_cast<std::uint8_t>(data->front()) != place) return std::nullopt;
  return secret_share{static_cast<std::uint8_t>(place), data->substr(1)};
}

}  // namespace comet::client
