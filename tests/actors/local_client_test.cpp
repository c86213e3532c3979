#include "actors/local_client.hpp"

#include <sys/socket.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <vector>

#include "actors/system.hpp"
#include "store/memory_store.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 30s;

std::unique_ptr<node_system> start_node(std::shared_ptr<const wire::user_table> users = nullptr) {
  node_options options;
  options.listen = {{"127.0.0.1", 0}};
  options.workers = 1;
  options.limits.users = std::move(users);
  if (options.limits.users) options.limits.limits.users = options.limits.users->directory();
  options.fatal = [](const error& why) { FAIL(why.message); };
  auto started = node_system::start(std::move(options), std::make_unique<store::memory_store>());
  REQUIRE(started.ok());
  return std::move(*started);
}

object::reply ask(local_client& client, const std::vector<bytes>& words) {
  auto answered = client.ask(words, patience);
  INFO((answered ? bytes{} : answered.failure().message));
  REQUIRE(answered.ok());
  return *answered;
}

/// Both ends of a connection that no node is at.
struct loose_ends {
  loose_ends() {
    std::array<int, 2> both{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) == 0);
    far = descriptor{both[0]};
    client = std::make_unique<local_client>(descriptor{both[1]});
  }
  descriptor far;
  std::unique_ptr<local_client> client;
};

TEST_CASE("a client of the process is served as every other") {
  const auto node = start_node();
  auto made = node->connect({"192.0.2.7", 4711}, false);
  REQUIRE(made.ok());
  local_client& client = **made;
  CHECK(ask(client, {"HELLO", "3", "SETNAME", "page"}).what == object::reply::kind::map);
  CHECK(ask(client, {"SET", "k", bytes{"a\0b", 3}}) == object::reply::ok());
  CHECK(ask(client, {"GET", "k"}) == object::reply::bulk(bytes{"a\0b", 3}));
  const auto list = ask(client, {"CLIENT", "LIST"});
  CHECK(list.text.find("addr=192.0.2.7:4711") != bytes::npos);
  CHECK(list.text.find("name=page") != bytes::npos);
  CHECK(client.is_open());
}

TEST_CASE("errors come with their code") {
  const auto node = start_node();
  auto made = node->connect({"192.0.2.7", 1}, false);
  REQUIRE(made.ok());
  const auto refused = ask(**made, {"SET", "k"});
  CHECK(refused.failed());
  CHECK(refused.code == errc::wrong_arity);
  CHECK(refused.text == "wrong number of arguments for 'set' command");
  ask(**made, {"ASO.PUT", "loop", "return { onGet = function() while true do end end }"});
  CHECK(ask(**made, {"GET", "loop"}).code == errc::fuel);
}

TEST_CASE("a viewer reads accounts and changes nothing") {
  const auto node = start_node();
  auto writer = node->connect({"192.0.2.7", 1}, false);
  auto viewer = node->connect({"192.0.2.8", 1}, true);
  REQUIRE(writer.ok());
  REQUIRE(viewer.ok());
  ask(**writer, {"ASO.PUT", "k", "return { value = 'v' }"});
  CHECK(ask(**viewer, {"COMET", "TOP"}).what == object::reply::kind::array);
  CHECK(ask(**viewer, {"ASO.STATE", "k"}).failed() == false);  // nobody has rights of its own here
  CHECK(ask(**viewer, {"SET", "k", "v"}).code == errc::no_permission);
}

TEST_CASE("where there are users a viewer sees no state, and others log in first") {
  const auto users = wire::user_table::parse(
      "user ann on #" + to_hex(as_bytes(sha256("pw"))) + " ~* &* +@all\n", "users");
  REQUIRE(users.ok());
  const auto node = start_node(*users);
  auto client = node->connect({"192.0.2.7", 1}, false);
  auto viewer = node->connect({"192.0.2.8", 1}, true);
  REQUIRE(client.ok());
  REQUIRE(viewer.ok());
  CHECK(ask(**client, {"GET", "k"}).code == errc::no_auth);
  CHECK(ask(**client, {"AUTH", "ann", "no"}).code == errc::no_auth);
  CHECK(ask(**client, {"AUTH", "ann", "pw"}) == object::reply::ok());
  ask(**client, {"ASO.PUT", "k", "return { value = 'v' }"});
  CHECK(ask(**viewer, {"ASO.STATE", "k"}).code == errc::no_permission);
  const auto info = ask(**viewer, {"ASO.INFO", "k"});
  REQUIRE_FALSE(info.failed());
  for (const auto& item : info.items)
    CHECK(item.text != "last-error");
}

TEST_CASE("what a node that has stopped is asked fails with a sentence") {
  const auto node = start_node();
  auto before = node->connect({"192.0.2.7", 1}, false);
  REQUIRE(before.ok());
  ask(**before, {"PING"});
  node->stop(1s);
  auto after = node->connect({"192.0.2.7", 1}, false);
  REQUIRE(after.ok());
  const std::vector<bytes> words{"PING"};
  for (auto* client : {before->get(), after->get()}) {
    const auto answered = client->ask(words, patience);
    REQUIRE_FALSE(answered.ok());
    CHECK(answered.failure().code == errc::unavailable);
    CHECK_FALSE(client->is_open());
  }
}

TEST_CASE("an answer that does not come in time ends the connection, and says that nobody knows") {
  const loose_ends ends;
  const std::vector<bytes> words{"PING"};
  const auto answered = ends.client->ask(words, 1ms);
  REQUIRE_FALSE(answered.ok());
  CHECK(answered.failure().code == errc::uncertain);
  CHECK_FALSE(ends.client->is_open());
}

TEST_CASE("a reply that is too large ends the connection") {
  const loose_ends ends;
  auto sender = std::async(std::launch::async, [&] {
    const bytes head = "$99999999\r\n" + bytes(65'536, 'x');
    while (::send(ends.far.get(), head.data(), head.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  const std::vector<bytes> words{"GET", "k"};
  const auto answered = ends.client->ask(words, patience);
  sender.wait();
  REQUIRE_FALSE(answered.ok());
  CHECK(answered.failure().code == errc::too_large);
}

TEST_CASE("codes are read out of lines, by name or by prefix") {
  using object::reply;
  const auto read = [](bytes line) { return with_code(reply::failure(errc::internal, line)); };
  CHECK(read("fuel used up") == reply::failure(errc::fuel, "used up"));
  CHECK(read("WRONGPASS no") == reply::failure(errc::no_auth, "WRONGPASS no"));
  CHECK(read("NOAUTH HELLO") == reply::failure(errc::no_auth, "NOAUTH HELLO"));
  CHECK(read("ERR max number") == reply::failure(errc::syntax, "ERR max number"));
  CHECK(read("ODD").code == errc::internal);
}

}  // namespace
