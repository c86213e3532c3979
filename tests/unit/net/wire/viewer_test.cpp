#include "net/wire/viewer.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "fake_host.hpp"

namespace comet::wire::test {
namespace {

struct stage : fake_node {
  session& view(bool open) {
    session& s = connect();
    s.sign_in(make_viewer(open));
    return s;
  }
};

TEST_CASE("a viewer runs what reads, and nothing else") {
  stage node;
  node.use("user default on nopass ~* +@all\n");
  session& s = node.view(false);
  CHECK(node.talk(s, "PING\r\n") == "+PONG\r\n");
  CHECK(node.talk(s, "COMET TOP\r\n").starts_with("*"));
  for (const bytes_view denied :
       {"GET k\r\n", "SET k v\r\n", "DEL k\r\n", "ASO.PUT k s\r\n", "ASO.CALL k m\r\n",
        "ASO.STATE k\r\n", "ASO.CODE k\r\n", "ASO.RESUME k\r\n", "CONFIG GET *\r\n", "ACL LIST\r\n",
        "KEYS *\r\n", "SCAN 0\r\n", "PUBLISH a b\r\n", "SUBSCRIBE a\r\n", "CLIENT LIST\r\n",
        "COMET READ k\r\n", "COMET WITH GET k\r\n", "FLUSHALL\r\n"}) {
    CAPTURE(denied);
    CHECK(node.talk(s, denied).starts_with("-NOPERM "));
  }
}

TEST_CASE("where there are no users a viewer sees states and codes, and changes nothing") {
  const auto viewer = make_viewer(true);
  const auto allowed = [&](std::initializer_list<bytes_view> words) {
    const std::vector<bytes_view> argv(words);
    return viewer->commands.allows(*resolve(argv)->row);
  };
  CHECK(allowed({"ASO.STATE", "k"}));
  CHECK(allowed({"ASO.CODE", "k"}));
  CHECK_FALSE(allowed({"GET", "k"}));
  CHECK_FALSE(allowed({"ASO.RESUME", "k"}));
  CHECK(viewer->rights.administrator);
  CHECK_FALSE(make_viewer(false)->rights.administrator);
}

TEST_CASE("the name of a viewer is one that no users file can have") {
  const auto viewer = make_viewer(true);
  CHECK_FALSE(user_table::parse("user " + viewer->name + " on\n", "file").ok());
}

TEST_CASE("a viewer is gone when the users are read again") {
  stage node;
  session& s = node.view(false);
  s.adopt_users();
  CHECK(s.must_close());
}

}  // namespace
}  // namespace comet::wire::test
