#include "net/wire/channel_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>

using namespace comet;
using namespace comet::wire;

namespace {

struct client final : subscriber {
  void on_message(bytes_view, bytes_view) override {}
  void on_pattern_message(bytes_view, bytes_view, bytes_view) override {}
};

digest node(std::uint8_t number) {
  digest id{};
  id[0] = number;
  return id;
}

/// A node with one client, and its directory.
struct one_node {
  explicit one_node(const channel_directory_limits& limits = {}) : directory(limits) {
    registry.keep_changes();
  }

  /// What `peer` has to be told, of all that has to be said now; whoever else is told is dropped.
  std::optional<listening> told(const digest& peer) {
    std::optional<listening> said;
    for (const auto& order : directory.orders(registry))
      if (order.to == peer) said = *order.what;
    return said;
  }

  channels registry;
  client who;
  channel_directory directory;
};

listening whole(std::vector<bytes> channels, std::vector<bytes> patterns = {}) {
  return {true, false, std::move(channels), std::move(patterns), {}, {}};
}

const listening all_of_it{true, true, {}, {}, {}, {}};

using nodes = std::vector<digest>;

}  // namespace

TEST_CASE("a node is told all when its link comes up, then what changes, each name once a round") {
  one_node n;
  n.registry.subscribe(n.who, "a");
  n.registry.subscribe_pattern(n.who, "p*");
  CHECK(n.directory.orders(n.registry).empty());  // to nobody
  CHECK_FALSE(n.directory.has_news(n.registry));
  n.directory.link_up(node(1));
  CHECK(n.directory.has_news(n.registry));
  CHECK(n.told(node(1)) == whole({"a"}, {"p*"}));
  CHECK_FALSE(n.directory.has_news(n.registry));
  CHECK(n.directory.orders(n.registry).empty());

  client another;
  n.registry.subscribe(another, "a");  // heard of already
  n.registry.subscribe(n.who, "b");
  n.registry.unsubscribe_pattern(n.who, "p*");
  n.registry.subscribe(n.who, "short");
  n.registry.unsubscribe(n.who, "short");
  CHECK(n.directory.has_news(n.registry));
  CHECK(n.told(node(1)) == listening{false, false, {"b"}, {}, {"short"}, {"p*"}});

  n.registry.unsubscribe(n.who, "a");
  CHECK(n.directory.orders(n.registry).empty());
  n.registry.unsubscribe(another, "a");
  CHECK(n.told(node(1)) == listening{false, false, {}, {}, {"a"}, {}});
}

TEST_CASE("of two nodes each is told what it does not know yet") {
  one_node n;
  n.directory.link_up(node(1));
  CHECK(n.told(node(1)) == whole({}));
  n.registry.subscribe(n.who, "a");
  n.directory.link_up(node(2));
  const auto said = n.directory.orders(n.registry);
  REQUIRE(said.size() == 2);
  CHECK(*said[0].what == listening{false, false, {"a"}, {}, {}, {}});
  CHECK(*said[1].what == whole({"a"}));
}

TEST_CASE("a node to which something was lost, or whose link is new, is told all again") {
  one_node n;
  n.directory.link_up(node(1));
  n.told(node(1));
  n.registry.subscribe(n.who, "a");
  n.told(node(1));
  n.directory.link_up(node(1));
  n.directory.link_up(node(1));
  CHECK(n.told(node(1)) == whole({"a"}));
  CHECK_FALSE(n.directory.has_news(n.registry));
  n.directory.link_down(node(1));
  n.registry.subscribe(n.who, "b");
  CHECK(n.directory.orders(n.registry).empty());
  n.directory.link_up(node(1));
  n.directory.link_down(node(1));
  CHECK_FALSE(n.directory.has_news(n.registry));
  n.directory.link_up(node(1));
  CHECK(n.told(node(1)) == whole({"a", "b"}));
}

TEST_CASE("past its bounds a node says everything, and names again when half of them are left") {
  channel_directory_limits limits;
  const bool by_patterns = GENERATE(false, true);
  if (by_patterns) {
    limits.own.patterns_max = 4;
  } else {
    limits.own.bytes_max = 4 * channel_cost("0");
  }
  one_node n{limits};
  n.directory.link_up(node(1));
  n.told(node(1));
  const auto name = [](int i) { return std::to_string(i); };
  const auto begin = [&](int i) {
    by_patterns ? n.registry.subscribe_pattern(n.who, name(i))
                : n.registry.subscribe(n.who, name(i));
  };
  const auto end = [&](int i) {
    by_patterns ? n.registry.unsubscribe_pattern(n.who, name(i))
                : n.registry.unsubscribe(n.who, name(i));
  };
  for (int i = 0; i < 4; ++i)
    begin(i);
  CHECK_FALSE(n.told(node(1))->whole);
  begin(4);
  CHECK(n.told(node(1)) == all_of_it);
  begin(5);
  CHECK(n.directory.orders(n.registry).empty());
  n.directory.link_up(node(2));
  CHECK(n.told(node(2)) == all_of_it);
  for (int i = 5; i > 2; --i)
    end(i);
  CHECK(n.directory.orders(n.registry).empty());
  end(2);
  CHECK(n.told(node(1)) == (by_patterns ? whole({}, {"0", "1"}) : whole({"0", "1"})));
}

TEST_CASE("names that come and go within one round are no larger news than all that is there") {
  channel_directory_limits limits;
  limits.own.bytes_max = 1'000;
  one_node n{limits};
  n.registry.subscribe(n.who, "a");
  n.directory.link_up(node(1));
  n.told(node(1));
  for (int i = 0; i < 100; ++i) {
    n.registry.subscribe(n.who, std::to_string(i));
    n.registry.unsubscribe(n.who, std::to_string(i));
  }
  CHECK(n.told(node(1)) == whole({"a"}));
}

TEST_CASE("a message is for the nodes that listen to its channel, by name or by pattern, once") {
  one_node n;
  for (std::uint8_t i = 1; i <= 4; ++i)
    n.directory.link_up(node(i));
  n.directory.heard(node(3), whole({"news", "x"}, {"n*"}));
  n.directory.heard(node(1), whole({"news"}));
  n.directory.heard(node(2), whole({"other"}));
  n.directory.heard(node(4), whole({}, {"*ws"}));
  CHECK(n.directory.listeners_of("news") == nodes{node(1), node(3), node(4)});
  CHECK(n.directory.listeners_of("nothing") == nodes{node(3)});
  CHECK(n.directory.listeners_of("x") == nodes{node(3)});
  CHECK(n.directory.listeners_of("y").empty());
}

TEST_CASE("what a node says changes what it said before") {
  one_node n;
  n.directory.link_up(node(1));
  n.directory.heard(node(1), whole({"a", "b"}, {"p*"}));
  n.directory.heard(node(1), {false, false, {"c"}, {"q*"}, {"a"}, {"p*"}});
  for (const auto& [channel, listens] :
       {std::pair{"a", false}, {"b", true}, {"c", true}, {"p1", false}, {"q1", true}}) {
    CAPTURE(channel);
    CHECK(n.directory.listeners_of(channel).empty() != listens);
  }
  n.directory.heard(node(1), whole({"d"}));
  CHECK(n.directory.listeners_of("b").empty());
  CHECK(n.directory.listeners_of("q1").empty());
  CHECK(n.directory.listeners_of("d") == nodes{node(1)});
}

TEST_CASE("nothing is known of a node without a link, or before it said all") {
  one_node n;
  n.directory.heard(node(1), whole({"a"}));
  CHECK(n.directory.listeners_of("a").empty());
  n.directory.link_up(node(1));
  n.directory.heard(node(1), {false, false, {"a"}, {}, {}, {}});
  CHECK(n.directory.listeners_of("a").empty());
  n.directory.heard(node(1), whole({"a"}, {"*"}));
  n.directory.link_down(node(1));
  n.directory.link_down(node(1));
  CHECK(n.directory.listeners_of("a").empty());
  n.directory.link_up(node(1));
  CHECK(n.directory.listeners_of("a").empty());
}

TEST_CASE("a node that says everything is sent everything until it says names") {
  one_node n;
  n.directory.link_up(node(1));
  n.directory.heard(node(1), all_of_it);
  CHECK(n.directory.listeners_of("a") == nodes{node(1)});
  n.directory.heard(node(1), {false, false, {"b"}, {}, {"a"}, {}});
  CHECK(n.directory.listeners_of("a") == nodes{node(1)});
  n.directory.heard(node(1), whole({"b"}));
  CHECK(n.directory.listeners_of("a").empty());
}

TEST_CASE("a node that says more than is kept is taken to listen to everything") {
  channel_directory_limits limits;
  const bool by_patterns = GENERATE(false, true);
  if (by_patterns) {
    limits.heard.patterns_max = 2;
  } else {
    limits.heard.bytes_max = 2 * channel_cost("1");
  }
  one_node n{limits};
  n.directory.link_up(node(1));
  const auto say = [&](std::vector<bytes> names, bool is_whole) {
    listening said;
    said.whole = is_whole;
    (by_patterns ? said.patterns : said.channels) = std::move(names);
    n.directory.heard(node(1), said);
  };
  say({"1", "2"}, true);
  say({"1", "2"}, false);  // known already
  CHECK(n.directory.listeners_of("other").empty());
  say({"3"}, false);
  CHECK(n.directory.listeners_of("other") == nodes{node(1)});
  say({"3"}, true);
  CHECK(n.directory.listeners_of("other").empty());
  CHECK(n.directory.listeners_of("1").empty());
  CHECK(n.directory.listeners_of("3") == nodes{node(1)});
}

TEST_CASE("two directories that tell each other every change agree, whatever comes and goes") {
  one_node a{{{300, 4}, {600, 8}}};
  channel_directory b;
  a.directory.link_up(node(2));
  b.link_up(node(1));
  std::uint32_t random = 7;
  for (int i = 0; i < 3'000; ++i) {
    random = random * 1'664'525U + 1'013'904'223U;
    const auto name = std::string(1, static_cast<char>('a' + (random >> 8U) % 12U));
    switch (random >> 28U) {
      case 0: a.directory.link_up(node(2)); break;
      case 1:
      case 2:
      case 3: a.registry.subscribe_pattern(a.who, name + "*"); break;
      case 4:
      case 5:
      case 6: a.registry.unsubscribe_pattern(a.who, name + "*"); break;
      case 7:
      case 8:
      case 9:
      case 10: a.registry.subscribe(a.who, name); break;
      default: a.registry.unsubscribe(a.who, name); break;
    }
    if (random >> 24U & 1U) continue;
    bool everything = false;
    for (const auto& order : a.directory.orders(a.registry)) {
      b.heard(node(1), *order.what);
      everything = everything || order.what->everything;
    }
    for (char c = 'a'; c < 'm'; ++c) {
      const auto channel = std::string(1, c);
      const bool listens = a.registry.publish(channel, "") > 0;
      const bool sent = !b.listeners_of(channel).empty();
      CHECK((sent || !listens));
      if (!everything && b.listeners_of("nobody").empty()) CHECK(sent == listens);
    }
  }
}
