#include "net/wire/channels.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::wire;

namespace {

struct listener final : subscriber {
  std::vector<bytes> heard;
  void on_message(bytes_view channel, bytes_view message) override {
    heard.push_back(bytes{channel} + "=" + bytes{message});
  }
  void on_pattern_message(bytes_view pattern, bytes_view channel, bytes_view message) override {
    heard.push_back(bytes{pattern} + ":" + bytes{channel} + "=" + bytes{message});
  }
};

using heard = std::vector<bytes>;

}  // namespace

TEST_CASE("a message reaches the subscribers of its channel and of matching patterns") {
  channels registry;
  listener a;
  listener b;
  CHECK(registry.subscribe(a, "news"));
  CHECK(registry.subscribe(b, "news"));
  CHECK(registry.subscribe_pattern(b, "n*"));
  CHECK(registry.subscribe_pattern(b, "x*"));
  CHECK(registry.publish("news", "1") == 3);
  CHECK(registry.publish("nothing", "2") == 1);
  CHECK(registry.publish("other", "3") == 0);
  CHECK(a.heard == heard{"news=1"});
  CHECK(b.heard == heard{"news=1", "n*:news=1", "n*:nothing=2"});
}

TEST_CASE("subscribing twice is subscribing once") {
  channels registry;
  listener a;
  CHECK(registry.subscribe(a, "c"));
  CHECK(!registry.subscribe(a, "c"));
  CHECK(registry.publish("c", "x") == 1);
  CHECK(registry.unsubscribe(a, "c"));
  CHECK(!registry.unsubscribe(a, "c"));
  CHECK(!registry.unsubscribe_pattern(a, "c"));
  CHECK(registry.publish("c", "x") == 0);
}

TEST_CASE("channels and patterns are counted while somebody listens") {
  channels registry;
  listener a;
  listener b;
  registry.subscribe(a, "one");
  registry.subscribe(b, "one");
  registry.subscribe(a, "two");
  registry.subscribe_pattern(a, "t*");
  CHECK(registry.active("") == std::vector<bytes>{"one", "two"});
  CHECK(registry.active("t*") == std::vector<bytes>{"two"});
  CHECK(registry.subscribers_of("one") == 2);
  CHECK(registry.subscribers_of("three") == 0);
  CHECK(registry.patterns() == 1);
  CHECK(registry.channel_count() == 2);
  registry.unsubscribe(a, "two");
  registry.unsubscribe_pattern(a, "t*");
  CHECK(registry.active("") == std::vector<bytes>{"one"});
  CHECK(registry.patterns() == 0);
}

TEST_CASE("names that get their first subscriber or lose their last are kept as changes") {
  channels registry;
  listener a;
  listener b;
  registry.subscribe(a, "unseen");
  CHECK_FALSE(registry.has_changes());
  registry.keep_changes();
  registry.subscribe(a, "c");
  registry.subscribe(b, "c");
  registry.subscribe_pattern(a, "p*");
  CHECK(registry.has_changes());
  auto changes = registry.take_changes();
  CHECK(changes.channels == std::set<bytes>{"c"});
  CHECK(changes.patterns == std::set<bytes>{"p*"});
  CHECK(changes.cost == channel_cost("c") + channel_cost("p*"));
  CHECK_FALSE(registry.has_changes());
  registry.unsubscribe(a, "c");
  CHECK_FALSE(registry.has_changes());
  registry.unsubscribe(b, "c");
  registry.unsubscribe_pattern(a, "p*");
  changes = registry.take_changes();
  CHECK(changes.channels == std::set<bytes>{"c"});
  CHECK(changes.patterns == std::set<bytes>{"p*"});
}

TEST_CASE("what all names cost is known while there are subscribers") {
  channels registry;
  listener a;
  listener b;
  registry.subscribe(a, "one");
  registry.subscribe(b, "one");
  registry.subscribe_pattern(a, "o*");
  CHECK(registry.cost() == channel_cost("one") + channel_cost("o*"));
  CHECK(registry.all_patterns() == std::vector<bytes>{"o*"});
  CHECK(registry.has_pattern("o*"));
  CHECK_FALSE(registry.has_pattern("one"));
  registry.unsubscribe(a, "one");
  registry.unsubscribe(b, "one");
  registry.unsubscribe_pattern(a, "o*");
  CHECK(registry.cost() == 0);
  CHECK_FALSE(registry.has_pattern("o*"));
}
