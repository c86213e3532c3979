#include "lab/network.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace comet;
using namespace comet::lab;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Remembers what it hears.
class ear final : public link_end {
 public:
  void link_up(node_number peer) override { heard += "+" + std::to_string(peer); }
  void link_down(node_number peer, const error&) override { heard += "-" + std::to_string(peer); }
  void receive(node_number, message what) override { heard += std::get<published>(what).message; }

  bytes heard;
};

struct two_nodes {
  two_nodes() {
    links.enter(1, a);
    links.enter(2, b);
    run(milliseconds{100});
  }
  void run(std::chrono::nanoseconds span) {
    const auto end = time.now().mono + span;
    while (time.next() && *time.next() <= end)
      time.step();
    time.pass_to(end);
  }
  bool say(node_number from, node_number to, bytes text) {
    return links.send(from, to, published{"", std::move(text)});
  }

  lab::clock time{epoch};
  network links{time, {}};
  ear a;
  ear b;
};

}  // namespace

TEST_CASE("a link comes up by itself and keeps the order of what is sent") {
  two_nodes net;
  CHECK(net.a.heard == "+2");
  CHECK(net.b.heard == "+1");
  for (const bytes text : {"x", "y", "z"})
    REQUIRE(net.say(1, 2, text));
  CHECK(net.links.has_awaited());
  net.run(milliseconds{10});
  CHECK(net.b.heard == "+1xyz");
  CHECK_FALSE(net.links.has_awaited());
}

TEST_CASE("what is sent over a link that is cut arrives when it is whole again soon") {
  two_nodes net;
  net.links.cut({{1, 2}});
  REQUIRE(net.say(1, 2, "x"));
  net.run(seconds{10});
  CHECK(net.b.heard == "+1");
  CHECK_FALSE(net.links.has_awaited());
  net.links.cut({});
  net.run(milliseconds{10});
  CHECK(net.b.heard == "+1x");
}

TEST_CASE("a link that is silent for too long goes down, and what was on its way is lost") {
  two_nodes net;
  net.links.cut({{1, 2}});
  REQUIRE(net.say(1, 2, "x"));
  net.run(network::silence_max + seconds{1});
  CHECK(net.a.heard == "+2-2");
  CHECK_FALSE(net.links.is_up(1, 2));
  CHECK_FALSE(net.say(1, 2, "y"));
  net.links.cut({});
  net.run(milliseconds{100});
  CHECK(net.b.heard == "+1-1+1");
}

TEST_CASE("a paused node hears what waited for it, in order, when it goes on") {
  two_nodes net;
  net.links.pause(2);
  REQUIRE(net.say(1, 2, "x"));
  REQUIRE(net.say(1, 2, "y"));
  net.run(seconds{5});
  CHECK(net.b.heard == "+1");
  net.links.resume(2);
  net.run(milliseconds{10});
  CHECK(net.b.heard == "+1xy");
}

TEST_CASE("who loses its power is missed late, who ends orderly at once") {
  two_nodes net;
  net.links.leave(2, false);
  net.run(seconds{1});
  CHECK(net.a.heard == "+2");
  net.run(network::silence_max);
  CHECK(net.a.heard == "+2-2");
  ear again;
  net.links.enter(2, again);
  net.run(milliseconds{100});
  net.links.leave(2, true);
  CHECK(net.a.heard == "+2-2+2-2");
}

TEST_CASE("a lost message arrives late, and those behind it with it") {
  two_nodes net;
  net.links.set_terms(1, 2, {milliseconds{50}, 0.5});
  for (int i = 0; i < 20; ++i)
    REQUIRE(net.say(1, 2, std::string(1, static_cast<char>('a' + i))));
  net.run(milliseconds{40});
  CHECK(net.b.heard == "+1");
  net.run(seconds{25});
  CHECK(net.b.heard == "+1abcdefghijklmnopqrst");
}
