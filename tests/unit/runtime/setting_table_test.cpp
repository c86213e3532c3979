#include "runtime/setting_table.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "runtime/configuration.hpp"

namespace comet::runtime {
namespace {

bytes contents_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The rows as docs/configuration.md shows them.
bytes documented() {
  bytes text;
  bytes_view section;
  for (const setting_row& row : setting_table()) {
    if (row.section != section) {
      section = row.section;
      text += fmt::format(
          "\n### {}\n\n| key | default | values | CONFIG SET | what it is |\n"
          "|---|---|---|---|---|\n",
          section);
    }
    const bytes fallback = row.fallback.empty() ? "none" : fmt::format("`{}`", row.fallback);
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.name, fallback, allowed_values(row),
                        row.at_run_time ? "yes" : "no", row.help);
  }
  return text;
}

TEST_CASE("names of settings are unique words of lower case and dashes") {
  std::set<bytes_view> names;
  for (const setting_row& row : setting_table()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == bytes_view::npos);
    CHECK_FALSE(row.help.empty());
    CHECK(find_setting(row.name) == &row);
  }
  CHECK(find_setting("Data") == nullptr);
  CHECK(find_setting("") == nullptr);
}

TEST_CASE("each default is accepted by its own row and written as it is read") {
  for (const setting_row& row : setting_table()) {
    CAPTURE(row.name);
    const auto value = parse_setting(row, row.fallback);
    REQUIRE(value.ok());
    CHECK(text_of(row, *value) == row.fallback);
  }
}

TEST_CASE("what a row assigns is what it reads back") {
  settings s = configuration{}.values();
  for (const setting_row& row : setting_table()) {
    CAPTURE(row.name);
    setting_value other;
    switch (row.kind) {
      case setting_kind::optional_text:
      case setting_kind::text: other = bytes{"elsewhere"}; break;
      case setting_kind::addresses: other = std::vector<address>{{"a", 1}, {"b", 2}}; break;
      case setting_kind::optional_address:
      case setting_kind::address: other = address{"10.1.2.3", 4}; break;
      case setting_kind::log_levels: other = log_levels{log_level::error}; break;
      case setting_kind::choice: other = static_cast<std::int64_t>(row.choices.size()) - 1; break;
      default: other = row.lowest;
    }
    row.assign(s, other);
    CHECK(row.current(s) == other);
  }
}

TEST_CASE("the defaults of the limits are those of object::policy") {
  const settings told = configuration{}.values();
  settings untouched = told;
  untouched.limits = object::policy{};
  for (const setting_row& row : setting_table()) {
    CAPTURE(row.name);
    CHECK(text_of(row, row.current(untouched)) == text_of(row, row.current(told)));
  }
}

TEST_CASE("numbers outside of a row's range are refused with the range in its own unit") {
  const setting_row& fuel = *find_setting("fuel-per-turn");
  CHECK(parse_setting(fuel, "1000").ok());
  CHECK(parse_setting(fuel, "999").failure().message == "takes 1000 to 1000000000000");
  CHECK(parse_setting(fuel, "x").failure().message == "takes a whole number");

  const setting_row& key = *find_setting("key-bytes-max");
  CHECK(parse_setting(key, "64kB").ok());
  CHECK(parse_setting(key, "65537").failure().message == "takes 1B to 64kB");
  CHECK(parse_setting(key, "long").failure().message ==
        "takes a size: a whole number with B, kB, MB or GB (powers of 1024), such as 64kB");

  const setting_row& time = *find_setting("turn-time-max");
  CHECK(parse_setting(time, "5ms").failure().message == "takes 10ms to 1h");
  CHECK(parse_setting(time, "5").failure().message ==
        "takes a time: a whole number with ms, s, m, h or d, such as 10s or 500ms");
}

TEST_CASE("a choice takes its words only") {
  const setting_row& row = *find_setting("durability");
  CHECK(parse_setting(row, "always").ok());
  CHECK(parse_setting(row, "Always").failure().message == "takes none, interval or always");
  CHECK(parse_setting(row, "").failure().message == "takes none, interval or always");
  CHECK(parse_setting(*find_setting("data"), "").failure().message == "takes a path");
}

TEST_CASE("addresses that may be left out are nothing or addresses") {
  const setting_row& one = *find_setting("advertise");
  CHECK(text_of(one, *parse_setting(one, "192.0.2.1:7400")) == "192.0.2.1:7400");
  CHECK(text_of(one, *parse_setting(one, "")).empty());
  CHECK(parse_setting(one, "7400").failure().message.starts_with("takes HOST:PORT, such as"));
  const setting_row& several = *find_setting("join");
  CHECK(text_of(several, *parse_setting(several, "a:1, b:2")) == "a:1,b:2");
  CHECK(text_of(several, *parse_setting(several, "")).empty());
  CHECK(parse_setting(several, "a").failure().message.starts_with("takes HOST:PORT, or several"));
}

TEST_CASE("the nearest name is found within two edits") {
  CHECK(nearest_setting("durabilty") == "durability");
  CHECK(nearest_setting("rsep") == "resp");
  CHECK(nearest_setting("fuel-per-trun") == "fuel-per-turn");
  CHECK(nearest_setting("maxclient") == "maxclients");
  CHECK(nearest_setting("appendfsync").empty());
  CHECK(nearest_setting("").empty());
}

TEST_CASE("the environment's name is COMET_ and upper case with underscores") {
  CHECK(environment_name(*find_setting("data")) == "COMET_DATA");
  CHECK(environment_name(*find_setting("fuel-per-turn")) == "COMET_FUEL_PER_TURN");
}

TEST_CASE("docs/configuration.md shows every key as the table has it") {
  const bytes document = contents_of("docs/configuration.md");
  const bytes wanted = documented();
  INFO("it has to contain:\n" << wanted);
  CHECK(document.find(wanted) != bytes::npos);
}

}  // namespace
}  // namespace comet::runtime
