#include "net/overlay/lookup.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <optional>
#include <set>

#include "tests/unit/net/overlay/contacts.hpp"

namespace comet::overlay {

using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

struct stage {
  prng random{5};
  node_id self = random_id(random);
  node_id target = random_id(random);
  std::vector<contact> nodes = nearest_first(random_contacts(random, 300));

  [[nodiscard]] std::vector<contact> nearest_first(std::vector<contact> all) const {
    std::sort(all.begin(), all.end(),
              [this](const contact& a, const contact& b) { return is_nearer(target, a.id, b.id); });
    return all;
  }
  [[nodiscard]] std::vector<contact> some(std::size_t from, std::size_t count) const {
    const auto first = nodes.begin() + static_cast<std::ptrdiff_t>(from);
    return {first, first + static_cast<std::ptrdiff_t>(count)};
  }
  /// What an honest node answers that knows all: the nearest of those half as far as itself.
  [[nodiscard]] std::vector<contact> honest(const contact& asked) const {
    const auto place =
        static_cast<std::size_t>(std::find(nodes.begin(), nodes.end(), asked) - nodes.begin());
    return some(place / 2, 20);
  }
  lookup begin(const lookup_options& options, const std::vector<contact>& known) const {
    return {self, target, options, known, start};
  }
  /// Asks until done; `answer` gives nothing for a failure.
  using answers = std::function<std::optional<std::vector<contact>>(const contact&)>;
  static lookup_outcome run(lookup& l, const answers& answer) {
    for (auto asked = l.next(start); !l.done(); asked = l.next(start)) {
      for (const auto& who : asked) {
        if (const auto said = answer(who)) {
          l.on_reply(who, *said);
        } else {
          l.on_failure(who);
        }
      }
    }
    return l.outcome();
  }
};

}  // namespace

TEST_CASE("a lookup ends with the nearest nodes there are, nearest first") {
  stage s;
  auto l = s.begin({.results = 6}, s.some(200, 6));
  const auto out = s.run(l, [&](const contact& who) { return s.honest(who); });
  CHECK(out.complete);
  CHECK(out.nearest == s.some(0, 6));
  CHECK(out.hops > 1);
  CHECK(out.hops <= 9);
  CHECK(out.requests >= 6);
  CHECK(out.failures == 0);
}

TEST_CASE("at most alpha requests of a path are under way, and nobody is asked twice") {
  stage s;
  auto l = s.begin({.results = 6, .parallel = 3, .paths = 2}, s.some(200, 20));
  std::set<node_id> asked;
  auto under_way = l.next(start);
  CHECK(under_way.size() == 6);
  CHECK(l.next(start).empty());
  while (!l.done()) {
    REQUIRE(under_way.size() <= 6);
    const auto who = under_way.front();
    under_way.erase(under_way.begin());
    REQUIRE(asked.insert(who.id).second);
    l.on_reply(who, s.honest(who));
    for (const auto& next : l.next(start))
      under_way.push_back(next);
  }
  CHECK(l.outcome().requests == asked.size());
}

TEST_CASE("nodes that fail are passed over") {
  stage s;
  auto l = s.begin({.results = 6}, s.some(100, 6));
  const auto gone = s.some(0, 3);
  const auto out = s.run(l, [&](const contact& who) -> std::optional<std::vector<contact>> {
    if (std::find(gone.begin(), gone.end(), who) != gone.end()) return std::nullopt;
    return s.honest(who);
  });
  CHECK(out.complete);
  CHECK(out.failures > 0);
  CHECK(out.nearest == s.some(3, 6));
}

TEST_CASE("a lookup that knows nobody, or hears nobody, is not complete") {
  stage s;
  auto empty = s.begin({}, {});
  CHECK(empty.next(start).empty());
  CHECK(empty.done());
  CHECK_FALSE(empty.outcome().complete);
  auto deaf = s.begin({}, s.some(0, 5));
  const auto out = s.run(deaf, [](const contact&) { return std::nullopt; });
  CHECK_FALSE(out.complete);
  CHECK(out.failures == 10);  // each asked twice
  CHECK(out.nearest.empty());
}

TEST_CASE("a liar spoils its own path only") {
  stage s;
  const auto first = s.some(100, 2);
  auto l = s.begin({.results = 3, .paths = 2}, first);
  const auto friends = s.some(250, 20);
  const auto out = s.run(l, [&](const contact& who) -> std::optional<std::vector<contact>> {
    const bool lies =
        who == first[0] || std::find(friends.begin(), friends.end(), who) != friends.end();
    return lies ? friends : s.honest(who);
  });
  CHECK(out.complete);
  CHECK(out.nearest == s.some(0, 3));
}

TEST_CASE("who knows one node alone deals out what it replies, so no liar in it is the only way") {
  stage s;
  const auto only = s.nodes[299];
  const auto friends = s.some(150, 20);
  const auto lies = [&](const contact& who) {
    return std::find(friends.begin(), friends.end(), who) != friends.end();
  };
  const auto answer = [&](const contact& who) -> std::optional<std::vector<contact>> {
    if (who == only) return std::vector{friends[0], s.nodes[200], s.nodes[201]};
    return lies(who) ? friends : s.honest(who);
  };
  auto l = s.begin({.results = 3, .parallel = 1, .paths = 3}, {only});
  CHECK(s.run(l, answer).nearest == s.some(0, 3));
  auto single = s.begin({.results = 3, .parallel = 1}, {only});
  CHECK(s.run(single, answer).nearest == std::vector(friends.begin(), friends.begin() + 3));
}

TEST_CASE("who names the nearest node under a false address hides it from nobody") {
  stage s;
  auto elsewhere = s.nodes[0];
  elsewhere.where = contact_at(s.self, 0xFFFF).where;
  const auto liar = s.nodes[10];
  auto l = s.begin({.results = 3}, {liar, s.nodes[60]});
  const auto out = s.run(l, [&](const contact& who) -> std::optional<std::vector<contact>> {
    if (who == elsewhere) return std::nullopt;
    return who == liar ? std::vector{elsewhere} : s.honest(who);
  });
  CHECK(out.nearest == s.some(0, 3));
}

TEST_CASE("a node that answers at two addresses is one of the nearest once") {
  stage s;
  auto second = s.nodes[0];
  second.where = contact_at(s.self, 0xFFFF).where;
  auto l = s.begin({.results = 3}, {s.nodes[0], second, s.nodes[1], s.nodes[2]});
  const auto out = s.run(l, [](const contact&) { return std::vector<contact>{}; });
  REQUIRE(out.nearest.size() == 3);
  CHECK(out.nearest[1] == s.nodes[1]);
  CHECK(out.nearest[2] == s.nodes[2]);
}

TEST_CASE("after three failures nothing of a reply is believed that named nobody who answers") {
  stage s;
  const auto liar = s.nodes[50];
  auto l = s.begin({.results = 3}, {liar, s.nodes[51]});
  std::size_t invented_asked = 0;
  const auto out = s.run(l, [&](const contact& who) -> std::optional<std::vector<contact>> {
    if (who == liar) {
      std::vector<contact> invented;
      for (std::uint32_t i = 0; i < 20; ++i)
        invented.push_back(contact_at(random_id_sharing(s.target, 40, s.random), i));
      return invented;
    }
    if (common_prefix_bits(who.id, s.target) == 40) {
      ++invented_asked;
      return std::nullopt;
    }
    return s.honest(who);
  });
  CHECK(invented_asked <= 2 * lookup::failures_until_distrust);
  CHECK(out.complete);
  CHECK(out.nearest == s.some(0, 3));
}

TEST_CASE("replies without end are bounded in requests, contacts and hops") {
  stage s;
  const lookup_options options{.results = 6, .requests_max = 50};
  auto l = s.begin(options, s.some(0, 3));
  unsigned bits = 10;
  std::size_t asked = 0;
  const auto out = s.run(l, [&](const contact&) {
    ++asked;
    std::vector<contact> nearer;
    for (std::uint32_t i = 0; i < 200; ++i)
      nearer.push_back(contact_at(random_id_sharing(s.target, bits, s.random), i));
    bits = std::min(bits + 1, 200U);
    return nearer;
  });
  CHECK(asked <= 50);
  CHECK_FALSE(out.complete);
  CHECK(out.hops <= options.hops_max);
  CHECK_FALSE(out.nearest.empty());
  CHECK(out.nearest.size() <= 6);
}

TEST_CASE("one lost message does not hide the nearest node") {
  stage s;
  auto l = s.begin({.results = 6}, s.some(100, 6));
  std::set<node_id> lost;
  const auto out = s.run(l, [&](const contact& who) -> std::optional<std::vector<contact>> {
    if (is_nearer(s.target, who.id, s.nodes[3].id) && lost.insert(who.id).second)
      return std::nullopt;
    return s.honest(who);
  });
  CHECK(out.nearest == s.some(0, 6));
  CHECK(out.failures == 3);
}

TEST_CASE("a lookup ends at its deadline whatever is under way") {
  stage s;
  auto l = s.begin({.time_max = 10s}, s.some(0, 5));
  const auto asked = l.next(start);
  REQUIRE(asked.size() == 3);
  l.on_reply(asked[0], {});
  CHECK(l.next(start + 10s).empty());
  CHECK(l.done());
  CHECK_FALSE(l.outcome().complete);
  CHECK(l.outcome().nearest == std::vector{asked[0]});
}

TEST_CASE("replies of nodes that were not asked change nothing") {
  stage s;
  auto l = s.begin({}, s.some(10, 3));
  const auto asked = l.next(start);
  l.on_reply(s.nodes[0], s.some(0, 5));
  l.on_failure(s.nodes[0]);
  l.on_reply(asked[0], {});
  l.on_reply(asked[0], s.some(0, 5));
  CHECK(l.next(start).empty());
  CHECK_FALSE(l.done());
  CHECK(l.outcome().nearest == std::vector{asked[0]});
}

TEST_CASE("a lookup never asks its own node, nor what cannot be dialled") {
  stage s;
  auto nowhere = s.nodes[1];
  nowhere.where.port = 0;
  auto l = s.begin({}, {contact_at(s.self, 1), nowhere});
  CHECK(l.next(start).empty());
  CHECK(l.done());
}

}  // namespace comet::overlay
