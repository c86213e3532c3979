#include "runtime/service.hpp"

#include <csignal>

#include "tests/unit/runtime/scratch_node.hpp"

namespace comet::runtime {
namespace {

using test::ask;
using test::scratch_directory;
using test::told_to_use;

TEST_CASE("a signal stops a serving node in order") {
  const scratch_directory scratch;
  stop_signal end;
  int announced = 0;
  const auto status = serve(told_to_use(scratch.data()), "", end, [&](const node& running) {
    ++announced;
    CHECK(ask(running.resp(), "SET k v") == "+OK\r\n");
    REQUIRE(std::raise(SIGTERM) == 0);
  });
  INFO((status ? bytes{} : status.failure().message));
  REQUIRE(status.ok());
  CHECK(*status == 0);
  CHECK(announced == 1);
}

TEST_CASE("a secret that cannot be used keeps a node from starting, and nothing is made") {
  const scratch_directory scratch;
  configuration told = told_to_use(scratch.data());
  REQUIRE(told.apply({"secret-file", scratch.data() + ".secret", "test"}).ok());
  stop_signal end;
  const auto status = serve(std::move(told), "", end, [](const node&) { FAIL(); });
  REQUIRE_FALSE(status.ok());
  CHECK(status.failure().message.starts_with("the secret file " + scratch.data() + ".secret"));
  CHECK_FALSE(std::filesystem::exists(scratch.data()));
}

TEST_CASE("a node that cannot start is an error and nothing is announced") {
  stop_signal end;
  int announced = 0;
  const auto status =
      serve(told_to_use("/dev/null/data"), "", end, [&](const node&) { ++announced; });
  REQUIRE_FALSE(status.ok());
  CHECK(status.failure().message.find("/dev/null/data") != bytes::npos);
  CHECK(announced == 0);
}

}  // namespace
}  // namespace comet::runtime
