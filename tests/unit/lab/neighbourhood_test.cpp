#include "lab/neighbourhood.hpp"

#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "lab/world_options.hpp"

using namespace comet;
using namespace comet::lab;

namespace {

/// A few neighbourhoods that hear each other at once.
struct village {
  struct house final : neighbourhood_host {
    house(village& in, std::uint32_t number, bool joins)
        : all(in),
          who{overlay::id_of_key("node" + std::to_string(number)),
              overlay::v4_address(0x0a4d0000 + number, 7400), 1},
          subject({who, number, number, number, joins, false}, *this, in.now) {}

    bool send(const digest& to, message what) override {
      all.post.push_back({overlay::to_digest(who.id), to, std::move(what)});
      return true;
    }
    void map_drawn(std::shared_ptr<const object::key_map> drawn,
                   std::optional<bytes> why) override {
      map = std::move(drawn);
      joining = std::move(why);
    }
    void lookup_ended(object::forward_outcome outcome) override {
      found.push_back(std::move(outcome));
    }

    village& all;
    overlay::contact who;
    std::shared_ptr<const object::key_map> map;
    std::optional<bytes> joining;
    std::vector<object::forward_outcome> found;
    neighbourhood subject;
  };
  struct letter {
    digest from{};
    digest to{};
    message what;
  };

  house& add(bool joins) {
    houses.push_back(
        std::make_unique<house>(*this, static_cast<std::uint32_t>(houses.size() + 1), joins));
    auto& fresh = *houses.back();
    fresh.subject.start(now);
    for (auto& other : houses) {
      if (other.get() == &fresh) continue;
      other->subject.link_up(overlay::to_digest(fresh.who.id), {fresh.who, 1, now}, now);
      fresh.subject.link_up(overlay::to_digest(other->who.id), {other->who, 1, {}}, now);
    }
    run(40);
    return fresh;
  }
  void run(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      now += neighbourhood::tick_pause;
      for (auto& one : houses)
        one->subject.tick(now);
      while (!post.empty()) {
        auto next = std::move(post.front());
        post.pop_front();
        now += std::chrono::microseconds{10};
        deliver(next);
      }
    }
  }
  void deliver(letter& next) {
    for (auto& one : houses) {
      if (overlay::to_digest(one->who.id) != next.to) continue;
      if (auto* said = std::get_if<presence>(&next.what))
        one->subject.receive(next.from, *said, now);
      else if (auto* told = std::get_if<present>(&next.what))
        one->subject.receive(next.from, *told, now);
      else if (auto* asked = std::get_if<overlay_request>(&next.what))
        one->subject.receive(next.from, *asked, now);
      else if (auto* answer = std::get_if<overlay_reply>(&next.what))
        one->subject.receive(next.from, *answer, now);
    }
  }

  mono_time now{std::chrono::hours{1}};
  std::vector<std::unique_ptr<house>> houses;
  std::deque<letter> post;
};

}  // namespace

TEST_CASE("one without others is the first of its network") {
  village all;
  auto& first = all.add(false);
  CHECK(first.subject.joined());
  CHECK(first.map->others().empty());
  CHECK_FALSE(first.joining);
}

TEST_CASE("one that has to join says so until it has") {
  village all;
  auto& alone = all.add(true);
  CHECK_FALSE(alone.subject.joined());
  CHECK(alone.joining);
}

TEST_CASE("all know each other, and how they stand, when the last has joined") {
  village all;
  for (int i = 0; i < 4; ++i)
    all.add(i > 0);
  for (const auto& one : all.houses) {
    CHECK(one->subject.is_settled());
    REQUIRE(one->map->others().size() == 3);
    for (const auto& other : one->map->others()) {
      CHECK(other.stays());
      CHECK(one->subject.counts(other.id, other.life));
    }
  }
}

TEST_CASE("one that leaves is drawn so, and is gone when its link ends") {
  village all;
  auto& stays = all.add(false);
  auto& goes = all.add(true);
  goes.subject.leave(all.now);
  all.run(4);
  REQUIRE(stays.map->others().size() == 1);
  CHECK(stays.map->others().front().leaves);
  CHECK(goes.map->self_leaves());
  stays.subject.link_down(overlay::to_digest(goes.who.id), all.now);
  CHECK(stays.map->others().empty());
}

TEST_CASE("a lookup of the shard is answered with the nodes that were found") {
  village all;
  all.add(false);
  auto& asker = all.add(true);
  object::command c;
  c.what = object::op::lookup;
  c.key = "anything";
  object::forward_order order;
  order.number = 5;
  order.what = std::make_shared<const object::owned_command>(c);
  asker.subject.look_up(order, all.now);
  all.run(4);
  REQUIRE(asker.found.size() == 1);
  CHECK(asker.found[0].number == 5);
  CHECK(asker.found[0].content.items.size() >= 1);
}
