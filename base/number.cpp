#include "base/number.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/check.hpp"

namespace comet {

std::optional<std::int64_t> parse_integer(bytes_view text) {
  if (text == "0") return 0;
  const bytes_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits.front() < '1' || digits.front() > '9') return std::nullopt;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<long double> parse_real(bytes_view text) {
  if (text.empty() || text.size() >= real_text_max) return std::nullopt;
  if (std::isspace(static_cast<unsigned char>(text.front())) != 0) return std::nullopt;
  const bytes terminated{text};
  const int outer_errno = errno;
  errno = 0;
  char* stop = nullptr;
  const long double value = std::strtold(terminated.c_str(), &stop);
  const bool out_of_range = errno == ERANGE && (std::isinf(value) || value == 0);
  errno = outer_errno;
  if (stop != terminated.c_str() + terminated.size()) return std::nullopt;
  if (out_of_range || std::isnan(value)) return std::nullopt;
  return value;
}

bytes format_real(long double value) {
  COMET_CHECK(std::isfinite(value));
  std::array<char, real_text_max> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.17Lf", value);
  COMET_CHECK(size > 0 && static_cast<std::size_t>(size) < buffer.size());
  bytes text{buffer.data(), static_cast<std::size_t>(size)};
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? bytes{"0"} : text;
}

bytes format_double(double value) {
  if (std::isnan(value)) return "nan";
  std::array<char, 32> buffer{};
  const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  COMET_CHECK(failure == std::errc{});
  return {buffer.data(), end};
}

}  // namespace comet
