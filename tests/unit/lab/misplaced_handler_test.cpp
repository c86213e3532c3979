#include "lab/misplaced_handler.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::lab::test {
namespace {

using object::reply;

inspection with_fields(std::vector<reply> fields) {
  inspection seen;
  seen.active = true;
  seen.state = reply::map(std::move(fields));
  return seen;
}

TEST_CASE("a field of the state that bears a handler's name is found") {
  CHECK(misplaced_handler(with_fields({reply::bulk("count"), reply::number(1), reply::bulk("onGet"),
                                       reply::number(5)})) == "onGet");
}

TEST_CASE("other fields, names that only begin like a handler's and passive values are none") {
  CHECK(misplaced_handler(with_fields({reply::bulk("count"), reply::number(1),
                                       reply::bulk("onGets"), reply::number(5)}))
            .empty());
  CHECK(misplaced_handler(inspection{}).empty());
}

TEST_CASE("a value is not taken for a name") {
  CHECK(misplaced_handler(with_fields({reply::bulk("kind"), reply::bulk("onGet")})).empty());
}

}  // namespace
}  // namespace comet::lab::test
