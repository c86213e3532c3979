// What a host tells of its turns besides their outcome: times, and what became of activations.
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "lua/host.hpp"
#include "tests/unit/lua/lone_node.hpp"

using namespace comet;
using namespace comet::object;
using comet::lua::test::lone_node;
using namespace std::chrono_literals;

namespace {

constexpr bytes_view counter = R"(
local aso = { value = 0 }
function aso:onGet() self.value = self.value + 1 return self.value end
return aso
)";

/// Orders and outcomes of a host, without a shard.
struct bare_host {
  object::policy limits;
  lua::host workers;
  instant now{from_unix_ms(1'700'000'000'000), mono_time{1h}};

  explicit bare_host(const object::policy& limits = {})
      : limits(limits), workers(this->limits, {"aa11", "203.0.113.7", 42}) {}

  void create(std::uint64_t id, const bytes& key, bytes_view source) {
    command c;
    c.what = op::aso_put;
    c.key = key;
    c.source = source;
    auto request = std::make_shared<turn_request>();
    request->kind = turn_kind::create;
    request->key = key;
    request->what = std::make_shared<owned_command>(c);
    request->successor =
        std::make_shared<object::code>(object::code{sha256(source), bytes{source}});
    work item;
    item.order.id = id;
    item.order.incarnation = id;
    item.order.request = std::move(request);
    item.order.sent = now.mono;
    work_batch batch;
    batch.items.push_back(std::move(item));
    workers.accept(std::move(batch), now);
  }
};

}  // namespace

TEST_CASE("a turn tells how long it waited and, to the next look at the clock, how long it ran") {
  bare_host h;
  h.create(1, "k", "while true do end");
  h.create(2, "k", counter);
  CHECK(h.workers.take_outcomes().waiting == 1);
  h.now.mono += 2ms;
  h.workers.run(1'000, h.now);  // the first burns its fuel, and the second runs
  h.now.mono += 3ms;
  h.workers.end_look(h.now.mono);
  const auto done = h.workers.take_outcomes();
  CHECK(done.waiting == 0);
  REQUIRE(done.finished.size() == 2);
  CHECK(done.finished[0].outcome.failure->code == errc::fuel);
  CHECK(done.finished[0].waited == 0ms);
  CHECK(done.finished[0].ran == 5ms);
  CHECK(done.finished[0].activated);
  CHECK(done.finished[1].waited == 2ms);
  CHECK(done.finished[1].ran == 3ms);
}

TEST_CASE("turns that never begin leave the count of those that wait") {
  bare_host h;
  h.create(1, "k", "while true do end");
  h.create(2, "k", counter);
  h.create(3, "k", counter);
  CHECK(h.workers.take_outcomes().waiting == 2);
  work item;
  item.what = work::kind::forget;
  item.forgotten = "k";
  work_batch batch;
  batch.items.push_back(std::move(item));
  h.workers.accept(std::move(batch), h.now);
  CHECK(h.workers.take_outcomes().waiting == 0);
}

TEST_CASE("a code is outlined without running it: its handlers and its methods, sorted") {
  constexpr bytes_view source = R"(
local aso = { value = 0 }
function aso:onTimer() end
function aso:reset() while true do end end
function aso:onGet() return self.value end
function aso:count() end
function aso:_inner() end
while false do end
return aso
)";
  bare_host h;
  work_batch batch;
  for (const bytes_view text : {source, bytes_view{"this is no code"}}) {
    work item;
    item.what = work::kind::outline;
    item.outlined = std::make_shared<object::code>(object::code{sha256(text), bytes{text}});
    batch.items.push_back(std::move(item));
  }
  h.workers.accept(std::move(batch), h.now);
  REQUIRE(h.workers.has_outcomes());
  const auto done = h.workers.take_outcomes();
  REQUIRE(done.outlined.size() == 2);
  CHECK(done.outlined[0].hash == sha256(source));
  CHECK(done.outlined[0].names.handlers == std::vector<bytes>{"onGet", "onTimer"});
  CHECK(done.outlined[0].names.methods == std::vector<bytes>{"count", "reset"});
  CHECK(done.outlined[1].names.handlers.empty());
  CHECK(done.outlined[1].names.methods.empty());
}

TEST_CASE("the code of an object that is put away for others is told, once") {
  struct witness final : observer {
    std::vector<digest> put_away;
    void passivated(const digest& code) override { put_away.push_back(code); }
  } seen;
  policy limits;
  limits.hot_objects_max = 1;
  lone_node node(limits);
  node.watched_by = &seen;
  node.restart();
  node.put("a", counter);
  node.get("a");
  CHECK(seen.put_away.empty());
  node.put("b", "return { value = 1 }");
  node.get("b");
  CHECK(seen.put_away == std::vector{sha256(counter)});
}
