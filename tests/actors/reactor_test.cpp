#include "actors/reactor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "reactor_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("a read of a passive value needs nobody but the reactor") {
  reactor_stage r;
  const auto client = r.connect();
  CHECK(r.ask(client, "GET a\r\n") == "$-1\r\n");
  CHECK(r.writer.seen().empty());
  CHECK(r.executor.seen().empty());
  CHECK(r.loader.seen().empty());
}

TEST_CASE("the answer to a write leaves when its batch is committed") {
  reactor_stage r;
  const auto client = r.connect();
  CHECK(r.ask(client, "SET a 1\r\n").empty());
  const auto order = r.written();
  r.acknowledge(order);
  CHECK(client.received() == "+OK\r\n");
}

TEST_CASE("a read of a value that is not durable waits with it, and order is kept") {
  reactor_stage r;
  const auto writer = r.connect();
  const auto reader = r.connect();
  CHECK(r.ask(writer, "SET a 1\r\nPING\r\n").empty());
  CHECK(r.ask(reader, "GET a\r\nPING\r\n").empty());
  r.acknowledge(r.written());
  CHECK(writer.received() == "+OK\r\n+PONG\r\n");
  CHECK(reader.received() == "$1\r\n1\r\n+PONG\r\n");
}

TEST_CASE("without durability no answer waits for the store") {
  node_options options;
  options.durability = store::durability::none;
  reactor_stage r{options};
  const auto client = r.connect();
  CHECK(r.ask(client, "SET a 1\r\n") == "+OK\r\n");
  CHECK(!r.writer.seen().empty());
}

TEST_CASE("an answer that has to be durable makes the store sync when its batch is committed") {
  reactor_stage r;
  const auto client = r.connect();
  CHECK(r.ask(client, "COMET WITH DURABILITY always SET a 1\r\n").empty());
  CHECK(r.syncer.seen().empty());
  r.acknowledge(r.written());
  CHECK(client.received().empty());
  REQUIRE(r.syncer.seen().size() == 1);
  caf::anon_send(r.reactor, synced{});
  r.stage.run();
  CHECK(client.received() == "+OK\r\n");
}

TEST_CASE("where each commit is synced an answer that has to be durable waits for no other") {
  node_options options;
  options.durability = store::durability::always;
  reactor_stage r{options};
  const auto client = r.connect();
  CHECK(r.ask(client, "COMET WITH DURABILITY always SET a 1\r\n").empty());
  r.acknowledge(r.written());
  CHECK(client.received() == "+OK\r\n");
  CHECK(r.syncer.seen().empty());
}

TEST_CASE("writes of one poll round leave as one batch") {
  reactor_stage r;
  const auto a = r.connect();
  const auto b = r.connect();
  a.send("SET a 1\r\nSET b 2\r\n");
  b.send("SET c 3\r\n");
  r.stage.run();
  r.acknowledge(r.written());
  CHECK(r.writer.seen().empty());
  CHECK(a.received() == "+OK\r\n+OK\r\n");
  CHECK(b.received() == "+OK\r\n");
}

TEST_CASE("two batches may be under way; what comes meanwhile is one batch, sent after the first") {
  reactor_stage r;
  const auto client = r.connect();
  for (const auto* request : {"SET a 1\r\n", "SET b 1\r\n", "SET c 1\r\n", "SET d 1\r\n"}) {
    client.send(request);
    r.stage.run();
  }
  CHECK(r.writer.seen().size() == 2);
  r.acknowledge(r.written());
  CHECK(client.received() == "+OK\r\n");
  CHECK(r.writer.seen().size() == 2);
  r.acknowledge(r.written());
  r.acknowledge(r.written());
  CHECK(client.received() == "+OK\r\n+OK\r\n+OK\r\n");
  CHECK(r.writer.seen().empty());
}

TEST_CASE("a failed commit answers with the error, and the next batch is of the next epoch") {
  reactor_stage r;
  const auto client = r.connect();
  (void)r.ask(client, "SET a 1\r\n");
  (void)r.ask(client, "SET b 1\r\n");
  const auto first = r.written();
  const auto second = r.written();
  CHECK(second.epoch == first.epoch);
  r.acknowledge(first, error{errc::disk_full, "no space left"});
  const auto answers = client.received();
  CHECK(answers.find("no space left") != bytes::npos);
  CHECK(answers.find("+OK") == bytes::npos);
  CHECK(std::count(answers.begin(), answers.end(), '\n') == 2);
  REQUIRE(r.log.size() == 1);
  CHECK(r.log[0].find("no space left") != bytes::npos);

  r.acknowledge(second);  // of the epoch that failed: nothing that counts
  (void)r.ask(client, "SET c 1\r\n");
  r.load_nothing();  // a failed commit makes the shard forget
  const auto third = r.written();
  CHECK(third.epoch == first.epoch + 1);
  r.acknowledge(third);
  CHECK(r.log.size() == 2);
}

TEST_CASE("requests of a poll round for code leave as one batch of work, and the answer returns") {
  reactor_stage r;
  const auto client = r.connect();
  CHECK(r.ask(client, "ASO.PUT k \"return {value=1}\"\r\nASO.PUT l \"return {}\"\r\n").empty());
  auto batch = r.ordered();
  CHECK(r.executor.seen().empty());
  REQUIRE(batch.items.size() == 2);
  CHECK(batch.items[0].order.request->key == "k");
  CHECK(batch.items[1].order.request->key == "l");

  object::outcome_batch done;
  for (const auto& item : batch.items) {
    auto& turn = done.finished.emplace_back();
    turn.id = item.order.id;
    turn.outcome.answer = object::reply::failure(errc::script, "no");
    turn.outcome.failure = error{errc::script, "no"};
  }
  r.report(std::move(done));
  const auto answers = client.received();
  CHECK(std::count(answers.begin(), answers.end(), '-') == 2);
}

TEST_CASE("a key that is not in memory is loaded, and its answer waits for the load") {
  object::stored_facts facts;
  facts.objects = 1;  // so the cache does not know everything
  reactor_stage r{{}, facts};
  const auto client = r.connect();
  CHECK(r.ask(client, "GET a\r\nPING\r\n").empty());
  REQUIRE(r.loader.seen().size() == 1);
  const auto orders = r.loader.seen()[0].take();
  REQUIRE(orders.size() == 1);
  CHECK(orders[0].store_key == object::layout::object_key("a"));

  object::record record;
  record.version = 1;
  record.incarnation = 1;
  record.value = "stored";
  object::loaded found;
  found.ticket = orders[0].ticket;
  found.content = std::optional<bytes>{object::encode(record)};
  std::vector<object::loaded> all;
  all.push_back(std::move(found));
  caf::anon_send(r.reactor, loaded_parcel{std::move(all)});
  r.stage.run();
  CHECK(client.received() == "$6\r\nstored\r\n+PONG\r\n");
}

TEST_CASE("an answer for a client that is gone goes nowhere") {
  reactor_stage r;
  auto client = r.connect();
  (void)r.ask(client, "SET a 1\r\n");
  client.close();
  r.stage.run();
  const auto other = r.connect();
  r.acknowledge(r.written());
  CHECK(other.received().empty());
  CHECK(r.ask(other, "GET a\r\n") == "$1\r\n1\r\n");
}

TEST_CASE("only one tick is outstanding while nothing is near") {
  reactor_stage r;
  r.scan_nothing();
  const auto client = r.connect();
  for (int i = 0; i < 5; ++i)
    (void)r.ask(client, "SET a 1\r\n");
  std::size_t ticks = 0;
  while (r.stage.scheduler().has_pending_timeout()) {
    r.stage.scheduler().trigger_timeout();
    ++ticks;
    if (ticks > 10) break;
  }
  CHECK(ticks <= 3);  // the first, near one may have been replaced
}

TEST_CASE("changed limits are applied at once and reach executors before what comes later") {
  reactor_stage r;
  const auto client = r.connect();
  CHECK(r.ask(client, "CONFIG SET maxclients 1\r\n") == "+OK\r\n");
  REQUIRE(r.executor.limits.size() == 1);
  CHECK(r.executor.limits[0]->clients_max == 1);
  client.send("CONFIG SET maxclients 1\r\nASO.PUT k x\r\n");
  r.stage.run();
  CHECK(r.executor.limits.size() == 2);
  CHECK(r.executor.seen().size() == 1);
  CHECK(r.executor.work_before_limits == 0);
  const auto second = r.connect();
  CHECK(second.received() == "-ERR max number of clients reached\r\n");
}

TEST_CASE("a node that looks for its network says so to its clients") {
  reactor_stage r{networked()};
  const auto client = r.connect();
  CHECK(r.ask(client, "GET a\r\n").starts_with("-LOADING"));
  r.hear_of({});
  CHECK(r.ask(client, "GET a\r\n") == "$-1\r\n");
}

TEST_CASE("a command for another's key departs, and its outcome is the client's answer") {
  stored_replicas joined;
  joined.life = 1;
  joined.newborn = true;
  joined.objects_in.resize(object::replica::ranges);
  reactor_stage r{networked(), {}, std::move(joined)};
  auto other = another_node();
  other.life = 2;
  r.hear_of({other});
  const auto client = r.connect();
  bytes key = "first";
  const object::key_map map(r.self, false, {other});
  for (int i = 0; map.holder_of(sha256(key)) != other.id; ++i)
    key = std::to_string(i);
  CHECK(r.ask(client, "GET " + key + "\r\n").empty());
  const auto passed = std::find_if(r.router.orders.begin(), r.router.orders.end(), [](auto& one) {
    return one.what->get().what == object::op::get;
  });
  REQUIRE(passed != r.router.orders.end());
  CHECK(passed->to == other.id);
  CHECK(passed->from.node == bytes(64, '1'));
  arrivals batch;
  batch.outcomes.push_back({passed->number, object::reply::bulk("there"), other.id});
  r.arrive(std::move(batch));
  CHECK(client.received() == "$5\r\nthere\r\n");
}

TEST_CASE("commands of other nodes are carried out in their order, and answered when durable") {
  reactor_stage r{networked()};
  r.hear_of({});
  object::command set;
  set.what = object::op::set;
  set.key = "a";
  set.value = "v";
  object::command get;
  get.key = "a";
  arrivals batch;
  batch.commands.push_back({7, {}, std::make_shared<const object::owned_command>(set), {}, {}, 9});
  batch.commands.push_back({8, {}, std::make_shared<const object::owned_command>(get), {}, {}, 9});
  r.arrive(std::move(batch));
  CHECK(r.router.answers.empty());
  r.acknowledge(r.written());
  REQUIRE(r.router.answers.size() == 2);
  CHECK(r.router.answers[0].number == 7);
  CHECK(r.router.answers[0].content == object::reply::ok());
  CHECK(r.router.answers[0].holder == r.self);
  CHECK(r.router.answers[1].number == 8);
  CHECK(r.router.answers[1].content == object::reply::bulk("v"));
}

TEST_CASE("whether a user of another node is an administrator is looked up here") {
  auto users = std::make_shared<object::user_directory>();
  auto boss = std::make_shared<object::user_rights>();
  boss->administrator = true;
  users->add("boss", boss);
  users->add("alice", std::make_shared<object::user_rights>());
  node_options options = networked();
  options.limits.limits.users = users;
  reactor_stage r{std::move(options)};
  r.hear_of({});
  object::command put;
  put.what = object::op::aso_put;
  put.key = "a";
  put.source = "return {}";
  const auto is_administrator = [&](const bytes& user, const bytes& ip, bool claims_to_be) {
    object::caller from;
    from.user = user;
    from.ip = ip;
    from.administrator = claims_to_be;
    const bytes key = user + ip;
    put.key = key;
    arrivals batch;
    batch.commands.push_back(
        {1, {}, std::make_shared<const object::owned_command>(put), from, {}, 9});
    r.arrive(std::move(batch));
    const auto work = r.ordered();
    REQUIRE(work.items.size() == 1);
    return work.items[0].order.request->from.administrator;
  };
  CHECK(is_administrator("boss", "192.0.2.7", false));
  CHECK_FALSE(is_administrator("alice", "192.0.2.7", true));
  CHECK_FALSE(is_administrator("nobody", "192.0.2.7", true));
  CHECK_FALSE(is_administrator("boss", "", true));  // a handler of hers
}
