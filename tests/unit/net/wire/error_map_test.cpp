#include "net/wire/error_map.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace comet;
using namespace comet::wire;

TEST_CASE("every error code has one form, in the order of the codes") {
  const auto forms = all_error_forms();
  REQUIRE(forms.size() == static_cast<std::size_t>(errc::internal) + 1);
  std::set<bytes_view> names;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const auto code = static_cast<errc>(i);
    CAPTURE(name_of(code));
    REQUIRE(form_of(code).code == code);
    REQUIRE(name_of(code) != "unknown");
    REQUIRE(names.insert(name_of(code)).second);
  }
}

TEST_CASE("a prefix is one word in capitals and a status is one of HTTP") {
  for (const error_form& form : all_error_forms()) {
    CAPTURE(form.prefix, form.http_status);
    REQUIRE(!form.prefix.empty());
    REQUIRE(form.prefix.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == bytes_view::npos);
    REQUIRE(form.http_status >= 400);
    REQUIRE(form.http_status < 600);
    REQUIRE(!form.meaning.empty());
  }
}

TEST_CASE("what clients act upon has the prefix that Redis clients know") {
  CHECK(form_of(errc::wrong_type).prefix == "WRONGTYPE");
  CHECK(form_of(errc::no_auth).prefix == "NOAUTH");
  CHECK(form_of(errc::no_permission).prefix == "NOPERM");
  CHECK(form_of(errc::busy).prefix == "BUSY");
  CHECK(form_of(errc::disk_full).prefix == "MISCONF");
  CHECK(form_of(errc::script).prefix == "ERR");
}
