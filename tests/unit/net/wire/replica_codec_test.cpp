#include "net/wire/replica_codec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <msgpack.hpp>
#include <tuple>
#include <variant>
#include <vector>

#include "tests/unit/net/wire/replica_stage.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using namespace comet::object::replica;

namespace {

/// The messages of a body, one by one, as bytes: what is equal in bytes is equal.
std::vector<bytes> each_of(const replica_messages& said) {
  std::vector<bytes> all;
  for (auto one : said.messages) {
    replica_batch batch{between, limits};
    REQUIRE(batch.append(one.range, one.what) == fit::taken);
    all.push_back(batch.encoded());
  }
  return all;
}

/// One of each, with something in each field.
std::vector<message> every_message() {
  return {
      prepare{9, make_ballot(4, 2), make_ballot(3, 1)},
      promise{9, make_ballot(4, 2), three(), 5},
      promise{9, 1, std::nullopt, 0},
      object::replica::refusal{refusal_reason::gap, 9, 1, three(), true, most, 4, 1'000, true},
      list_keys{9, 1, bytes("k\0", 2)},
      list_keys{9, 1, std::nullopt},
      keys_listed{9, 1, "a", {{{"b", {1, 2, 3}, true, 0}, {"c", {4, 5, 6}, false, most}}, true}},
      fetch_values{9, 1, {"a", "", "c"}},
      values_fetched{9, 1, {{"a", {1, 2, 3}, true, ""}, {"b", {4, 5, 6}, false, "value"}}},
      stream_of({value_of("a", "1"), forget_key{"b"}, seal{three(), true}, may_vote{}}),
      streamed{9, 1, 2, 3, true},
      install{three()},
      installed{9, true},
      take_over{9, make_ballot(4, 2)},
      whole_copy{9, make_ballot(4, 2), 3, most, most, mono_time{std::chrono::nanoseconds{5}}},
  };
}

template <class... Fields>
bytes packed(const Fields&... fields) {
  msgpack::sbuffer raw;
  msgpack::pack(raw, std::make_tuple(fields...));
  return {raw.data(), raw.size()};
}

template <class Field>
using list = std::vector<Field>;

/// The body of a batch of one message of these.
template <class Kind, class Fields>
bytes one_message(int range, Kind kind, const Fields& fields) {
  return packed(1, 2, std::make_tuple(std::make_tuple(range, kind, fields)));
}

bytes fault_of(const bytes& body) {
  const auto said = decoded(body);
  REQUIRE_FALSE(said.ok());
  CHECK(said.failure().code == errc::protocol);
  CHECK(said.failure().message.find("replica of ") == 0);
  return said.failure().message;
}

bool mentions(const bytes& text, bytes_view what) {
  return text.find(what) != bytes::npos;
}

}  // namespace

TEST_CASE("a batch comes back as it was, with who speaks, who is meant and each range") {
  const auto all = every_message();
  const auto said = decoded(body_of(all));
  REQUIRE(said.ok());
  CHECK(said->between == between);
  CHECK(said->passed_over == 0);
  CHECK_FALSE(said->not_known);
  REQUIRE(said->messages.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(said->messages[i].range == i);
    CHECK(said->messages[i].what.index() == all[i].index());
  }
  CHECK(decoded(body_of(std::vector<message>{}))->messages.empty());
}

TEST_CASE("a batch is two lives and messages of a range, a number and fields") {
  replica_batch batch{{1, 2}, limits};
  message one = take_over{9, 8};
  REQUIRE(batch.append(3, one) == fit::taken);
  CHECK(body_of(batch) == "\x93\x01\x02\x91\x93\x03\x0c\x92\x09\x08");
  batch.clear();
  one = stream{9, 8, 1, 1, std::nullopt, {forget_key{"k"}}};
  REQUIRE(batch.append(3, one) == fit::taken);
  CHECK(body_of(batch) == bytes("\x93\x01\x02\x91\x93\x03\x08\x96\x09\x08\x01\x01\x90\x91"
                                "\x92\x02\xc4\x01k"));
}

TEST_CASE("every field of a message comes back as it was") {
  const auto asked = back(prepare{1, 2, 3});
  CHECK(std::tuple(asked.epoch, asked.by, asked.handed_over) == std::tuple(1U, 2U, 3U));

  const auto granted = back(promise{1, 2, three(), most});
  CHECK(std::tuple(granted.epoch, granted.by, granted.next_by) == std::tuple(1U, 2U, most));
  CHECK(granted.next == three());
  CHECK_FALSE(back(promise{1, 2, std::nullopt, 0}).next);

  for (const auto why : {refusal_reason::epoch, refusal_reason::ballot, refusal_reason::leased,
                         refusal_reason::gap}) {
    const auto no = back(object::replica::refusal{why, 1, 2, three(), true, 3, 4, 5, false});
    CHECK(std::tuple(no.why, no.epoch, no.by, no.current, no.votes, no.promised, no.run, no.through,
                     no.is_led) == std::tuple(why, 1U, 2U, three(), true, 3U, 4U, 5U, false));
  }

  CHECK(back(list_keys{1, 2, "key"}).after == "key");
  CHECK(back(list_keys{1, 2, ""}).after == "");
  CHECK_FALSE(back(list_keys{1, 2, std::nullopt}).after);

  const listing page{{{"b", {1, 2, 3}, true, 0}, {"c", {4, 5, 6}, false, 7}}, true};
  const auto listed = back(keys_listed{1, 2, "a", page});
  CHECK(std::tuple(listed.epoch, listed.by, listed.after) == std::tuple(1U, 2U, bytes{"a"}));
  CHECK(listed.page.keys == page.keys);
  CHECK(listed.page.more);
  CHECK(back(keys_listed{1, 2, {}, {}}).page.keys.empty());

  const auto fetched = back(fetch_values{1, 2, {"a", "", "c"}});
  CHECK(std::tuple(fetched.epoch, fetched.by) == std::tuple(1U, 2U));
  CHECK(fetched.keys == std::vector<bytes>{"a", "", "c"});

  const std::vector<entry> entries{{"a", {1, 2, 3}, true, ""},
                                   value_of("b", bytes(70'000, '\xff'))};
  const auto values = back(values_fetched{1, 2, entries});
  CHECK(std::tuple(values.epoch, values.by) == std::tuple(1U, 2U));
  CHECK(values.entries == entries);

  const auto sent = stream_of({value_of("a", "1"), forget_key{"b"}, seal{largest(), true},
                               seal{three(), false}, may_vote{}});
  const auto parts = back(sent);
  CHECK(std::tuple(parts.epoch, parts.by, parts.run, parts.first) ==
        std::tuple(sent.epoch, sent.by, sent.run, sent.first));
  CHECK(parts.group_of_epoch == three());
  CHECK(parts.parts == sent.parts);

  const auto done = back(streamed{1, 2, 3, 4, true});
  CHECK(std::tuple(done.epoch, done.by, done.run, done.through, done.votes) ==
        std::tuple(1U, 2U, 3U, 4U, true));
  CHECK(back(install{largest()}).current == largest());
  const auto now_in_force = back(installed{1, true});
  CHECK(std::tuple(now_in_force.epoch, now_in_force.votes) == std::tuple(1U, true));
  const auto whole = back(whole_copy{1, 2, 3, 4, 5, mono_time{std::chrono::nanoseconds{6}}});
  CHECK(whole.run == 3);
  CHECK(whole.through == 4);
  CHECK(whole.chosen == 5);
  CHECK(whole.heard == mono_time{std::chrono::nanoseconds{6}});
  const auto go_on = back(take_over{1, 2});
  CHECK(std::tuple(go_on.epoch, go_on.by) == std::tuple(1U, 2U));
}

TEST_CASE("a lease is asked for and answered with the times of both clocks and both lives") {
  const auto at = [](std::int64_t ns) { return mono_time{std::chrono::nanoseconds{ns}}; };
  bytes out;
  REQUIRE(append_frame(out, 1, 5, lease{between, {at(1), at(0)}}, limits).ok());
  bytes_view body = bytes_view{out}.substr(frame_head_bytes);
  const auto asked = decode<lease>({1, frame_kind::lease, 5, body});
  REQUIRE(asked.ok());
  CHECK(asked->between == between);
  CHECK(asked->what.sent == at(1));
  CHECK(asked->what.heard == at(0));
  for (std::size_t size = 0; size < body.size(); ++size)
    CHECK_FALSE(decode<lease>({1, frame_kind::lease, 5, body.substr(0, size)}).ok());

  out.clear();
  const auto latest = mono_time::max();
  const wire::lease_answer sent{between, {at(2), latest, true}};
  REQUIRE(append_frame(out, 1, 5, sent, limits).ok());
  body = bytes_view{out}.substr(frame_head_bytes);
  const auto said = decode<wire::lease_answer>({1, frame_kind::lease_answer, 5, body});
  REQUIRE(said.ok());
  CHECK(said->between == between);
  CHECK(said->what.sent == at(2));
  CHECK(said->what.answered == latest);
  CHECK(said->what.granted);
}

TEST_CASE("a lease with fields of a later build is read, one with a time below zero is not") {
  const auto asked = [](const bytes& body) {
    return decode<lease>({1, frame_kind::lease, 5, body});
  };
  const auto plain = asked(packed(1, 2, 3, 4));
  REQUIRE(plain.ok());
  CHECK(plain->between == lives{1, 2});
  CHECK(plain->what.sent.time_since_epoch().count() == 3);
  CHECK(plain->what.heard.time_since_epoch().count() == 4);
  CHECK(asked(packed(1, 2, 3, 4, list<int>{5})).ok());
  CHECK_FALSE(asked(packed(1, 2, -3, 4)).ok());
  CHECK(mentions(asked(packed(1, 2, 3, -4)).failure().message, "before the start of its clock"));
  CHECK_FALSE(asked(packed(1, 2, 3)).ok());
}

TEST_CASE("a batch cut anywhere, or with bytes behind it, is an error that names its kind") {
  const bytes whole = body_of(every_message());
  for (std::size_t size = 0; size < whole.size(); ++size)
    fault_of(whole.substr(0, size));
  CHECK(mentions(fault_of(whole + "x"), "bytes after its end"));
}

TEST_CASE("a batch with any one byte changed is refused or is another well-formed one") {
  const bytes whole = body_of(every_message());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      bytes damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      const auto said = decoded(damaged);
      if (!said) {
        ++refused;
        continue;
      }
      replica_batch again{said->between, limits};
      for (auto one : said->messages)
        REQUIRE(again.append(one.range, one.what) == fit::taken);
      const auto reread = decoded(body_of(again));
      REQUIRE(reread.ok());
      REQUIRE(each_of(*reread) == each_of(*said));
    }
  }
  CHECK(refused > whole.size());
}

TEST_CASE("fields of a later build are passed over wherever they stand") {
  const bytes id(sizeof(digest), 'x');
  const auto extra = std::make_tuple(1, bytes{"new"});
  const auto member = std::make_tuple(id, 5, extra);
  const auto in_force = std::make_tuple(9, 1, std::make_tuple(member), extra);
  const auto install_now = std::make_tuple(3, 10, std::make_tuple(in_force, extra), extra);
  const auto end = std::make_tuple(3, in_force, true, extra);
  const auto value = std::make_tuple(1, bytes{"k"}, 1, 2, 3, false, bytes{"v"}, extra);
  const auto changes = std::make_tuple(
      4, 8,
      std::make_tuple(9, 1, 1, 1, std::make_tuple(in_force, extra),
                      std::make_tuple(value, end, std::make_tuple(4, extra)), extra));
  const auto said = decoded(packed(1, 2, std::make_tuple(install_now, changes), extra));
  REQUIRE(said.ok());
  CHECK(said->passed_over == 0);
  const group g{9, {{digest_from(id), 5}}, 1};
  REQUIRE(said->messages.size() == 2);
  CHECK(said->messages[0].range == 3);
  CHECK(std::get<install>(said->messages[0].what).current == g);
  const auto& sent = std::get<stream>(said->messages[1].what);
  CHECK(sent.group_of_epoch == g);
  CHECK(sent.parts ==
        std::vector<part>{entry{"k", {1, 2, 3}, false, "v"}, seal{g, true}, may_vote{}});
}

TEST_CASE("a message of a later build is passed over alone, and what it has is named") {
  const auto known = std::make_tuple(1, 12, std::make_tuple(9, 8));
  const auto reread = [&](const auto& unknown) {
    const auto said = decoded(packed(1, 2, std::make_tuple(known, unknown, known)));
    REQUIRE(said.ok());
    CHECK(said->messages.size() == 2);
    for (const auto& one : said->messages)
      CHECK(std::get<take_over>(one.what).by == 8);
    CHECK(said->passed_over == 1);
    REQUIRE(said->not_known);
    CHECK(said->not_known->code == errc::incompatible);
    return said->not_known->message;
  };
  const auto deep = std::make_tuple(list<list<int>>{{1}, {2, 3}}, bytes{"x"}, 1.5);
  CHECK(mentions(reread(std::make_tuple(1, 16, deep, deep)), "a message of a later build"));
  CHECK(mentions(reread(std::make_tuple(1, 300, 1)), "a message of a later build"));
  const auto later_part =
      std::make_tuple(9, 1, 1, 1, list<int>{}, std::make_tuple(std::make_tuple(5, deep)));
  CHECK(mentions(reread(std::make_tuple(1, 8, later_part)), "a part of a later build"));
  const auto broken = std::make_tuple(1, 12, std::make_tuple(9));
  const auto both = packed(1, 2, std::make_tuple(std::make_tuple(1, 16, deep), broken));
  CHECK(mentions(fault_of(both), "a field is missing"));
  const auto no = std::make_tuple(4, 1, 1, std::make_tuple(1, 1, list<int>{}), true, 1, 1, 1, true);
  CHECK(mentions(reread(std::make_tuple(1, 3, no)), "a reason of a later build"));
}

TEST_CASE("what is of no build refuses the frame") {
  const auto nobody = std::make_tuple(9, 1, list<int>{});
  REQUIRE(decoded(one_message(ranges - 1, 12, std::make_tuple(9, 8))).ok());
  CHECK(mentions(fault_of(one_message(ranges, 12, std::make_tuple(9, 8))), "out of range"));
  CHECK(mentions(fault_of(one_message(1, 12, std::make_tuple(9))), "a field is missing"));
  CHECK(mentions(fault_of(one_message(1, 12, std::make_tuple(9, -8))), "no unsigned integer"));
  CHECK(mentions(fault_of(packed(1, 2, std::make_tuple(std::make_tuple(1, 12)))),
                 "a field is missing"));
  const auto run_too_high = std::make_tuple(9, 1, std::uint64_t{1} << 32U, 1, true);
  CHECK(mentions(fault_of(one_message(1, 9, run_too_high)), "out of range"));
  const auto short_id = std::make_tuple(9, 1, std::make_tuple(std::make_tuple(bytes(31, 'x'), 1)));
  CHECK(mentions(fault_of(one_message(1, 10, std::make_tuple(short_id))), "32 bytes"));
  const auto cut_part = std::make_tuple(std::make_tuple(3, nobody));
  CHECK(mentions(fault_of(one_message(1, 8, std::make_tuple(9, 1, 1, 1, list<int>{}, cut_part))),
                 "a field is missing"));
}

TEST_CASE("a listing is in order, after what was asked for, and ends or goes on behind a key") {
  const auto page_of = [](const list<bytes>& after, const std::vector<bytes>& keys, bool more) {
    list<std::tuple<bytes, int, int, int, bool, int>> listed;
    for (const auto& key : keys)
      listed.emplace_back(key, 1, 2, 3, false, 9);
    return one_message(1, 5, std::make_tuple(9, 1, after, listed, more));
  };
  CHECK(decoded(page_of({}, {}, false)).ok());
  CHECK(decoded(page_of({"a"}, {"b", "ba", "c"}, true)).ok());
  CHECK(mentions(fault_of(page_of({}, {}, true)), "a page without keys"));
  CHECK(mentions(fault_of(page_of({}, {"b", "a"}, false)), "out of order"));
  CHECK(mentions(fault_of(page_of({}, {"b", "b"}, false)), "out of order"));
  CHECK(mentions(fault_of(page_of({"b"}, {"b", "c"}, false)), "out of order"));
}

TEST_CASE("groups, lists and batches that a stranger makes too long are refused") {
  const bytes id(sizeof(digest), 'x');
  const auto group_of = [&](std::size_t members) {
    const list<std::tuple<bytes, int>> all(members, {id, 1});
    return one_message(1, 10, std::make_tuple(std::make_tuple(9, 1, all)));
  };
  CHECK(decoded(group_of(members_max)).ok());
  CHECK(mentions(fault_of(group_of(members_max + 1)), "too many members"));
  const auto keys_of = [](std::size_t count) {
    return one_message(1, 6, std::make_tuple(9, 1, list<bytes>(count)));
  };
  CHECK(decoded(keys_of(replica_items_max)).ok());
  CHECK(mentions(fault_of(keys_of(replica_items_max + 1)), "too many keys"));
  const auto voters_of = [](std::size_t count) {
    const list<std::tuple<int>> all(count, {4});
    return one_message(1, 8, std::make_tuple(9, 1, 1, 1, list<int>{}, all));
  };
  CHECK(decoded(voters_of(replica_items_max)).ok());
  CHECK(mentions(fault_of(voters_of(replica_items_max + 1)), "too many keys"));
  const list<std::tuple<int, int, std::tuple<int, int>>> many(elements_max / 6 + 1,
                                                              {1, 12, {9, 8}});
  CHECK(mentions(fault_of(packed(1, 2, many)), "too many elements"));
}
