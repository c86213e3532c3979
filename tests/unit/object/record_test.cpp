#include "object/record.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <utility>

#include "base/random.hpp"
#include "object/replica/group.hpp"
#include "object/turn_ring.hpp"
#include "tests/unit/object/recorded_turns.hpp"

namespace comet::object {
namespace {

bool same(const record& a, const record& b) {
  return a.version == b.version && a.incarnation == b.incarnation && a.expires == b.expires &&
         a.owner == b.owner && a.value == b.value && a.is_active() == b.is_active() &&
         (!a.is_active() || *a.active == *b.active) &&
         (a.answered == nullptr) == (b.answered == nullptr) &&
         (!a.answered || *a.answered == *b.answered) &&
         (a.recorded == nullptr) == (b.recorded == nullptr) &&
         (!a.recorded || *a.recorded == *b.recorded);
}

bytes with_checksum(bytes body) {
  const std::uint32_t crc = crc32c(body);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    body.push_back(static_cast<char>(crc >> shift & 0xFFU));
  }
  return body;
}

bytes drawn_bytes(prng& random, std::size_t size_max) {
  bytes out(random.below(size_max + 1), '\0');
  for (char& c : out)
    c = static_cast<char>(random() & 0xFFU);
  return out;
}

std::uint64_t drawn_number(prng& random) {
  return random() >> random.below(64);
}

wall_time drawn_time(prng& random) {
  return from_unix_ms(static_cast<std::int64_t>(drawn_number(random)));
}

timer drawn_timer(prng& random) {
  timer t;
  t.name = drawn_bytes(random, 20);
  t.kind = static_cast<timer_kind>(random.below(3));
  t.missed = static_cast<missed_policy>(random.below(3));
  if (t.kind == timer_kind::every) {
    t.period = std::chrono::milliseconds{static_cast<std::int64_t>(drawn_number(random))};
  } else {
    t.failures = static_cast<int>(random.below(timer_retries_max + 1));
  }
  t.cron = drawn_bytes(random, 20);
  t.due = drawn_time(random);
  return t;
}

asked_replicas drawn_replicas(prng& random) {
  asked_replicas asked;
  asked.count = 1 + random.below(replica::members_max);
  if (random.below(2) == 0) asked.interval = std::chrono::milliseconds{random.below(1'000'000)};
  for (auto n = random.below(asked.count + 1); n > 0; --n)
    asked.nodes.push_back(sha256(drawn_bytes(random, 20)));
  std::ranges::sort(asked.nodes);
  asked.nodes.erase(std::unique(asked.nodes.begin(), asked.nodes.end()), asked.nodes.end());
  return asked;
}

activity drawn_activity(prng& random) {
  activity a;
  a.code_hash = sha256(drawn_bytes(random, 8));
  a.state = drawn_bytes(random, 200);
  for (auto n = random.below(4); n > 0; --n)
    a.args.push_back(drawn_bytes(random, 30));
  for (auto n = random.below(4); n > 0; --n)
    a.timers.push_back(drawn_timer(random));
  a.turns = drawn_number(random);
  a.fuel = drawn_number(random);
  a.breaches = static_cast<std::uint32_t>(drawn_number(random));
  if (random.below(4) == 0) a.quarantine = drawn_bytes(random, 40);
  if (random.below(4) == 0) a.replicas = drawn_replicas(random);
  for (const auto& row : limit_rows())
    if (random.below(8) == 0)
      a.limits.push_back({row.which, row.lowest + static_cast<std::int64_t>(random.below(1'000))});
  return a;
}

record drawn_record(prng& random) {
  record r;
  r.version = drawn_number(random);
  r.incarnation = drawn_number(random);
  if (random.below(2) == 0) r.expires = drawn_time(random);
  if (random.below(2) == 0) r.owner = drawn_bytes(random, 12);
  for (auto n = random.below(4); n > 1; --n)
    r.answered =
        with_answer(r.answered, drawn_number(random) | 1U, reply::bulk(drawn_bytes(random, 1'100)));
  if (random.below(2) == 0) {
    r.value = drawn_bytes(random, 300);
  } else {
    r.active = std::make_unique<activity>(drawn_activity(random));
  }
  return r;
}

record small_active() {
  record r;
  r.version = 42;
  r.incarnation = 1'000'000;
  r.active = std::make_unique<activity>();
  r.active->code_hash = sha256("code");
  r.active->state = "\x80";
  r.active->turns = 5'000;
  r.active->fuel = 900'000;
  return r;
}

}  // namespace

TEST_CASE("a record is read back as it was written") {
  prng random{7};
  for (int i = 0; i < 5'000; ++i) {
    const record original = drawn_record(random);
    const auto decoded = decode(encode(original));
    REQUIRE(decoded);
    CHECK(same(*decoded, original));
  }
}

TEST_CASE("only a record with recorded turns has the format that older builds do not read") {
  record r = small_active();
  CHECK(encode(r).front() == 1);
  r.answered = with_answer(nullptr, 1, reply::ok());
  CHECK(encode(r).front() == 4);
  r.recorded = turn_ring::of(8)->with(test::full_turn(), "\x80", "\x80");
  CHECK(encode(r).front() == 5);
  const auto both = decode(encode(r));
  REQUIRE(both);
  CHECK(same(*both, r));
  r.answered.reset();
  const auto one = decode(encode(r));
  REQUIRE(one);
  CHECK(same(*one, r));
  r.recorded.reset();
  CHECK(encode(r).front() == 1);
}

TEST_CASE("a passive value with recorded turns is damage") {
  record r;
  r.value = "v";
  r.recorded = turn_ring::of(8);
  CHECK(decode(encode(r)).failure().code == errc::corrupt);
}

TEST_CASE("times and numbers at their ends are read back") {
  record r = small_active();
  r.version = r.incarnation = r.active->turns = r.active->fuel = ~std::uint64_t{0};
  r.active->breaches = ~std::uint32_t{0};
  timer t;
  t.kind = timer_kind::every;
  t.due = from_unix_ms(std::numeric_limits<std::int64_t>::max());
  t.period = std::chrono::milliseconds{std::numeric_limits<std::int64_t>::min()};
  r.active->timers = {t};
  r.expires = from_unix_ms(std::numeric_limits<std::int64_t>::min());
  const auto decoded = decode(encode(r));
  REQUIRE(decoded);
  CHECK(same(*decoded, r));
}

TEST_CASE("a cold object takes under 100 bytes besides its state, a small value under 16") {
  record active = small_active();
  CHECK(encode(active).size() - active.active->state.size() < 60);
  timer t;
  t.name = "tick";
  t.kind = timer_kind::every;
  t.period = std::chrono::seconds{10};
  t.due = from_unix_ms(1'700'000'000'000);
  active.active->timers.push_back(t);
  active.expires = from_unix_ms(1'800'000'000'000);
  CHECK(encode(active).size() - active.active->state.size() < 100);

  record passive;
  passive.version = 1;
  passive.incarnation = 1'000'000;
  passive.value = "value";
  CHECK(encode(passive).size() - passive.value.size() < 16);
}

TEST_CASE("a record with any one bit changed is refused as damaged") {
  record r = small_active();
  r.owner = "anna";
  r.expires = from_unix_ms(1'700'000'000'000);
  const bytes whole = encode(r);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    bytes damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const auto decoded = decode(damaged);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.failure().code == errc::corrupt);
  }
}

TEST_CASE("a record that is cut off or goes on is refused") {
  const bytes whole = encode(small_active());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(decode(bytes_view{whole}.substr(0, size)).failure().code == errc::corrupt);
    if (size >= 4) {  // cut, but with a checksum that holds
      const auto decoded = decode(with_checksum(whole.substr(0, size - 4)));
      CHECK_FALSE(decoded);
    }
  }
  CHECK_FALSE(decode(whole + "x"));
  CHECK_FALSE(decode(with_checksum(whole.substr(0, whole.size() - 4) + "x")));
}

TEST_CASE("a record of another format is refused as incompatible, with all formats named") {
  bytes body = encode(small_active());
  body.resize(body.size() - 4);
  body[0] = '\x03';
  const auto decoded = decode(with_checksum(body));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.failure().code == errc::incompatible);
  CHECK(decoded.failure().message.find("format 3") != bytes::npos);
  CHECK(decoded.failure().message.find("formats 1, 4 and 5") != bytes::npos);
  CHECK(summarize(with_checksum(body)).failure().code == errc::incompatible);
}

TEST_CASE("whatever decodes is the one encoding of its record, also among changed bytes") {
  prng random{8};
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    bytes body = encode(drawn_record(random));
    body.resize(body.size() - 4);
    for (auto changes = 1 + random.below(3); changes > 0; --changes) {
      const auto at = random.below(std::min<std::size_t>(body.size(), 60));
      body[at] = static_cast<char>(random.below(2) == 0 ? random() & 0xFFU : random.below(8));
    }
    const bytes encoded = with_checksum(std::move(body));
    const auto decoded = decode(encoded);
    const auto summary = summarize(encoded);
    if (!decoded) {
      CHECK((decoded.failure().code == errc::corrupt ||
             decoded.failure().code == errc::incompatible));
      continue;
    }
    ++accepted;
    REQUIRE(encode(*decoded) == encoded);
    REQUIRE(summary);
    CHECK(summary->expires == decoded->expires);
    CHECK(summary->active == decoded->is_active());
    CHECK(summary->asks_replicas == (decoded->is_active() && !decoded->active->replicas.empty()));
  }
  CHECK(accepted > 1'000);
}

TEST_CASE("any bytes with a checksum that holds are a record or an error") {
  prng random{9};
  for (int i = 0; i < 50'000; ++i) {
    bytes body = drawn_bytes(random, 80);
    if (!body.empty() && random.below(4) > 0) body[0] = '\x01';
    const bytes encoded = with_checksum(std::move(body));
    if (const auto decoded = decode(encoded)) CHECK(encode(*decoded) == encoded);
    if (const auto summary = summarize(encoded))
      CHECK((encoded[0] == '\x01' || encoded[0] == '\x04' || encoded[0] == '\x05'));
  }
}

TEST_CASE("a list that claims more elements than bytes are left is refused before it is made") {
  bytes body = encode(small_active());
  body.resize(body.size() - 4);
  body[1] = static_cast<char>(body[1] | 8);  // has args
  const bytes state_field{"\x01\x80", 2};
  body.resize(body.size() - state_field.size());
  body += bytes{"\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9} + state_field;
  CHECK(decode(with_checksum(body)).failure().code == errc::corrupt);
}

TEST_CASE("a summary tells expiry and kind without the rest") {
  record r = small_active();
  r.expires = from_unix_ms(123);
  const auto summary = summarize(encode(r));
  REQUIRE(summary);
  CHECK(summary->active);
  CHECK(summary->expires == from_unix_ms(123));
  record passive;
  passive.value = bytes(1'000, 'v');
  const auto plain = summarize(encode(passive));
  REQUIRE(plain);
  CHECK_FALSE(plain->active);
  CHECK_FALSE(plain->expires);
  CHECK(summarize("").failure().code == errc::corrupt);
  CHECK(summarize("1234567").failure().code == errc::corrupt);
}

TEST_CASE("a copy of a record shares nothing with it") {
  const record original = small_active();
  record copy = original;
  CHECK(same(copy, original));
  copy.active->state = "changed";
  CHECK(original.active->state == "\x80");
  record assigned;
  assigned = original;
  CHECK(same(assigned, original));
  const record& self = assigned;
  assigned = self;
  CHECK(same(assigned, original));
}

TEST_CASE("an object is due at the earliest of its expiry and its timers") {
  record r = small_active();
  CHECK_FALSE(r.next_due());
  timer late;
  late.due = from_unix_ms(300);
  timer early;
  early.due = from_unix_ms(100);
  r.active->timers = {late, early};
  CHECK(r.next_due() == from_unix_ms(100));
  r.expires = from_unix_ms(50);
  CHECK(r.next_due() == from_unix_ms(50));
  r.expires = from_unix_ms(200);
  CHECK(r.next_due() == from_unix_ms(100));
}

TEST_CASE("the timers of a quarantined object wait, its expiry does not") {
  record r = small_active();
  timer t;
  t.due = from_unix_ms(100);
  r.active->timers = {t};
  r.active->quarantine = "fuel";
  CHECK_FALSE(r.next_due());
  r.expires = from_unix_ms(200);
  CHECK(r.next_due() == from_unix_ms(200));
}

TEST_CASE("a record expires at the millisecond it names") {
  record r;
  CHECK_FALSE(r.expired_at(from_unix_ms(1)));
  r.expires = from_unix_ms(10);
  CHECK_FALSE(r.expired_at(from_unix_ms(9)));
  CHECK(r.expired_at(from_unix_ms(10)));
}

TEST_CASE("limits that no object may ask for are damage") {
  const auto refused = [](const asked_limits& limits) {
    record r = small_active();
    r.active->limits = limits;
    const auto read = decode(encode(r));
    return !read && read.failure().code == errc::corrupt;
  };
  CHECK_FALSE(refused({{limit::fuel_per_turn, 1}, {limit::timers, 0}}));
  CHECK(refused({{limit::timers, 0}, {limit::fuel_per_turn, 1}}));
  CHECK(refused({{limit::timers, 0}, {limit::timers, 0}}));
  CHECK(refused({{limit::fuel_per_turn, 0}}));
  CHECK(refused({{limit::fuel_per_turn, -1}}));
  CHECK(refused({{static_cast<limit>(77), 1}}));
}

TEST_CASE("replicas that no object may ask for are damage") {
  const auto refused = [](const asked_replicas& asked) {
    record r = small_active();
    r.active->replicas = asked;
    const auto read = decode(encode(r));
    return !read && read.failure().code == errc::corrupt;
  };
  auto [low, high] = std::minmax({sha256("a node"), sha256("another")});
  CHECK_FALSE(refused({2, {low, high}}));
  CHECK_FALSE(refused({replica::members_max, {}}));
  CHECK_FALSE(refused({0, {}, replicas_interval_max}));
  CHECK(refused({0, {}, replicas_interval_max + std::chrono::milliseconds{1}}));
  CHECK(refused({1, {}, std::chrono::milliseconds{-1}}));
  CHECK(refused({replica::members_max + 1, {}}));
  CHECK(refused({1, {low, high}}));
  CHECK(refused({2, {high, low}}));
  CHECK(refused({2, {low, low}}));
}

TEST_CASE("a record of before objects could ask for replicas is read, and asks for none") {
  const auto written = from_hex(
      "01042ac0843d5694d08a2e53ffcae0c3103e5ad6f6076abd960eb1f8a56577040bc1028f702b8827"
      "a0f7360001809002df20");
  const auto read = decode(*written);
  REQUIRE(read);
  CHECK(same(*read, small_active()));
  CHECK(encode(*read) == *written);
  CHECK(read->active->replicas.empty());
}

}  // namespace comet::object
