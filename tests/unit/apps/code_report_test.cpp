#include "apps/comet/code_report.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using lua::code_field;
using std::chrono::microseconds;

constexpr rendering piped;

handler_figures figures_of(const bytes& name, std::int64_t fuel, microseconds time) {
  handler_figures made;
  made.name = name;
  made.fuel = fuel;
  made.memory = 9'000;
  made.time = time;
  return made;
}

TEST_CASE(
    "a message is placed by the line it names or tells, and its script gets the file's name") {
  CHECK(placed("door.lua", "aso:3: '=' expected near 'x'") == "door.lua:3: '=' expected near 'x'");
  CHECK(placed("door.lua", "onGet: aso:12: boom") == "door.lua:12: onGet: boom");
  CHECK(placed("a/b.lua", "fuel: 100000 instructions used up in onGet at line 7") ==
        "a/b.lua:7: fuel: 100000 instructions used up in onGet at line 7");
  CHECK(placed("door.lua", "the source has 20000 bytes, allowed are 16384") ==
        "door.lua: the source has 20000 bytes, allowed are 16384");
  CHECK(placed("door.lua", "onPut: the word aso:x is no place") ==
        "door.lua: onPut: the word aso:x is no place");
  CHECK(placed("door.lua", "") == "door.lua: ");
}

TEST_CASE("warnings are in the form that editors understand") {
  CHECK(warnings_text("door.lua", {}).empty());
  CHECK(warnings_text("door.lua", {{3, "one"}, {9, "two"}}) ==
        "door.lua:3: warning: one\ndoor.lua:9: warning: two\n");
}

TEST_CASE("handlers come before methods, with what they use of dht and comet") {
  lua::code_names names;
  names.fields = {{"left", 30, code_field::kind::function, {}},
                  {"onGet", 10, code_field::kind::function, {"comet.log", "dht.get", "math.max"}},
                  {"_secret", 40, code_field::kind::function, {}},
                  {"onward", 50, code_field::kind::function, {}},
                  {"count", 1, code_field::kind::data, {}}};
  CHECK(functions_text(names, piped) ==
        "kind     name   line  uses\n"
        "handler  onGet  10    comet.log dht.get\n"
        "method   left   30    -\n");
  CHECK(functions_text({}, piped) == "no handlers and no methods are seen\n");
}

TEST_CASE("figures are a line a handler, with how it fared") {
  sample_figures figures;
  figures.handlers = {figures_of("onPut", 120, microseconds{31}),
                      figures_of("onGet", 9, microseconds{0})};
  figures.handlers[1].failure = "onGet: aso:3: no";
  figures.state_bytes_max = 77;
  CHECK(figures_text(figures, piped) ==
        "sample  fuel  memory  time   outcome\n"
        "onPut   120   9000    31 us  ok\n"
        "onGet   9     9000    -      onGet: aso:3: no\n"
        "largest state: 77 bytes\n");
  CHECK(figures_text({}, piped) == "the sample ran no handler\nlargest state: 0 bytes\n");
}

TEST_CASE("a row has the most instructions and the longest time, of whichever handlers but onPut") {
  sample_figures figures;
  figures.handlers = {figures_of("onPut", 500, microseconds{80}),
                      figures_of("left", 120, microseconds{3}),
                      figures_of("onGet", 9, microseconds{31})};
  figures.state_bytes_max = 2'048;
  CHECK(table_row("door", 512, figures) == "| door | 120 | 31 us | 0.5 K | 2.0 K |\n");
}

}  // namespace
}  // namespace comet::client
