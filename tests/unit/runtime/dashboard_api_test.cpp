#include "runtime/dashboard_api.hpp"

#include <catch2/catch_test_macros.hpp>
#include <future>
#include <latch>
#include <nlohmann/json.hpp>

#include "actors/system.hpp"
#include "base/digest.hpp"
#include "runtime/identity.hpp"
#include "store/memory_store.hpp"

namespace comet::runtime {
namespace {

using nlohmann::json;

/// A node without a network, and the API in front of it.
struct stage {
  explicit stage(bytes_view users = "") {
    actors::node_options options;
    options.listen = {{"127.0.0.1", 0}};
    options.workers = 1;
    if (!users.empty()) {
      auto parsed = wire::user_table::parse(users, "users");
      REQUIRE(parsed.ok());
      options.limits.users = *parsed;
      options.limits.limits.users = (*parsed)->directory();
    }
    auto started =
        actors::node_system::start(std::move(options), std::make_unique<store::memory_store>());
    REQUIRE(started.ok());
    node = std::move(*started);
  }

  http_answer run(const json& argv, const bytes& token = "") {
    return api.command({.body = json{{"argv", argv}}.dump(),
                        .from = {"192.0.2.7", 4711},
                        .authorization = token.empty() ? bytes{} : "Bearer " + token});
  }
  json reply(const json& argv, const bytes& token = "") {
    const auto answer = run(argv, token);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body)["reply"];
  }
  http_answer log_in(const bytes& user, const bytes& password, const bytes& from = "192.0.2.7") {
    return api.log_in(
        {.body = json{{"user", user}, {"password", password}}.dump(), .from = {from, 1}});
  }
  bytes token_of(const bytes& user, const bytes& password) {
    const auto answer = log_in(user, password);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body)["token"];
  }

  std::unique_ptr<actors::node_system> node;
  dashboard_api api{[this](wire::endpoint peer, bool as_viewer) {
                      return node->connect(std::move(peer), as_viewer);
                    },
                    {},
                    random_bytes};
};

json error_of(const http_answer& answer) {
  return json::parse(answer.body)["error"];
}

const bytes people = "user ann on #" + to_hex(as_bytes(sha256("pw"))) + " ~* &* +@all\n" +
                     "user bob on #" + to_hex(as_bytes(sha256("pw"))) + " ~b:* +@all -@dangerous\n";

TEST_CASE("commands are run, and their replies are JSON") {
  stage s;
  const bytes token = s.token_of("default", "");
  CHECK(s.reply({"SET", "k", "v"}, token) == "OK");
  CHECK(s.reply({"GET", "k"}, token) == "v");
  CHECK(s.reply({"MGET", "k", "absent"}, token) == json{"v", nullptr});
  CHECK(s.reply({"COMET", "NODES"})[0]["state"] == "here");
}

TEST_CASE("an error has its code and the status of the table") {
  stage s;
  const bytes token = s.token_of("default", "");
  CHECK(s.run({"NONSENSE"}, token).status == 404);
  CHECK(error_of(s.run({"NONSENSE"}, token))["code"] == "unknown_command");
  CHECK(s.run({"SET", "k"}, token).status == 400);
  s.reply({"ASO.PUT", "loop", "return { onGet = function() while true do end end }"}, token);
  const auto killed = s.run({"GET", "loop"}, token);
  CHECK(killed.status == 500);
  CHECK(error_of(killed)["code"] == "fuel");
  CHECK(s.run({"ASO.PUT", "k", "not Lua"}, token).status == 422);
}

TEST_CASE("without a login nothing can be changed, and the answer says what is needed") {
  stage s;
  for (const json& argv : {json{"SET", "k", "v"}, json{"GET", "k"}, json{"DEL", "k"},
                           json{"ASO.PUT", "k", "return {}"}, json{"CONFIG", "GET", "*"}}) {
    CAPTURE(argv.dump());
    const auto answer = s.run(argv);
    CHECK(answer.status == 401);
    CHECK(error_of(answer)["code"] == "no_auth");
    CHECK(error_of(answer)["message"].get<bytes>().starts_with("this needs a login: "));
  }
}

TEST_CASE("where there are users, state and code need a login of one who may see them") {
  stage s(people);
  const bytes ann = s.token_of("ann", "pw");
  const bytes bob = s.token_of("bob", "pw");
  s.reply({"ASO.PUT", "b:1", "return { word = 'secret' }"}, ann);
  CHECK(s.reply({"ASO.INFO", "b:1"})["turns"] == 1);
  CHECK_FALSE(s.reply({"ASO.INFO", "b:1"}).contains("log"));
  CHECK_FALSE(s.reply({"COMET", "INSPECT", "b:1"}).contains("state"));
  CHECK(s.run({"ASO.STATE", "b:1"}).status == 401);
  CHECK(s.run({"ASO.CODE", "b:1"}).status == 401);
  CHECK(s.run({"ASO.STATE", "b:1"}, bob).status == 403);
  CHECK(s.reply({"ASO.STATE", "b:1"}, ann)["word"] == "secret");
  CHECK(s.run({"SET", "other", "v"}, bob).status == 403);
  CHECK(s.run({"FLUSHALL"}, bob).status == 403);
}

TEST_CASE("a wrong password gives no token, and many of them a pause") {
  stage s(people);
  for (int i = 0; i < login_table::failures_max; ++i)
    CHECK(s.log_in("ann", "wrong").status == 401);
  const auto paused = s.log_in("ann", "pw");
  CHECK(paused.status == 429);
  CHECK(error_of(paused)["code"] == "busy");
  CHECK(s.log_in("ann", "pw", "192.0.2.8").status == 200);
}

TEST_CASE("a token that is unknown or logged out runs nothing") {
  stage s;
  const bytes token = s.token_of("default", "");
  CHECK(s.api.log_out({.authorization = "Bearer " + token}).status == 200);
  for (const bytes& one : {token, bytes(64, '0')}) {
    const auto answer = s.run({"PING"}, one);
    CHECK(answer.status == 401);
    CHECK(error_of(answer)["message"] == "this login is over; log in again");
  }
  CHECK(s.api.command({.body = R"({"argv": ["PING"]})", .authorization = "Basic eDp5"}).status ==
        401);
}

TEST_CASE("commands about a connection are refused") {
  stage s;
  const bytes token = s.token_of("default", "");
  for (const json& argv :
       {json{"SUBSCRIBE", "c"}, json{"PSUBSCRIBE", "c"}, json{"QUIT"}, json{"RESET"},
        json{"HELLO", "2"}, json{"AUTH", "x"}, json{"CLIENT", "REPLY", "OFF"}, json{"READONLY"},
        json{"WAIT", "1", "0"}, json{"SELECT", "0"}}) {
    CAPTURE(argv.dump());
    const auto answer = s.run(argv, token);
    CHECK(answer.status == 403);
    CHECK(error_of(answer)["message"].get<bytes>().find("is about a connection") != bytes::npos);
  }
  CHECK(s.reply({"PING"}, token) == "PONG");
}

TEST_CASE("a login whose connection the node closed is over") {
  stage s;
  const bytes token = s.token_of("default", "");
  const bytes other = s.token_of("default", "");
  CHECK(s.reply({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}, other).get<int>() >= 1);
  CHECK(s.run({"PING"}, token).status >= 401);
  CHECK(s.run({"PING"}, token).status == 401);
  CHECK(s.reply({"PING"}, other) == "PONG");
}

TEST_CASE("a viewer whose connection was closed gets another") {
  stage s;
  CHECK(s.reply({"PING"}) == "PONG");
  const bytes token = s.token_of("default", "");
  s.reply({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}, token);
  // The kill reaches the viewer's socket before the next command of the same node is answered.
  s.reply({"PING"}, token);
  CHECK(s.reply({"PING"}) == "PONG");
}

TEST_CASE("bodies that are no requests are refused") {
  stage s;
  CHECK(s.api.command({.body = "GET k"}).status == 400);
  CHECK(s.api.log_in({.body = R"({"user": "default"})"}).status == 400);
  CHECK(s.api.log_in({.body = R"({"user": 1, "password": []})"}).status == 400);
}

TEST_CASE("pages of the API refuse strangers before anything else") {
  stage s;
  for (const http_page& page : s.api.pages()) {
    CAPTURE(page.path);
    CHECK(page.method == http_method::post);
    CHECK(page.make({.body = "{}", .host = "127.0.0.1", .content_type = "text/plain"}).status ==
          415);
    CHECK(page.make({.body = "{}", .host = "evil.example", .content_type = "application/json"})
              .status == 403);
  }
}

TEST_CASE("commands that take long leave threads for the pages") {
  std::promise<void> end;
  const auto ended = end.get_future().share();
  std::latch begun(dashboard_api::running_max);
  dashboard_api api(
      [&](const wire::endpoint&, bool) -> result<std::unique_ptr<actors::local_client>> {
        begun.count_down();
        ended.wait();
        return error{errc::unavailable, "the end"};
      },
      {}, random_bytes);
  const http_page page = api.pages().front();
  const http_request request{
      .body = R"({"argv": ["PING"]})", .host = "127.0.0.1", .content_type = "application/json"};
  std::vector<std::future<http_answer>> running;
  for (int i = 0; i < dashboard_api::running_max; ++i)
    running.push_back(std::async(std::launch::async, [&] { return page.make(request); }));
  begun.wait();
  CHECK(error_of(page.make(request))["code"] == "busy");
  end.set_value();
  for (auto& one : running)
    CHECK(error_of(one.get())["message"] == "the end");
}

}  // namespace
}  // namespace comet::runtime
