#pragma once
// A run of tests as JUnit's XML, the form that every build server reads.
//
// Well-formed whatever names and messages hold: markup is escaped, and bytes that XML 1.0 cannot
// carry (control characters, what is not UTF-8) are written out as \xNN. Called by `comet test
// --junit FILE`.

#include <vector>

#include "base/bytes.hpp"
#include "lab/test_outcome.hpp"

namespace comet::lab {

/// A testsuite a file. A file that cannot be run is a testcase of its name with an error.
bytes junit_report(const std::vector<file_outcome>& files);

/// The text as content or attribute of XML.
bytes xml_text(bytes_view text);

}  // namespace comet::lab
