#include "actors/listener.hpp"

#include <sys/resource.h>

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <vector>

#include "actor_stage.hpp"
#include "loop_client.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

struct listening final : acceptor {
  void accepted(int fd, wire::endpoint peer) override {
    clients.push_back(loop_client{fd});
    peers.push_back(std::move(peer));
  }
  void not_accepted(bytes_view why) override { complaints.emplace_back(why); }

  ~listening() {
    subject->stop();
    stage.run();
  }

  actor_stage stage;
  std::vector<loop_client> clients;
  std::vector<wire::endpoint> peers;
  std::vector<bytes> complaints;
  std::uint16_t port = 0;
  std::unique_ptr<listener> subject = make();

  std::unique_ptr<listener> make() {
    auto opened = listening_socket::open({"127.0.0.1", 0});
    REQUIRE(opened.ok());
    port = opened->local().port;
    return std::make_unique<listener>(stage.loop, std::move(*opened), *this);
  }
};

/// Lowers the number of descriptors to those that are open, for its life.
class no_descriptors {
 public:
  no_descriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const int next = ::dup(0);
    REQUIRE(next >= 0);
    ::close(next);
    auto low = before_;
    low.rlim_cur = static_cast<rlim_t>(next);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("port 0 becomes a free port that is told") {
  const auto opened = listening_socket::open({"localhost", 0});
  REQUIRE(opened.ok());
  CHECK(opened->local().ip == "127.0.0.1");
  CHECK(opened->local().port != 0);
}

TEST_CASE("an address in use is refused with its name") {
  const auto first = listening_socket::open({"127.0.0.1", 0});
  REQUIRE(first.ok());
  const auto second = listening_socket::open({"127.0.0.1", first->local().port});
  REQUIRE(!second.ok());
  CHECK(second.failure().code == errc::config);
  CHECK(second.failure().message.find(std::to_string(first->local().port)) != bytes::npos);
}

TEST_CASE("several clients that wait are accepted in one event, with their addresses") {
  listening l;
  std::vector<loop_client> clients;
  for (int i = 0; i < 5; ++i)
    clients.push_back(loop_client::to_port(l.port));
  l.stage.run();
  REQUIRE(l.clients.size() == 5);
  CHECK(l.peers[0].ip == "127.0.0.1");
  CHECK(l.peers[0].port != 0);
}

TEST_CASE("a stopped listener accepts nobody and leaves the loop") {
  listening l;
  l.stage.run();
  l.subject->stop();
  const auto client = loop_client::to_port(l.port);
  l.stage.run();
  CHECK(l.clients.empty());
  CHECK(l.subject->released());
}

TEST_CASE("without descriptors a client is turned away instead of spinning") {
  listening l;
  const auto first = loop_client::to_port(l.port);
  const auto second = loop_client::to_port(l.port);
  {
    const no_descriptors none;
    l.stage.run();
  }
  CHECK(l.clients.empty());
  CHECK(l.complaints.size() == 2);
  CHECK(first.at_end());
  CHECK(second.at_end());

  const auto third = loop_client::to_port(l.port);
  l.stage.run();
  CHECK(l.clients.size() == 1);
}
