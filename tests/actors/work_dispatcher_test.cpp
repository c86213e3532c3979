#include "actors/work_dispatcher.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

using namespace comet;
using namespace comet::actors;

namespace {

object::work run(std::uint64_t turn, const bytes& key) {
  auto request = std::make_shared<object::turn_request>();
  request->key = key;
  object::work item;
  item.order.id = turn;
  item.order.request = std::move(request);
  return item;
}

object::work resume(std::uint64_t turn) {
  object::work item;
  item.what = object::work::kind::resume;
  item.resumed.turn = turn;
  return item;
}

object::work forget(const bytes& key) {
  object::work item;
  item.what = object::work::kind::forget;
  item.forgotten = key;
  return item;
}

bytes key_for(const work_dispatcher& d, std::size_t executor) {
  for (int i = 0;; ++i) {
    auto key = "key" + std::to_string(i);
    if (d.executor_of(key) == executor) return key;
  }
}

}  // namespace

TEST_CASE("turns and forgetting of one key go to the same executor in order") {
  work_dispatcher d{3};
  const auto key = key_for(d, 2);
  d.add({run(1, key), forget(key), run(2, key)});
  CHECK(!d.take(0));
  CHECK(!d.take(1));
  const auto batch = d.take(2);
  REQUIRE(batch);
  REQUIRE(batch->items.size() == 3);
  CHECK(batch->items[0].order.id == 1);
  CHECK(batch->items[1].what == object::work::kind::forget);
  CHECK(batch->items[2].order.id == 2);
  CHECK(!d.take(2));
}

TEST_CASE("an order to outline a code goes to one executor, always the same") {
  work_dispatcher d{3};
  const auto order = [] {
    object::work item;
    item.what = object::work::kind::outline;
    item.outlined = std::make_shared<object::code>(object::code{sha256("x"), "x"});
    return item;
  };
  std::vector<object::work> items;
  items.push_back(order());
  items.push_back(order());
  d.add(std::move(items));
  std::vector<std::size_t> taken;
  for (std::size_t executor = 0; executor < 3; ++executor)
    if (const auto batch = d.take(executor)) taken.push_back(batch->items.size());
  CHECK(taken == std::vector<std::size_t>{2});
}

TEST_CASE("keys spread over the executors") {
  const work_dispatcher d{4};
  std::vector<int> hits(4);
  for (int i = 0; i < 4'000; ++i)
    ++hits[d.executor_of("key" + std::to_string(i))];
  for (const auto n : hits)
    CHECK(n > 800);
}

TEST_CASE("an answer finds the executor whose turn waits, and nobody once the turn is over") {
  work_dispatcher d{2};
  object::outcome_batch asked;
  asked.serial = 1;
  asked.outcalls.emplace_back().turn = 7;
  d.fold(1, asked);
  d.add({resume(7)});
  CHECK(!d.take(0));
  REQUIRE(d.take(1));

  object::outcome_batch done;
  done.serial = 2;
  done.finished.emplace_back().id = 7;
  d.fold(1, done);
  d.add({resume(7)});
  CHECK(!d.take(0));
  CHECK(!d.take(1));
}

TEST_CASE("a lone executor gets every answer") {
  work_dispatcher d{1};
  d.add({resume(7)});
  REQUIRE(d.take(0));
}

TEST_CASE("forgetting everything reaches every executor") {
  work_dispatcher d{3};
  object::work all;
  all.what = object::work::kind::forget_all;
  d.add({all});
  for (std::size_t i = 0; i < 3; ++i) {
    const auto batch = d.take(i);
    REQUIRE(batch);
    REQUIRE(batch->items.size() == 1);
    CHECK(batch->items[0].what == object::work::kind::forget_all);
  }
}

TEST_CASE("each executor is told the serial of its own last folded batch") {
  work_dispatcher d{2};
  object::outcome_batch first;
  first.serial = 5;
  d.fold(0, first);
  d.add({run(1, key_for(d, 0)), run(2, key_for(d, 1))});
  CHECK(d.take(0)->folded == 5);
  CHECK(d.take(1)->folded == 0);
}

TEST_CASE("an idle executor is told once what was folded since its last batch") {
  work_dispatcher d{1};
  CHECK(!d.take_acknowledgement(0));
  object::outcome_batch done;
  done.serial = 9;
  d.fold(0, done);
  const auto told = d.take_acknowledgement(0);
  REQUIRE(told);
  CHECK(told->folded == 9);
  CHECK(told->items.empty());
  CHECK(!d.take_acknowledgement(0));
}
