#include "actors/system.hpp"

#include <poll.h>

#include <catch2/catch_test_macros.hpp>
#include <future>
#include <memory>
#include <optional>

#include "loop_client.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"
#include "store/memory_store.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

node_options options_for_test() {
  node_options options;
  options.listen = {{"127.0.0.1", 0}};
  options.workers = 2;
  options.fatal = [](const error& why) { FAIL(why.message); };
  return options;
}

/// A store that the test keeps a view of after the node has taken it.
class shared_store final : public store::store {
 public:
  explicit shared_store(std::shared_ptr<comet::store::memory_store> kept)
      : kept_(std::move(kept)) {}

  result<void> commit(const comet::store::batch& changes) override {
    return kept_->commit(changes);
  }
  result<void> sync() override { return kept_->sync(); }
  result<std::optional<bytes>> load(bytes_view key) override { return kept_->load(key); }
  result<std::vector<std::optional<bytes>>> load_all(const std::vector<bytes>& keys) override {
    return kept_->load_all(keys);
  }
  result<std::vector<comet::store::entry>> scan(bytes_view from, bytes_view to,
                                                std::size_t limit) override {
    return kept_->scan(from, to, limit);
  }
  std::uint64_t disk_bytes() override { return kept_->disk_bytes(); }
  comet::store::disk_space space() override { return kept_->space(); }

 private:
  std::shared_ptr<comet::store::memory_store> kept_;
};

struct running_node {
  explicit running_node(node_options options = options_for_test(),
                        std::shared_ptr<comet::store::memory_store> on =
                            std::make_shared<comet::store::memory_store>())
      : store(std::move(on)),
        system(std::move(
            *node_system::start(std::move(options), std::make_unique<shared_store>(store)))) {}

  loop_client connect() { return loop_client::to_port(system->addresses().at(0).port); }

  std::shared_ptr<comet::store::memory_store> store;
  std::unique_ptr<node_system> system;
};

/// Waits for events of the socket, not for time; the limit only keeps a broken node from hanging.
bytes await(const loop_client& client, std::size_t size) {
  bytes all;
  while (all.size() < size) {
    pollfd wanted{client.descriptor(), POLLIN, 0};
    if (::poll(&wanted, 1, 30'000) != 1) break;
    const auto more = client.received(size - all.size());
    if (more.empty()) break;
    all += more;
  }
  return all;
}

bytes line_from(const loop_client& client) {
  bytes line;
  while (line.empty() || line.back() != '\n') {
    const auto more = await(client, 1);
    REQUIRE(!more.empty());
    line += more;
  }
  return line.substr(0, line.size() - 2);
}

bytes bulk_from(const loop_client& client) {
  const auto header = line_from(client);
  REQUIRE(header.front() == '$');
  const auto content = await(client, std::stoul(header.substr(1)) + 2);
  return content.substr(0, content.size() - 2);
}

void expect(const loop_client& client, bytes_view request, bytes_view answer) {
  client.send(request);
  CHECK(await(client, answer.size()) == answer);
}

}  // namespace

TEST_CASE("a node serves values, code and scans to its clients") {
  running_node node;
  const auto client = node.connect();
  expect(client, "PING\r\n", "+PONG\r\n");
  expect(client, "SET a 1\r\n", "+OK\r\n");
  expect(client, "INCR a\r\n", ":2\r\n");
  expect(client, "ASO.PUT k \"return {value=5}\"\r\n", "+OK\r\n");
  expect(client, "GET k\r\n", "$1\r\n5\r\n");
  expect(client, "DEL k\r\n", ":1\r\n");
  expect(client, "KEYS *\r\n", "*1\r\n$1\r\na\r\n");
}

TEST_CASE("many clients with many requests for code get all their answers in order") {
  running_node node;
  std::vector<loop_client> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(node.connect());
  const bytes put =
      "ASO.PUT k \"return {n=0, onGet=function(self) self.n=self.n+1 return self.n end}\"\r\n";
  expect(clients[0], put, "+OK\r\n");
  constexpr int requests = 100;  // of 8 clients: less than a mailbox holds
  bytes all;
  for (int i = 0; i < requests; ++i)
    all += "GET k\r\nECHO x\r\n";
  for (const auto& client : clients)
    client.send(all);
  std::vector<bool> counted(8 * requests + 1);
  for (const auto& client : clients) {
    for (int i = 0; i < requests; ++i) {
      const auto n = std::stoul(bulk_from(client));
      REQUIRE(n < counted.size());
      CHECK(!counted[n]);
      counted[n] = true;
      CHECK(bulk_from(client) == "x");
    }
  }
}

TEST_CASE("what was acknowledged is there after a restart") {
  auto store = std::make_shared<comet::store::memory_store>();
  {
    running_node node{options_for_test(), store};
    const auto client = node.connect();
    expect(client, "SET a 1\r\n", "+OK\r\n");
    expect(client, "ASO.PUT k \"return {value=7}\"\r\n", "+OK\r\n");
    CHECK(node.system->stop(10s).complete);
  }
  running_node node{options_for_test(), store};
  const auto client = node.connect();
  expect(client, "GET a\r\n", "$1\r\n1\r\n");
  expect(client, "GET k\r\n", "$1\r\n7\r\n");
  expect(client, "DBSIZE\r\n", ":2\r\n");
}

TEST_CASE("a full disk refuses writes and not reads, and ends when there is space again") {
  running_node node;
  const auto client = node.connect();
  expect(client, "SET a 1\r\n", "+OK\r\n");
  node.store->fail_commits(errc::disk_full, 1);
  client.send("SET a 2\r\n");
  CHECK(line_from(client).front() == '-');
  expect(client, "GET a\r\n", "$1\r\n1\r\n");
  expect(client, "SET a 3\r\n", "+OK\r\n");
  expect(client, "GET a\r\n", "$1\r\n3\r\n");
}

TEST_CASE("figures can be asked for from any thread while the node works, and are empty after it") {
  running_node node;
  const auto client = node.connect();
  expect(client, "SET a 1\r\n", "+OK\r\n");
  auto other = std::async(std::launch::async, [&] { return node.system->snapshot(); });
  CHECK(other.get().info.keys == 1);
  CHECK(node.system->snapshot().executors.size() == 2);
  (void)node.system->stop(10s);
  CHECK(node.system->snapshot().info.keys == 0);
}

TEST_CASE("an address that cannot be used is an error of the start") {
  running_node node;
  auto options = options_for_test();
  options.listen = {{"127.0.0.1", node.system->addresses()[0].port}};
  const auto second = node_system::start(options, std::make_unique<comet::store::memory_store>());
  REQUIRE(!second.ok());
  CHECK(second.failure().code == errc::config);
}

TEST_CASE("a store whose facts are damaged is not opened") {
  auto store = std::make_unique<comet::store::memory_store>();
  comet::store::batch changes;
  changes.put(object::layout::meta_key(object::shard::counts_name), "damaged");
  REQUIRE(store->commit(changes).ok());
  const auto refused = node_system::start(options_for_test(), std::move(store));
  REQUIRE(!refused.ok());
}

TEST_CASE("a node listens on its own addresses and on nothing else") {
  const auto listening_sockets = [] {
    int count = 0;
    for (int fd = 0; fd < 1'024; ++fd) {
      int listens = 0;
      socklen_t size = sizeof listens;
      if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0)
        ++count;
    }
    return count;
  };
  const int before = listening_sockets();
  auto options = options_for_test();
  options.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  const running_node node{options};
  CHECK(listening_sockets() == before + 2);
  CHECK(node.system->addresses()[1].ip == "::1");
}

TEST_CASE("a node that is dropped stops by itself") {
  std::optional<loop_client> client;
  {
    running_node node;
    client.emplace(node.connect());
    expect(*client, "PING\r\n", "+PONG\r\n");
  }
  CHECK(client->at_end());
}
