#include "object/object_view.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;

namespace {

void make_active(cache_entry& entry) {
  entry.key = "a";
  entry.current = std::make_shared<record>();
  entry.current->version = 3;
  entry.current->active = std::make_unique<activity>();
  entry.current->active->turns = 5;
  entry.current->active->state = "\x80";
}

/// A failure: there is no such field.
reply field(const std::vector<reply>& fields, bytes_view name) {
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
    if (fields[i].text == name) return fields[i + 1];
  return reply::failure(errc::not_found, bytes{name});
}

}  // namespace

TEST_CASE("an object that has not run here has the figures of its record, and no log") {
  cache_entry entry;
  make_active(entry);
  const auto fields = information_on(entry, true);
  CHECK(field(fields, "key") == reply::bulk("a"));
  CHECK(field(fields, "owner") == reply::bulk("default"));
  CHECK(field(fields, "version") == reply::number(3));
  CHECK(field(fields, "turns") == reply::number(5));
  CHECK(field(fields, "log") == reply::list({}));
  CHECK(field(fields, "log-lines") == reply::number(0));
  CHECK(field(fields, "log-since-unix-ms") == reply::null());
  CHECK(field(fields, "last-error") == reply::null());
}

TEST_CASE("lines are counted beyond those that are kept, since the first of them") {
  cache_entry entry;
  make_active(entry);
  policy limits;
  limits.log_lines_max = 2;
  for (const char* line : {"one", "two", "three"}) {
    turn_outcome outcome;
    outcome.log = {line};
    account_of(entry).fold(outcome, from_unix_ms(line == bytes_view{"one"} ? 1'000 : 2'000),
                           limits);
  }
  const auto fields = information_on(entry, true);
  CHECK(field(fields, "log") == reply::list({reply::bulk("two"), reply::bulk("three")}));
  CHECK(field(fields, "log-lines") == reply::number(3));
  CHECK(field(fields, "log-since-unix-ms") == reply::number(1'000));
}

TEST_CASE("a stranger is told neither the log nor how much of it there is") {
  cache_entry entry;
  make_active(entry);
  const auto fields = information_on(entry, false);
  for (const char* name : {"log", "log-lines", "last-error", "last-traceback"})
    CHECK(field(fields, name).failed());
  CHECK(field(fields, "turns") == reply::number(5));
}
