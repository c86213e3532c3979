#include "lab/junit_report.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::lab {
namespace {

file_outcome two_tests() {
  file_outcome file;
  file.file = "a_test.lua";
  file.real_time = std::chrono::milliseconds{1'500};
  test_outcome passed;
  passed.name = "it holds";
  passed.place = {"a_test.lua", 3};
  test_outcome failed = passed;
  failed.name = "a < b & \"c\"";
  failed.failure = test_failure::at({"a_test.lua", 9}, "it is\n<b>");
  file.tests = {passed, failed};
  return file;
}

TEST_CASE("markup is escaped, line breaks stay line breaks") {
  CHECK(xml_text("a<b>&\"c'\n\t\r") == "a&lt;b&gt;&amp;&quot;c&apos;&#10;&#9;&#13;");
  CHECK(xml_text("").empty());
}

TEST_CASE("what XML cannot carry is written out byte by byte") {
  CHECK(xml_text(bytes_view{"a\0b", 3}) == "a\\x00b");
  CHECK(xml_text("\x1b[31m") == "\\x1b[31m");
  CHECK(xml_text("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80") == "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(xml_text("\xff") == "\\xff");
  CHECK(xml_text("\xe2\x82") == "\\xe2\\x82");                    // cut off
  CHECK(xml_text("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(xml_text("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // a surrogate
  CHECK(xml_text("\xef\xbf\xbf") == "\\xef\\xbf\\xbf");           // U+FFFF
  CHECK(xml_text("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // past the last code point
}

TEST_CASE("a suite a file, with its counts, and a case a test") {
  const bytes xml = junit_report({two_tests()});
  CHECK(
      xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<testsuites tests=\"2\" failures=\"1\" errors=\"0\" time=\"1.500\">\n"
                      "  <testsuite name=\"a_test.lua\" tests=\"2\" failures=\"1\" errors=\"0\" "
                      "time=\"1.500\">\n"
                      "    <testcase name=\"it holds\" classname=\"a_test.lua\" "
                      "file=\"a_test.lua\" line=\"3\" time=\"0.000\"/>\n"));
  CHECK(xml.find("<testcase name=\"a &lt; b &amp; &quot;c&quot;\"") != bytes::npos);
  CHECK(xml.find("<failure message=\"it is&#10;&lt;b&gt;\" type=\"failure\">") != bytes::npos);
  CHECK(xml.ends_with("  </testsuite>\n</testsuites>\n"));
}

TEST_CASE("a file that cannot be run is an error, one that the filter left empty is nothing") {
  file_outcome broken;
  broken.file = "b_test.lua";
  broken.failure = test_failure::at({"b_test.lua", 7}, "'end' expected");
  file_outcome left_out;
  left_out.file = "c_test.lua";
  const bytes xml = junit_report({broken, left_out});
  CHECK(xml.find("<testsuites tests=\"1\" failures=\"0\" errors=\"1\"") != bytes::npos);
  CHECK(xml.find("<error message=\"&apos;end&apos; expected\" type=\"error\">") != bytes::npos);
  CHECK(xml.find("line=\"7\"") != bytes::npos);
  CHECK(xml.find("c_test.lua") == bytes::npos);
}

}  // namespace
}  // namespace comet::lab
