// Failing disks: a refused commit changes nothing and never comes back; writes resume by
// themselves.

#include "store/rocks_files.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <map>

#include "base/random.hpp"
#include "tests/unit/store/engines.hpp"

namespace comet::store {

using namespace testing;  // NOLINT(google-build-using-namespace)

namespace {

/// Fails operations of a kind on files of a kind, from the n-th on, as often as wanted.
class fault_plan {
 public:
  void fail(file_operation what, std::string ending, int failure, std::size_t spared = 0,
            std::size_t count = SIZE_MAX) {
    what_ = what;
    ending_ = std::move(ending);
    spared_ = spared;
    count_ = count;
    failure_ = failure;
  }
  /// As above, whatever the operation and the file.
  void fail_any(int failure, std::size_t spared, std::size_t count) {
    spared_ = spared;
    count_ = count;
    failure_ = failure;
    any_ = true;
  }
  void heal() { failure_ = 0; }
  [[nodiscard]] std::size_t struck() const { return struck_; }

  file_fault hook() {
    return [this](file_operation what, bytes_view path) {
      const int failure = failure_;
      if (failure == 0 || (!any_ && (what != what_ || !path.ends_with(ending_)))) return 0;
      if (spared_ > 0) {
        --spared_;
        return 0;
      }
      if (count_ == 0) return 0;
      --count_;
      ++struck_;
      return failure;
    };
  }

 private:
  // RocksDB asks from its own threads too; counts need not be exact there.
  std::atomic<int> failure_ = 0;
  std::atomic<bool> any_ = false;
  std::atomic<file_operation> what_ = file_operation::append;
  std::string ending_;
  std::atomic<std::size_t> spared_ = 0;
  std::atomic<std::size_t> count_ = 0;
  std::atomic<std::size_t> struck_ = 0;
};

using model = std::map<bytes, bytes>;

std::vector<entry> entries_of(const model& from) {
  return {from.begin(), from.end()};
}

/// The store's content is the model's, now and after a kill at this moment.
void must_equal(store& now, const std::string& path, const std::string& copy, const model& expected,
                durability safety) {
  REQUIRE(all_of(now) == entries_of(expected));
  if (safety == durability::none) return;
  copy_as_after_kill(path, copy);
  rocks_options options;
  options.safety = safety;
  REQUIRE(all_of(*opened(copy, options)) == entries_of(expected));
}

}  // namespace

TEST_CASE("a commit that the disk refused is gone, and the next one succeeds", "[store]") {
  const auto what = GENERATE(file_operation::append, file_operation::sync);
  const auto failure = GENERATE(EIO, ENOSPC);
  const auto before = GENERATE(0, 1, 50);
  const temporary_directory directory;
  const temporary_directory crashed;
  fault_plan plan;
  rocks_options options;
  options.safety = durability::always;
  options.fault = plan.hook();
  auto store = opened(directory.path(), options);
  model expected;
  for (int n = 0; n < before; ++n) {
    expected["key" + std::to_string(n)] = "value";
    REQUIRE(store->commit(putting("key" + std::to_string(n), "value")).ok());
  }
  // Once with everything in tables and none in memory.
  if (before == 50) {
    store.reset();
    store = opened(directory.path(), options);
  }

  plan.fail(what, ".log", failure);
  batch refused;
  refused.put("refused", "value");
  refused.erase("key0");
  const auto error = refusal(store->commit(refused));
  CHECK(error.code == (failure == ENOSPC ? errc::disk_full : errc::storage));
  CHECK(error.message.find(directory.path()) != bytes::npos);
  must_equal(*store, directory.path(), crashed.file("copy"), expected, options.safety);

  // Still refused while the fault lasts, and still nothing of it to be seen.
  CHECK_FALSE(store->commit(refused).ok());
  must_equal(*store, directory.path(), crashed.file("copy"), expected, options.safety);

  plan.heal();
  for (int n = 0; n < 5; ++n) {
    expected["later" + std::to_string(n)] = "value";
    const auto done = store->commit(putting("later" + std::to_string(n), "value"));
    INFO((done.ok() ? bytes{} : done.failure().message));
    REQUIRE(done.ok());
    must_equal(*store, directory.path(), crashed.file("copy"), expected, options.safety);
  }
  CHECK(store->sync().ok());
  store.reset();
  CHECK(all_of(*opened(directory.path(), options)) == entries_of(expected));
}

TEST_CASE("a sync that failed is told, and the next one makes everything safe", "[store]") {
  const auto safety = GENERATE(durability::none, durability::interval);
  const temporary_directory directory;
  const temporary_directory crashed;
  fault_plan plan;
  rocks_options options;
  options.safety = safety;
  options.fault = plan.hook();
  const auto store = opened(directory.path(), options);
  REQUIRE(store->commit(putting("a", "1")).ok());
  plan.fail_any(EIO, 0, SIZE_MAX);
  CHECK(refusal(store->sync()).code == errc::storage);
  CHECK(all_of(*store) == std::vector<entry>{{"a", "1"}});

  plan.heal();
  SECTION("by a sync") {
    CHECK(store->sync().ok());
  }
  SECTION("by a commit") {
    CHECK(store->commit(putting("a", "1")).ok());
  }
  copy_as_after_kill(directory.path(), crashed.file("copy"));
  CHECK(all_of(*opened(crashed.file("copy"), options)) == std::vector<entry>{{"a", "1"}});
}

TEST_CASE("a failing disk is probed before anything is written to it again", "[store]") {
  const temporary_directory directory;
  fault_plan plan;
  rocks_options options;
  options.safety = durability::always;
  options.fault = plan.hook();
  const auto store = opened(directory.path(), options);
  REQUIRE(store->commit(putting("a", "1")).ok());
  plan.fail_any(EIO, 0, SIZE_MAX);
  CHECK(refusal(store->commit(putting("b", "2"))).code == errc::storage);
  const auto after_first = plan.struck();
  CHECK(refusal(store->commit(putting("b", "2"))).code == errc::storage);
  CHECK(plan.struck() == after_first + 1);
  CHECK_FALSE(std::filesystem::exists(directory.file("probe.tmp")));
}

TEST_CASE("reads go on when the database cannot be opened again, and writes come back", "[store]") {
  const auto safety = GENERATE(durability::none, durability::interval, durability::always);
  const temporary_directory directory;
  fault_plan plan;
  rocks_options options;
  options.safety = safety;
  options.fault = plan.hook();
  const auto store = opened(directory.path(), options);
  REQUIRE(store->commit(putting("a", "1")).ok());
  plan.fail_any(EIO, 0, SIZE_MAX);
  // Without a log a commit does not notice.
  CHECK_FALSE((safety == durability::none ? store->sync() : store->commit(putting("b", "2"))).ok());
  // The probe's three operations pass, what opening or resuming writes does not.
  for (const std::size_t spared : {3, 4, 5, 8}) {
    plan.fail_any(EIO, spared, SIZE_MAX);
    CHECK_FALSE(store->commit(putting("b", "2")).ok());
    CHECK(all_of(*store) == std::vector<entry>{{"a", "1"}});
    CHECK_FALSE(store->commit(putting("b", "2")).ok());
    CHECK_FALSE(store->sync().ok());
    CHECK(all_of(*store) == std::vector<entry>{{"a", "1"}});
  }
  plan.heal();
  REQUIRE(store->commit(putting("b", "2")).ok());
  CHECK(all_of(*store) == std::vector<entry>{{"a", "1"}, {"b", "2"}});
  CHECK(store->sync().ok());
}

TEST_CASE("whichever operation fails, acknowledged is kept and refused is gone", "[store]") {
  const auto safety = GENERATE(durability::none, durability::interval, durability::always);
  const auto failure = GENERATE(EIO, ENOSPC);
  prng random(static_cast<std::uint64_t>(failure));
  for (std::size_t spared = 0; spared < 400; spared += 1 + random.below(60)) {
    const temporary_directory directory;
    const temporary_directory crashed;
    fault_plan plan;
    rocks_options options;
    options.safety = safety;
    options.memtable_bytes = std::size_t{64} << 10U;  // tables and logs change often
    options.fault = plan.hook();
    auto store = opened(directory.path(), options);
    plan.fail_any(failure, spared, 1 + random.below(6));
    model expected;
    int refused = 0;
    for (int n = 0; n < 120; ++n) {
      const bytes key = "key" + std::to_string(random.below(40));
      const bytes value(500 + random.below(2000), static_cast<char>('a' + random.below(26)));
      if (store->commit(putting(key, value)).ok()) {
        expected[key] = value;
      } else {
        ++refused;
        // A flush in the background may change files while they are copied, so only reads here.
        REQUIRE(all_of(*store) == entries_of(expected));
      }
      if (n % 50 == 49 && safety == durability::interval && !store->sync().ok()) ++refused;
    }
    CAPTURE(spared, refused, plan.struck());
    plan.heal();
    const auto done = store->commit(putting("last", "1"));
    INFO((done.ok() ? bytes{} : done.failure().message));
    REQUIRE(done.ok());
    expected["last"] = "1";
    REQUIRE(all_of(*store) == entries_of(expected));
    store.reset();
    REQUIRE(all_of(*opened(directory.path(), options)) == entries_of(expected));
  }
}

TEST_CASE("a full disk refuses writes, serves reads, and takes writes when space returns",
          "[store]") {
  const auto safety = GENERATE(durability::none, durability::interval, durability::always);
  const temporary_directory directory;
  const temporary_directory crashed;
  if (::mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=12m") != 0) {
    SKIP("mounting a small tmpfs takes privileges this process does not have");
  }
  struct mounted {
    const std::string& path;
    ~mounted() { ::umount2(path.c_str(), MNT_DETACH); }
  } const small{directory.path()};
  write_file(directory.file("lost+found"), bytes(std::size_t{4} << 20U, 'x'));

  rocks_options options;
  options.safety = safety;
  options.memtable_bytes = std::size_t{2} << 20U;
  auto store = opened(directory.path(), options);
  prng random(3);
  model expected;
  const auto fill = [&](int most) {
    for (int n = 0; n < most; ++n) {
      const bytes key = "key" + std::to_string(expected.size());
      bytes value(20'000, '\0');
      for (char& c : value)
        c = static_cast<char>(random());
      const auto done = store->commit(putting(key, value));
      if (!done.ok()) {
        INFO(done.failure().message);
        CHECK(done.failure().code == errc::disk_full);
        return false;
      }
      expected[key] = value;
    }
    return true;
  };
  REQUIRE_FALSE(fill(10'000));
  CHECK(expected.size() > 50);
  must_equal(*store, directory.path(), crashed.file("copy"), expected, safety);
  for (int n = 0; n < 100; ++n)
    CHECK_FALSE(fill(1));
  must_equal(*store, directory.path(), crashed.file("copy"), expected, safety);

  REQUIRE(::mount("tmpfs", directory.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
  CHECK(fill(200));
  must_equal(*store, directory.path(), crashed.file("copy"), expected, safety);
  store.reset();
  store = opened(directory.path(), options);
  CHECK(all_of(*store) == entries_of(expected));
}

}  // namespace comet::store
