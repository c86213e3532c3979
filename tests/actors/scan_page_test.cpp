#include "actors/scan_page.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "object/layout.hpp"
#include "object/record.hpp"

using namespace comet;
using namespace comet::actors;
namespace layout = comet::object::layout;

namespace {

store::entry object_entry(const bytes& key, bool active, std::optional<wall_time> expires = {}) {
  object::record r;
  r.version = 1;
  r.incarnation = 1;
  r.expires = expires;
  if (active) {
    r.active = std::make_unique<object::activity>();
    r.active->state = "\x80";
  } else {
    r.value = "value";
  }
  return {layout::object_key(key), object::encode(r)};
}

object::scan_order objects_at(std::int64_t unix_ms) {
  object::scan_order order;
  order.ticket = 17;
  order.now = from_unix_ms(unix_ms);
  return order;
}

}  // namespace

TEST_CASE("a page names its objects, what was looked at and where it ended") {
  const std::vector<store::entry> entries = {object_entry("a", false), object_entry("b", true)};
  const auto page = read_page(objects_at(0), entries);
  CHECK(page.content.ticket == 17);
  CHECK(page.content.keys == std::vector<bytes>{"a", "b"});
  CHECK(page.content.looked_at == 2);
  CHECK(page.content.last == entries.back().first);
  CHECK(page.damaged == 0);
}

TEST_CASE("expired objects, other types and other names are left out and still counted") {
  auto order = objects_at(1'000);
  const std::vector<store::entry> entries = {
      object_entry("user:1", false), object_entry("user:2", false, from_unix_ms(1'000)),
      object_entry("user:3", false, from_unix_ms(1'001)), object_entry("user:4", true),
      object_entry("job:1", false)};
  order.pattern = "user:*";
  order.type_filter = "string";
  const auto page = read_page(order, entries);
  CHECK(page.content.keys == std::vector<bytes>{"user:1", "user:3"});
  CHECK(page.content.looked_at == 5);

  order.type_filter = "aso";
  CHECK(read_page(order, entries).content.keys == std::vector<bytes>{"user:4"});
}

TEST_CASE("a damaged record is counted, and its key stays in so that it can be deleted") {
  const std::vector<store::entry> entries = {{layout::object_key("bad"), "no record"}};
  const auto page = read_page(objects_at(0), entries);
  CHECK(page.content.keys == std::vector<bytes>{"bad"});
  CHECK(page.damaged == 1);
}

TEST_CASE("an entry that is no object is counted and left out") {
  const auto page = read_page(objects_at(0), {{"o", "short"}});
  CHECK(page.content.keys.empty());
  CHECK(page.damaged == 1);
}

TEST_CASE("due times come with their keys") {
  object::scan_order order;
  order.what = object::scan_order::kind::due;
  const auto page = read_page(order, {{layout::due_key(from_unix_ms(5), "x"), ""},
                                      {layout::due_key(from_unix_ms(9), "y"), ""}});
  REQUIRE(page.content.due.size() == 2);
  CHECK(page.content.due[0] == std::pair{from_unix_ms(5), bytes{"x"}});
  CHECK(page.content.due[1] == std::pair{from_unix_ms(9), bytes{"y"}});
}

TEST_CASE("an empty page has no last entry") {
  const auto page = read_page(objects_at(0), {});
  CHECK(page.content.last.empty());
  CHECK(page.content.looked_at == 0);
}
