// What every engine of the port does, the one in memory and RocksDB at each durability.

#include "store/store.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <map>
#include <thread>

#include "base/random.hpp"
#include "tests/unit/store/engines.hpp"

#define COMET_ENGINES memory_engine, rocks_none, rocks_interval, rocks_always

namespace comet::store {

using namespace testing;  // NOLINT(google-build-using-namespace)

namespace {

void must_commit(store& to, const batch& changes) {
  const auto done = to.commit(changes);
  INFO((done.ok() ? bytes{} : done.failure().message));
  REQUIRE(done.ok());
}

std::optional<bytes> loaded(store& from, bytes_view key) {
  const auto value = from.load(key);
  REQUIRE(value.ok());
  return *value;
}

/// a=1 b=2 c=3 d=4
void put_four(store& to) {
  batch changes;
  changes.put("c", "3");
  changes.put("a", "1");
  changes.put("d", "4");
  changes.put("b", "2");
  must_commit(to, changes);
}

bytes keys_of(const std::vector<entry>& entries) {
  bytes keys;
  for (const auto& [key, value] : entries)
    keys += key;
  return keys;
}

bytes scanned(store& from, bytes_view first, bytes_view end, std::size_t limit = 100) {
  const auto found = from.scan(first, end, limit);
  REQUIRE(found.ok());
  return keys_of(*found);
}

}  // namespace

TEMPLATE_TEST_CASE("a committed value is loaded, an absent key is nothing", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  CHECK(loaded(engine.get(), "key") == std::nullopt);
  must_commit(engine.get(), putting("key", "value"));
  CHECK(loaded(engine.get(), "key") == "value");
  CHECK(loaded(engine.get(), "ke") == std::nullopt);
  CHECK(loaded(engine.get(), "key1") == std::nullopt);
}

TEMPLATE_TEST_CASE("a put replaces and an erase removes", "[store]", COMET_ENGINES) {
  TestType engine;
  must_commit(engine.get(), putting("key", "old"));
  must_commit(engine.get(), putting("key", "new"));
  CHECK(loaded(engine.get(), "key") == "new");
  batch erasing;
  erasing.erase("key");
  erasing.erase("never there");
  must_commit(engine.get(), erasing);
  CHECK(all_of(engine.get()).empty());
}

TEMPLATE_TEST_CASE("the later of two changes to a key in a batch wins", "[store]", COMET_ENGINES) {
  TestType engine;
  batch changes;
  changes.put("a", "first");
  changes.put("a", "second");
  changes.put("b", "gone");
  changes.erase("b");
  changes.erase("c");
  changes.put("c", "back");
  must_commit(engine.get(), changes);
  CHECK(all_of(engine.get()) == std::vector<entry>{{"a", "second"}, {"c", "back"}});
}

TEMPLATE_TEST_CASE("a range is erased from its first key up to its end", "[store]", COMET_ENGINES) {
  TestType engine;
  put_four(engine.get());
  batch changes;
  changes.erase_range("b", "d");
  must_commit(engine.get(), changes);
  CHECK(scanned(engine.get(), "", "") == "ad");
}

TEMPLATE_TEST_CASE("a range erased in a batch spares what the batch puts later", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  put_four(engine.get());
  batch changes;
  changes.put("bb", "before");
  changes.erase_range("a", "z");
  changes.put("c", "after");
  must_commit(engine.get(), changes);
  CHECK(all_of(engine.get()) == std::vector<entry>{{"c", "after"}});
  CHECK(loaded(engine.get(), "bb") == std::nullopt);
}

TEMPLATE_TEST_CASE("an empty or inverted range erases nothing", "[store]", COMET_ENGINES) {
  TestType engine;
  put_four(engine.get());
  batch changes;
  changes.erase_range("b", "b");
  changes.erase_range("d", "a");
  changes.erase_range("a", "");
  must_commit(engine.get(), changes);
  CHECK(scanned(engine.get(), "", "") == "abcd");
}

TEMPLATE_TEST_CASE("a scan keeps to its bounds and its limit, in key order", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  put_four(engine.get());
  store& store = engine.get();
  CHECK(scanned(store, "", "") == "abcd");
  CHECK(scanned(store, "b", "") == "bcd");
  CHECK(scanned(store, "b", "d") == "bc");
  CHECK(scanned(store, "aa", "cc") == "bc");
  CHECK(scanned(store, "", "b") == "a");
  CHECK(scanned(store, "c", "c").empty());
  CHECK(scanned(store, "d", "a").empty());
  CHECK(scanned(store, "e", "").empty());
  CHECK(scanned(store, "", "", 2) == "ab");
  CHECK(scanned(store, "b", "d", 1) == "b");
  CHECK(scanned(store, "", "", 0).empty());
}

TEMPLATE_TEST_CASE("keys are ordered as unsigned bytes", "[store]", COMET_ENGINES) {
  TestType engine;
  using namespace std::string_literals;
  const std::vector<bytes> ordered = {"", "\x00"s, "\x00\x01"s, "\x7f", "\x80", "\xff", "\xff\xff"};
  batch changes;
  for (auto key = ordered.rbegin(); key != ordered.rend(); ++key)
    changes.put(*key, "");
  must_commit(engine.get(), changes);
  std::vector<bytes> found;
  for (auto& [key, value] : all_of(engine.get()))
    found.push_back(key);
  CHECK(found == ordered);
  CHECK(scanned(engine.get(), "\x80", "\xff\xff") == "\x80\xff");
}

TEMPLATE_TEST_CASE("many keys are loaded at once in the order they were asked for", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  put_four(engine.get());
  const auto values = engine.get().load_all({"d", "x", "a", "d", ""});
  REQUIRE(values.ok());
  CHECK(*values == std::vector<std::optional<bytes>>{"4", std::nullopt, "1", "4", std::nullopt});
  const auto none = engine.get().load_all({});
  REQUIRE(none.ok());
  CHECK(none->empty());
}

TEMPLATE_TEST_CASE("empty keys, empty values and zero bytes are data like any", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  const bytes zeros(3, '\0');
  batch changes;
  changes.put("", "of the empty key");
  changes.put("empty", "");
  changes.put(zeros, zeros);
  must_commit(engine.get(), changes);
  engine.restart();
  CHECK(loaded(engine.get(), "") == "of the empty key");
  CHECK(loaded(engine.get(), "empty") == "");
  CHECK(loaded(engine.get(), zeros) == zeros);
}

TEMPLATE_TEST_CASE("an empty batch changes nothing", "[store]", COMET_ENGINES) {
  TestType engine;
  must_commit(engine.get(), {});
  CHECK(all_of(engine.get()).empty());
}

TEMPLATE_TEST_CASE("values of a megabyte come back whole", "[store]", COMET_ENGINES) {
  TestType engine;
  prng random(11);
  bytes value(std::size_t{1} << 20U, '\0');
  for (char& c : value)
    c = static_cast<char>(random());
  batch changes;
  for (int i = 0; i < 4; ++i)
    changes.put("key" + std::to_string(i), value);
  must_commit(engine.get(), changes);
  CHECK(loaded(engine.get(), "key3") == value);
  engine.restart();
  CHECK(loaded(engine.get(), "key0") == value);
}

TEMPLATE_TEST_CASE("any history of commits reads as an ordered map, restarts included", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  prng random(7);
  std::map<bytes, bytes> model;
  const auto key = [&] { return "k" + std::to_string(random.below(60)); };
  for (int step = 0; step < 400; ++step) {
    batch changes;
    for (auto left = random.below(8); left > 0; --left) {
      const bytes first = key();
      switch (random.below(8)) {
        case 0: {
          const bytes last = key();
          changes.erase_range(first, last);
          if (first < last) model.erase(model.lower_bound(first), model.lower_bound(last));
          break;
        }
        case 1:
        case 2:
          changes.erase(first);
          model.erase(first);
          break;
        default: {
          const bytes value = std::to_string(random());
          changes.put(first, value);
          model[first] = value;
        }
      }
    }
    must_commit(engine.get(), changes);
    if (step % 97 == 0) engine.restart();
    if (step % 10 == 0) {
      REQUIRE(all_of(engine.get()) == std::vector<entry>(model.begin(), model.end()));
    }
  }
}

TEMPLATE_TEST_CASE("readers of another thread see a batch whole or not at all", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  constexpr int keys = 20;
  constexpr int rounds = 300;
  std::vector<bytes> names;
  for (int i = 0; i < keys; ++i)
    names.push_back("key" + std::to_string(i));
  const auto round = [&](int n) {
    batch changes;
    changes.erase_range("key", "kez");
    for (const auto& name : names)
      changes.put(name, std::to_string(n));
    return changes;
  };
  must_commit(engine.get(), round(0));

  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::atomic<int> reads = 0;
  std::thread reader([&] {
    do {
      const auto found = engine.get().scan("", "", 100);
      const auto many = engine.get().load_all(names);
      if (!found.ok() || found->size() != keys || !many.ok()) {
        ++torn;
        continue;
      }
      for (const auto& [key, value] : *found)
        torn += value != found->front().second ? 1 : 0;
      for (const auto& value : *many)
        torn += value != many->front() || !value ? 1 : 0;
      ++reads;
    } while (!done);
  });
  for (int n = 1; n <= rounds; ++n) {
    if (!engine.get().commit(round(n)).ok()) ++torn;
  }
  done = true;
  reader.join();
  CHECK(torn == 0);
  CHECK(reads > 0);
  CHECK(loaded(engine.get(), names.front()) == std::to_string(rounds));
}

TEMPLATE_TEST_CASE("a sync of one thread goes along with the commits of another", "[store]",
                   COMET_ENGINES) {
  TestType engine;
  std::atomic<bool> done = false;
  std::atomic<int> failures = 0;
  std::thread syncer([&] {
    do {
      if (!engine.get().sync().ok()) ++failures;
    } while (!done);
  });
  for (int n = 0; n < 500; ++n) {
    if (!engine.get().commit(putting("key" + std::to_string(n), "value")).ok()) ++failures;
  }
  done = true;
  syncer.join();
  CHECK(failures == 0);
  CHECK(all_of(engine.get()).size() == 500);
}

TEMPLATE_TEST_CASE("a restart keeps everything", "[store]", COMET_ENGINES) {
  TestType engine;
  put_four(engine.get());
  engine.restart();
  CHECK(scanned(engine.get(), "", "") == "abcd");
  batch changes;
  changes.erase("a");
  changes.put("e", "5");
  must_commit(engine.get(), changes);
  engine.restart();
  CHECK(scanned(engine.get(), "", "") == "bcde");
}

}  // namespace comet::store
