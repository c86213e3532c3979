#include "net/wire/node_message.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <msgpack.hpp>

#include "base/fingerprint.hpp"

using namespace comet;
using namespace comet::wire;

namespace {

const frame_limits limits;

template <class Message>
bytes encoded(const Message& content) {
  bytes out;
  REQUIRE(append_frame(out, 1, 7, content, limits).ok());
  return out.substr(frame_head_bytes);
}

template <class Message>
result<Message> decoded(bytes_view body) {
  return decode<Message>({1, Message::kind, 7, body});
}

/// Comes back from its own encoding.
template <class Message>
bool survives(const Message& content) {
  const bytes body = encoded(content);
  const auto back = decoded<Message>(body);
  return back.ok() && *back == content;
}

hello full_hello() {
  hello h;
  h.key = signing_key::generate().public_part();
  h.id = fingerprint_of(h.key);
  h.addresses = {{"10.0.0.1", 7400}, {"2001:db8::1", 65'535}};
  h.uptime = std::chrono::hours{1'000};
  h.run = std::numeric_limits<std::uint64_t>::max();
  h.dial = 12;
  h.build = "0.1.0";
  h.proof = bytes(signature_bytes, 'p');
  return h;
}

object::reply nested(int depth) {
  auto r = object::reply::number(1);
  for (int i = 1; i < depth; ++i)
    r = object::reply::list({std::move(r)});
  return r;
}

}  // namespace

TEST_CASE("every message comes back as it was") {
  CHECK(survives(full_hello()));
  CHECK(survives(ping{}));
  CHECK(survives(pong{}));
  CHECK(survives(pong{{-1.5, 2, 0.25, 1}, from_unix_ms(1'700'000'000'123)}));
  CHECK(survives(leave{}));
  CHECK(survives(presence{standing::leaves}));
  CHECK(survives(presence{standing::stays, 1, 2, std::numeric_limits<std::uint64_t>::max()}));
  CHECK(survives(probe{}));
  CHECK(survives(probed{probe_outcome::found, {"192.0.2.1", 7'400}, {}}));
  CHECK(survives(probed{probe_outcome::not_found, {"2001:db8::1", 1}, "no node answers"}));
  CHECK(survives(present{standing::stays, {{sha256("a"), {{"10.0.0.1", 1}}, 7}}, 1, 2, 3}));
  CHECK(survives(find_node{sha256("x"), 20}));
  CHECK(survives(contacts{}));
  CHECK(survives(
      contacts{{{sha256("a"), {{"10.0.0.1", 1}}, 7}, {sha256("b"), {}, 0}}, {1, 2, 3, 0.5}}));
  CHECK(survives(announce{{{"::1", 9}}, std::chrono::seconds{5}}));
  CHECK(survives(refusal{{errc::busy, "later"}}));
}

TEST_CASE("a command on its way comes back as it was, with who asked and who waits") {
  for (const bool is_known : {true, false}) {
    forward f;
    f.what.what = object::op::set;
    f.what.key = "key";
    f.what.value = bytes_view("\x00\xff", 2);
    f.hops_left = 8;
    f.caller = {"192.0.2.7", 50'000};
    f.user = "alice";
    if (is_known) f.entry = sha256("entry");
    f.chain = {"outer", ""};
    f.origin = sha256("origin");
    f.number = 77;
    f.again = is_known;
    if (is_known) f.caller_key = bytes_view("an\0object", 9);
    const bytes body = encoded(f);
    const auto back = decoded<forward>(body);
    REQUIRE(back.ok());
    CHECK(back->what.what == object::op::set);
    CHECK(back->what.key == f.what.key);
    CHECK(back->what.value == f.what.value);
    CHECK(back->hops_left == f.hops_left);
    CHECK(back->caller == f.caller);
    CHECK(back->user == f.user);
    CHECK(back->caller_key == f.caller_key);
    CHECK(back->entry == f.entry);
    CHECK(back->chain == f.chain);
    CHECK(back->origin == f.origin);
    CHECK(back->number == f.number);
    CHECK(back->again == f.again);
  }
}

TEST_CASE("every reply comes back as it was") {
  using object::reply;
  auto push = reply::list({reply::bulk("message")});
  push.what = reply::kind::push;
  auto set = reply::list({reply::number(1)});
  set.what = reply::kind::set;
  const std::vector<reply> all{reply::null(),
                               reply::ok(),
                               reply::failure(errc::script, "line 3"),
                               reply::number(std::numeric_limits<std::int64_t>::min()),
                               reply::real_number(0.1),
                               reply::truth(true),
                               reply::truth(false),
                               reply::bulk(bytes(1'000, '\0')),
                               reply::list({}),
                               reply::map({reply::bulk("k"), reply::null()}),
                               push,
                               set,
                               reply::verbatim("# Server")};
  for (const auto& one : all)
    CHECK(survives(wire::reply{one, {}, {}}));
  CHECK(survives(wire::reply{reply::list(all), sha256("holder"), {}}));
  CHECK(survives(wire::reply{reply::ok(), sha256("a"), {sha256("a"), sha256("b")}}));
}

TEST_CASE("a double without a fraction stays a double") {
  for (const double x : {0.0, 2.0, -33'000.0, 1e300, std::numeric_limits<double>::infinity()})
    CHECK(survives(wire::reply{object::reply::real_number(x), {}, {}}));
}

TEST_CASE("every error code keeps its meaning, and one of a later build is internal") {
  for (auto code = std::uint8_t{0}; code <= static_cast<std::uint8_t>(errc::internal); ++code)
    CHECK(survives(refusal{{static_cast<errc>(code), "why"}}));
  msgpack::sbuffer later;
  msgpack::pack(later, std::make_tuple(bytes{"overheated"}, bytes{"why"}));
  const auto read = decoded<refusal>({later.data(), later.size()});
  REQUIRE(read.ok());
  CHECK(read->why == error{errc::internal, "why"});
}

TEST_CASE("an earlier build tells no age of its disk") {
  msgpack::sbuffer earlier;
  msgpack::pack(earlier, std::make_tuple(1, 7));
  const auto news = decoded<presence>({earlier.data(), earlier.size()});
  REQUIRE(news.ok());
  CHECK(*news == presence{standing::stays, 7});
  earlier.clear();
  msgpack::pack(earlier, std::make_tuple(1, std::vector<bytes>{}, 7));
  const auto answer = decoded<present>({earlier.data(), earlier.size()});
  REQUIRE(answer.ok());
  CHECK(*answer == present{standing::stays, {}, 7});
}

TEST_CASE("fields of a later build are passed over") {
  msgpack::sbuffer later;
  const bytes target(sizeof(digest), 'x');
  msgpack::pack(later, std::make_tuple(target, 3, std::vector<bytes>{"new"}));
  const auto read = decoded<find_node>({later.data(), later.size()});
  REQUIRE(read.ok());
  CHECK(read->target == digest_from(target));
  CHECK(read->count == 3);
  later.clear();
  msgpack::pack(later, std::make_tuple(1, 2.5));
  CHECK(decoded<ping>({later.data(), later.size()}).ok());
}

TEST_CASE("a body cut anywhere is an error that names its kind") {
  forward f;
  f.what.key = "key";
  f.what.args = {"one", "two"};
  f.chain = {"outer"};
  const bytes whole = encoded(f);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = decoded<forward>(bytes_view{whole}.substr(0, size));
    REQUIRE_FALSE(read.ok());
    CHECK(read.failure().code == errc::protocol);
    CHECK(read.failure().message.find("forward") == 0);
  }
  CHECK_FALSE(decoded<forward>(whole + "x").ok());
}

TEST_CASE("a reply may nest so deep and no deeper") {
  CHECK(survives(wire::reply{nested(reply_depth_max), {}}));
  const bytes deeper = encoded(wire::reply{nested(reply_depth_max + 1), {}});
  CHECK(decoded<wire::reply>(deeper).failure().message.find("deep") != bytes::npos);
}

TEST_CASE("a reply holds about 87,000 names, for each takes three elements") {
  const auto names = [](std::size_t count) {
    return reply{object::reply::list(std::vector(count, object::reply::bulk("n"))), {}};
  };
  CHECK(survives(names((elements_max - 5) / 3)));
  CHECK_FALSE(decoded<reply>(encoded(names((elements_max - 5) / 3 + 1))).ok());
}

TEST_CASE("lists that a stranger makes too long are refused") {
  msgpack::sbuffer out;
  const bytes id(sizeof(digest), 'x');
  const std::vector<std::tuple<bytes, int>> many(addresses_max + 1, {"10.0.0.1", 1});
  msgpack::pack(out, std::make_tuple(many, 1));
  CHECK_FALSE(decoded<announce>({out.data(), out.size()}).ok());
  out.clear();
  const std::vector<std::tuple<bytes, std::vector<int>, int>> nodes(contacts_max + 1, {id, {}, 1});
  msgpack::pack(out, std::make_tuple(nodes, std::make_tuple(0.5, 0.5, 0.5, 0.5)));
  CHECK_FALSE(decoded<contacts>({out.data(), out.size()}).ok());
  out.clear();
  msgpack::pack(out, std::make_tuple(id, contacts_max + 1));
  CHECK_FALSE(decoded<find_node>({out.data(), out.size()}).ok());
}

TEST_CASE("a list that is too long to send is cut, and a message too") {
  contacts many;
  many.nodes.resize(contacts_max + 5);
  CHECK(decoded<contacts>(encoded(many))->nodes.size() == contacts_max);
  announce everywhere;
  everywhere.addresses.resize(addresses_max + 1, {"10.0.0.1", 1});
  CHECK(decoded<announce>(encoded(everywhere))->addresses.size() == addresses_max);
  const refusal long_winded{{errc::script, bytes(message_bytes_max + 1, 'x')}};
  CHECK(decoded<refusal>(encoded(long_winded))->why.message.size() == message_bytes_max);
}

TEST_CASE("a command for which too many objects wait is refused") {
  forward f;
  f.chain.assign(chain_max, "k");
  CHECK(decoded<forward>(encoded(f)).ok());
  f.chain.emplace_back("k");
  CHECK_FALSE(decoded<forward>(encoded(f)).ok());
}

TEST_CASE("the largest value and the largest text of an object fit a frame, with much besides") {
  const bytes value(std::size_t{1} << 20U, 'v');
  const bytes rest(std::size_t{1} << 20U, 's');
  forward f;
  f.what.what = object::op::aso_put;
  f.what.key = bytes_view{value}.substr(0, 512);
  f.what.value = value;
  f.what.source = rest;
  f.what.args = {bytes_view{rest}.substr(0, 65'536)};
  const bytes body = encoded(f);
  REQUIRE(decoded<forward>(body).ok());
  CHECK(decoded<forward>(body)->what.value == value);
}

TEST_CASE("a command over the cap of a frame is refused and leaves nothing behind") {
  forward f;
  const bytes value(limits.data_bytes_max, 'x');
  f.what.value = value;
  bytes out;
  CHECK(append_frame(out, 1, 7, f, limits).failure().code == errc::too_large);
  CHECK(out.empty());
}
