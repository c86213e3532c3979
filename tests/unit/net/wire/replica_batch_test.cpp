#include "net/wire/replica_batch.hpp"

#include <catch2/catch_test_macros.hpp>
#include <tuple>
#include <variant>
#include <vector>

#include "tests/unit/net/wire/replica_stage.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using namespace comet::object::replica;

TEST_CASE("a batch that is full says so, keeps what it has, and takes on after a clear") {
  for (const bool small : {true, false}) {
    replica_batch batch{between, limits};
    std::size_t taken = 0;
    const auto next = [&] {
      if (small) return message{take_over{most, most}};
      return message{stream_of({value_of("k", bytes(1'000, 'v')), may_vote{}})};
    };
    auto one = next();
    while (batch.append(1, one) == fit::taken) {
      ++taken;
      one = next();
    }
    CHECK(batch.append(1, one) == fit::full);
    CHECK(batch.size() == taken);
    const auto said = decoded(body_of(batch));
    REQUIRE(said.ok());
    CHECK(said->messages.size() == taken);
    batch.clear();
    CHECK(batch.empty());
    CHECK(batch.append(1, one) == fit::taken);
    CHECK(decoded(body_of(batch))->messages.size() == 1);
  }
}

TEST_CASE("all ranges of a node are told to be whole in one frame, 36 bytes a range") {
  replica_batch batch{between, limits};
  const mono_time heard{std::chrono::hours{24 * 365}};
  for (range_id range = 0; range < ranges; ++range) {
    message one = whole_copy{1'000, make_ballot(1'000, 2), 1'000, 1'000'000, 1'000'000, heard};
    REQUIRE(batch.append(range, one) == fit::taken);
  }
  CHECK(batch.encoded().size() <= 36 * ranges);
}

TEST_CASE("a full batch of the smallest parts, or of groups, is read") {
  for (const part& one : {part{may_vote{}}, part{forget_key{}}, part{entry{}}, part{seal{}},
                          part{seal{largest(), true}}}) {
    replica_batch batch{between, limits};
    message all = stream_of(std::vector<part>(256, one));
    while (batch.append(1, all) == fit::taken)
      ;
    const auto said = decoded(body_of(batch));
    REQUIRE(said.ok());
    CHECK(said->messages.size() == batch.size());
  }
}

TEST_CASE("a full batch of the smallest messages of any kind is read") {
  for (const message& one :
       {message{prepare{}}, message{promise{}}, message{object::replica::refusal{}},
        message{list_keys{}}, message{keys_listed{}}, message{fetch_values{}},
        message{values_fetched{}}, message{stream{}}, message{streamed{}}, message{install{}},
        message{installed{}}, message{take_over{}}}) {
    replica_batch batch{between, limits};
    message next = one;
    while (batch.append(1, next) == fit::taken)
      ;
    const auto said = decoded(body_of(batch));
    REQUIRE(said.ok());
    CHECK(said->messages.size() == batch.size());
  }
}

TEST_CASE("a stream larger than a frame goes on where its beginning ends") {
  const frame_limits cap{256, 512, 10'000};
  auto whole = stream_of({});
  for (int i = 0; i < 50; ++i)
    whole.parts.emplace_back(value_of(std::to_string(i), bytes(700, 'v')));
  replica_batch batch{between, cap};
  message left = whole;
  std::vector<part> all;
  auto outcome = fit::full;
  while (outcome == fit::full) {
    outcome = batch.append(5, left);
    bytes frame;
    REQUIRE(append_frame(frame, 1, 0, batch, cap).ok());
    const auto said = decoded(bytes_view{frame}.substr(frame_head_bytes));
    REQUIRE(said.ok());
    REQUIRE(said->messages.size() == 1);
    CHECK(said->messages[0].range == 5);
    const auto& piece = std::get<stream>(said->messages[0].what);
    CHECK(std::tuple(piece.epoch, piece.by, piece.run) ==
          std::tuple(whole.epoch, whole.by, whole.run));
    CHECK(piece.first == whole.first + all.size());
    CHECK(piece.group_of_epoch.has_value() == all.empty());
    all.insert(all.end(), piece.parts.begin(), piece.parts.end());
    batch.clear();
  }
  CHECK(outcome == fit::taken);
  CHECK(all == whole.parts);
}

TEST_CASE("nothing is cut while the batch has other messages") {
  const frame_limits cap{256, 512, 10'000};
  replica_batch batch{between, cap};
  message first = take_over{1, 2};
  REQUIRE(batch.append(1, first) == fit::taken);
  const std::vector<part> parts(20, value_of("k", bytes(700, 'v')));
  message large = stream_of(parts);
  CHECK(batch.append(1, large) == fit::full);
  CHECK(batch.size() == 1);
  CHECK(std::get<stream>(large).parts == parts);
}

TEST_CASE(
    "a frame of several messages stays short, and one of a large message is as long as it is") {
  replica_batch batch{between, limits};
  const auto next = [](std::size_t size) {
    return message{stream_of({value_of("k", bytes(size, 'v'))})};
  };
  message large = next(3'000'000);
  CHECK(batch.append(1, large) == fit::taken);
  message small = next(10);
  CHECK(batch.append(2, small) == fit::full);
  batch.clear();
  CHECK(batch.append(2, small) == fit::taken);
  for (message one = next(100'000); batch.append(3, one) == fit::taken; one = next(100'000))
    ;
  CHECK(batch.size() > 3);
  CHECK(batch.encoded().size() <= replica_batch::shared_room_max);
}

TEST_CASE("a listing and an answer with values larger than a frame are cut to their beginnings") {
  const frame_limits cap{256, 512, 10'000};
  keys_listed listed{9, 1, "0", {}};
  values_fetched values{9, 1, {}};
  fetch_values wanted{9, 1, {}};
  for (int i = 100; i < 200; ++i) {
    const bytes key = std::to_string(i) + bytes(400, 'k');
    listed.page.keys.push_back({key, {1, 2, 3}, false});
    values.entries.push_back(value_of(key, "v"));
    wanted.keys.push_back(key);
  }
  replica_batch batch{between, cap};
  for (message one : {message{listed}, message{values}, message{wanted}}) {
    CHECK(batch.append(1, one) == fit::taken);
    bytes frame;
    REQUIRE(append_frame(frame, 1, 0, batch, cap).ok());
    const auto said = decoded(bytes_view{frame}.substr(frame_head_bytes));
    REQUIRE(said.ok());
    const auto& what = said->messages.at(0).what;
    if (const auto* page = std::get_if<keys_listed>(&what)) {
      const std::size_t count = page->page.keys.size();
      CHECK((count > 10 && count < 100));
      CHECK(page->page.keys.back() == listed.page.keys.at(count - 1));
      CHECK(page->page.more);
    } else if (const auto* answer = std::get_if<values_fetched>(&what)) {
      const std::size_t count = answer->entries.size();
      CHECK((count > 10 && count < 100));
      CHECK(answer->entries.back() == values.entries.at(count - 1));
    } else {
      const std::size_t count = std::get<fetch_values>(what).keys.size();
      CHECK((count > 10 && count < 100));
    }
    batch.clear();
  }
}

TEST_CASE("a message has no more items than are read of one") {
  fetch_values wanted{9, 1, std::vector<bytes>(replica_items_max + 1)};
  CHECK(back(wanted).keys.size() == replica_items_max);
  auto sent = stream_of(std::vector<part>(replica_items_max + 1, may_vote{}));
  replica_batch batch{between, limits};
  message left = sent;
  CHECK(batch.append(1, left) == fit::full);
  CHECK(decoded(body_of(batch)).ok());
  CHECK(std::get<stream>(left).parts.size() == 1);
  CHECK(std::get<stream>(left).first == sent.first + replica_items_max);
}

TEST_CASE(
    "the largest entry that may be proposed fits, with the largest group, and no larger one") {
  const bytes key(512, 'k');
  const bytes value(entry_bytes_max(limits) - key.size(), 'v');
  CHECK(value.size() > 3 * (std::size_t{1} << 20U));
  auto sent = stream_of({value_of(key, value)});
  sent.group_of_epoch = largest();
  CHECK(back(sent).parts == sent.parts);
  CHECK(back(values_fetched{9, 1, {value_of(key, value)}}).entries.size() == 1);

  replica_batch batch{between, limits};
  sent.parts = {value_of(key, value + "v")};
  message larger = sent;
  CHECK(batch.append(1, larger) == fit::too_large);
  CHECK(batch.empty());
  CHECK(std::get<stream>(larger).parts == sent.parts);
}

TEST_CASE("what may be proposed fits a frame, whole, and wastes little of it") {
  CHECK(proposal_bytes_max <= entry_bytes_max(limits));
  CHECK(proposal_bytes_max + 8'192 > entry_bytes_max(limits));
  const bytes key(512, 'k');
  auto sent = stream_of({value_of(key, bytes(proposal_bytes_max - key.size(), 'v'))});
  sent.group_of_epoch = largest();
  CHECK(back(sent).parts == sent.parts);
  CHECK(back(values_fetched{9, 1, {std::get<entry>(sent.parts[0])}}).entries.size() == 1);
}

TEST_CASE("a part that fits no frame does not keep back those before it") {
  const bytes too_much(entry_bytes_max(limits) + 1'500, 'v');
  replica_batch batch{between, limits};
  message sent = stream_of({may_vote{}, value_of("k", too_much), forget_key{"x"}});
  CHECK(batch.append(1, sent) == fit::full);
  const auto said = decoded(body_of(batch));
  REQUIRE(said.ok());
  CHECK(std::get<stream>(said->messages.at(0).what).parts == std::vector<part>{may_vote{}});
  batch.clear();
  CHECK(batch.append(1, sent) == fit::too_large);
}
