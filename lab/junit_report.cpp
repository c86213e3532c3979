#include "lab/junit_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lab/test_report.hpp"

namespace comet::lab {
namespace {

/// The character at the front and its length in bytes; length 0: not UTF-8.
struct code_point {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

code_point first_of(bytes_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 && lead < 0xf5   ? 4
                           : lead >= 0xe0 && lead < 0xf0 ? 3
                           : lead >= 0xc2 && lead < 0xe0 ? 2
                                                         : 0;
  if (size == 0 || text.size() < size) return {};
  std::uint32_t code = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xc0U) != 0x80) return {};
    code = code << 6U | (at(i) & 0x3fU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  return overlong || code > 0x10ffff ? code_point{} : code_point{code, size};
}

/// The production Char of XML 1.0.
bool is_carried(std::uint32_t code) {
  return code == 0x9 || code == 0xa || code == 0xd || (code >= 0x20 && code <= 0xd7ff) ||
         (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

void append_character(bytes& out, bytes_view character) {
  switch (character[0]) {
    case '&': out += "&amp;"; return;
    case '<': out += "&lt;"; return;
    case '>': out += "&gt;"; return;
    case '"': out += "&quot;"; return;
    case '\'': out += "&apos;"; return;
    case '\n': out += "&#10;"; return;
    case '\r': out += "&#13;"; return;
    case '\t': out += "&#9;"; return;
    default: out += character;
  }
}

double seconds(std::chrono::milliseconds span) {
  return static_cast<double>(span.count()) / 1'000;
}

void append_case(bytes& out, const bytes& name, const source_place& place, double time,
                 bytes_view element, const test_failure* failure, const bytes& text) {
  out += fmt::format(
      "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" "
      "time=\"{:.3f}\"",
      xml_text(name), xml_text(place.file), xml_text(place.file), place.line, time);
  if (failure == nullptr) {
    out += "/>\n";
    return;
  }
  out += fmt::format(">\n      <{} message=\"{}\" type=\"{}\">{}</{}>\n    </testcase>\n", element,
                     xml_text(failure->message), element, xml_text(text), element);
}

void append_suite(bytes& out, const file_outcome& file) {
  const auto failures =
      std::ranges::count_if(file.tests, [](const test_outcome& test) { return !test.passed(); });
  const int errors = file.failure ? 1 : 0;
  out += fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "time=\"{:.3f}\">\n",
      xml_text(file.file), file.tests.size() + static_cast<std::size_t>(errors), failures, errors,
      seconds(file.real_time));
  if (file.failure)
    append_case(out, file.file, {file.file, file.failure->place.line}, 0, "error", &*file.failure,
                failure_text(file, false));
  for (const test_outcome& test : file.tests)
    append_case(out, test.name, test.place, seconds(test.real_time), "failure",
                test.failure ? &*test.failure : nullptr,
                test.passed() ? bytes{} : failure_text(test, false));
  out += "  </testsuite>\n";
}

}  // namespace

bytes xml_text(bytes_view text) {
  bytes out;
  while (!text.empty()) {
    const code_point next = first_of(text);
    if (next.size != 0 && is_carried(next.code)) {
      append_character(out, text.substr(0, next.size));
      text.remove_prefix(next.size);
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
    }
  }
  return out;
}

bytes junit_report(const std::vector<file_outcome>& files) {
  const run_totals totals = totals_of(files);
  std::chrono::milliseconds time{0};
  bytes suites;
  for (const file_outcome& file : files) {
    if (!file.failure && file.tests.empty()) continue;  // the filter left nothing of it
    time += file.real_time;
    append_suite(suites, file);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n"
      "{}</testsuites>\n",
      totals.passed + totals.failed + totals.files_failed, totals.failed, totals.files_failed,
      seconds(time), suites);
}

}  // namespace comet::lab
