// What the store costs: commits by batch size and durability, loads, and a million cold objects.
//
// Every figure of time is of the whole process (RocksDB's flushes and compactions included); real
// time is what a writer that waits for each commit sees. The database lies under TMPDIR.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "store/rocks_store.hpp"

namespace {

using comet::bytes;
using comet::prng;
using comet::store::batch;
using comet::store::durability;
using comet::store::rocks_options;
using comet::store::rocks_store;

constexpr int objects = 1'000'000;

/// A database in a directory of its own, gone afterwards.
class database {
 public:
  explicit database(durability safety) {
    path_ = (std::filesystem::temp_directory_path() / "comet-bench-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
    options_.safety = safety;
    reopen();
  }
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() {
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  void reopen() {
    store_.reset();
    auto opened = rocks_store::open(path_, options_);
    if (!opened.ok()) {
      std::fprintf(stderr, "%s\n", opened.failure().message.c_str());
      std::abort();
    }
    store_ = std::move(*opened);
  }
  rocks_store* operator->() { return store_.get(); }

 private:
  std::string path_;
  rocks_options options_;
  std::unique_ptr<rocks_store> store_;
};

/// 16 bytes as object keys are laid out: 'o', eight that look random, then the rest of the name.
bytes key_of(std::uint64_t n) {
  prng scattered(n);
  const std::uint64_t position = scattered();
  bytes key = "o";
  key.append(reinterpret_cast<const char*>(&position), sizeof position);
  bytes name = std::to_string(n);
  name.insert(0, 7 - std::min<std::size_t>(7, name.size()), '0');
  return key + name;
}

/// A record: a head that resembles its neighbours', then digits and text that do not.
bytes record_of(std::uint64_t n, std::size_t size) {
  bytes record("\x01\x02 owner=anonymous created=17000000", 36);
  prng random(n);
  while (record.size() < size)
    record += std::to_string(random());
  record.resize(size);
  return record;
}

void fill(database& db, int count, std::size_t size) {
  for (int n = 0; n < count;) {
    batch changes;
    for (int i = 0; i < 100; ++i, ++n)
      changes.put(key_of(n), record_of(n, size));
    if (!db->commit(changes).ok()) std::abort();
  }
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void commits(benchmark::State& state) {
  const auto safety = static_cast<durability>(state.range(0));
  const auto changes_each = state.range(1);
  const auto size = static_cast<std::size_t>(state.range(2));
  database db(safety);
  const bytes value = record_of(1, size);
  // Prepared, so that only the store is measured; the keys repeat after a million.
  std::vector<batch> batches(static_cast<std::size_t>(objects / changes_each));
  std::uint64_t n = 0;
  for (auto& each : batches) {
    for (int i = 0; i < changes_each; ++i)
      each.put(key_of(n++), value);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    if (!db->commit(batches[next]).ok()) std::abort();
    next = (next + 1) % batches.size();
  }
  const auto changes = static_cast<double>(state.iterations() * changes_each);
  state.counters["changes/s"] = benchmark::Counter(changes, benchmark::Counter::kIsRate);
  state.counters["bytes_on_disk"] = static_cast<double>(db->disk_bytes());
}

/// A million objects of about 130 bytes with their keys, in tables.
database& cold() {
  static database db(durability::none);
  static const bool filled = [] {
    fill(db, objects, 114);
    if (!db->compact().ok()) std::abort();
    db.reopen();
    return true;
  }();
  benchmark::DoNotOptimize(filled);
  return db;
}

void loads(benchmark::State& state, int known, std::uint64_t offset) {
  auto& db = cold();
  prng random(1);
  for (auto _ : state) {
    const auto value = db->load(key_of(offset + random.below(static_cast<std::uint64_t>(known))));
    if (!value.ok() || value->has_value() != (offset == 0)) std::abort();
  }
  state.SetItemsProcessed(state.iterations());
}
void loads_of_any_of_a_million(benchmark::State& state) {
  loads(state, objects, 0);
}
void loads_of_cached(benchmark::State& state) {
  loads(state, 10'000, 0);
}
void loads_of_absent(benchmark::State& state) {
  loads(state, objects, objects);
}

void loads_of_hundred_at_once(benchmark::State& state) {
  auto& db = cold();
  prng random(1);
  std::vector<bytes> keys(100);
  for (auto _ : state) {
    for (auto& key : keys)
      key = key_of(random.below(objects));
    const auto values = db->load_all(keys);
    if (!values.ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * 100);
}

void scans_of_hundred(benchmark::State& state) {
  auto& db = cold();
  prng random(1);
  for (auto _ : state) {
    const auto found = db->scan(key_of(random.below(objects)), "p", 100);
    if (!found.ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * 100);
}

/// Cost of what lies still: per object on disk, and the process's growth over an empty database.
void cold_million(benchmark::State& state) {
  for (auto _ : state) {
    const double before = resident_bytes();
    auto& db = cold();
    const double opened = resident_bytes();
    prng random(1);
    for (int n = 0; n < 200'000; ++n) {
      if (!db->load(key_of(random.below(objects))).ok()) std::abort();
    }
    state.counters["disk_bytes/object"] = static_cast<double>(db->disk_bytes()) / objects;
    state.counters["resident_opened"] = opened - before;
    state.counters["resident_read"] = resident_bytes() - before;
    state.counters["accounted"] = static_cast<double>(db->memory_bytes());
  }
}

void durabilities(benchmark::internal::Benchmark* each) {
  each->ArgNames({"durability", "batch", "value"});
  for (const auto safety : {durability::none, durability::interval, durability::always}) {
    for (const int changes : {1, 10, 100}) {
      for (const int size : {100, 200})
        each->Args({static_cast<int>(safety), changes, size});
    }
  }
  each->UseRealTime()->MeasureProcessCPUTime()->MinTime(2.0);
}

BENCHMARK(cold_million)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(loads_of_any_of_a_million)->MeasureProcessCPUTime();
BENCHMARK(loads_of_cached)->MeasureProcessCPUTime();
BENCHMARK(loads_of_absent)->MeasureProcessCPUTime();
BENCHMARK(loads_of_hundred_at_once)->MeasureProcessCPUTime();
BENCHMARK(scans_of_hundred)->MeasureProcessCPUTime();
BENCHMARK(commits)->Apply(durabilities);

}  // namespace
