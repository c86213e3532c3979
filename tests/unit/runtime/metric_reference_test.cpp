#include "runtime/metric_reference.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "runtime/metrics.hpp"

namespace comet::runtime {
namespace {

TEST_CASE("docs/metrics.md is what the rows say") {
  constexpr const char* path = "docs/metrics.md";  // tests run in the root of the project
  if (std::getenv("COMET_REWRITE") != nullptr) std::ofstream{path} << metric_reference();
  std::ifstream file{path};
  const bytes written{std::istreambuf_iterator<char>{file}, {}};
  INFO("write it with COMET_REWRITE=1 build/dev/tests/comet_runtime_tests");
  CHECK(written == metric_reference());
}

TEST_CASE("/metrics has the families that the document lists, in its order") {
  actors::node_numbers n;
  const bytes text = metrics_text(n, {"1.2.3", "abc", "g++"});
  std::size_t at = 0;
  for (const metric_family& one : metric_families()) {
    const bytes head = "# TYPE " + bytes{one.name} + " " + bytes{name_of(one.kind)} + "\n";
    CAPTURE(head);
    const auto found = text.find(head, at);
    REQUIRE(found != bytes::npos);
    at = found + head.size();
  }
  CHECK(text.find("# TYPE", at) == bytes::npos);
}

TEST_CASE("names are unique and follow the conventions of Prometheus") {
  std::set<bytes_view> names;
  for (const metric_family& one : metric_families()) {
    CAPTURE(one.name);
    CHECK(names.insert(one.name).second);
    CHECK((one.name.starts_with("comet_") || one.name.starts_with("process_")));
    CHECK(one.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == bytes_view::npos);
    CHECK(one.name.ends_with("_total") == (one.kind == metric_kind::counter));
    if (one.kind == metric_kind::histogram) CHECK(one.name.ends_with("_seconds"));
    for (const char* unit : {"_ms", "_milliseconds", "_ns", "_kb", "_count", "_sum", "_bucket"})
      CHECK_FALSE(one.name.ends_with(unit));
    CHECK(one.help.ends_with("."));
    CHECK(one.help.find_first_of("\n\\|") == bytes_view::npos);
  }
}

}  // namespace
}  // namespace comet::runtime
