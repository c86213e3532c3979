// What a link between nodes costs in processor time: the handshake, frames of requests by how many
// leave together, and values. Both ends in one thread and no socket, so figures are of both sides.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <vector>

#include "actors/link_session.hpp"

namespace {

using namespace comet;
using namespace comet::actors;
using role = link_session::role;

const link_greeting greeting{{{"192.0.2.1", 7400}}, 1, "bench", {}};

struct node {
  tls_identity self{signing_key::generate(), "a secret of the benchmark"};
};

struct session_pair {
  session_pair(const node& one, const node& other)
      : a(one.self, greeting, role::dialer, other.self.id(), 1, {}),
        b(other.self, greeting, role::acceptor, {}, 0, {}) {
    run();
    if (!a.up() || !b.up()) std::abort();
  }
  void run() {
    while (pass(a, b) || pass(b, a)) {
    }
  }
  bool pass(link_session& from, link_session& to) {
    const auto output = from.output();
    if (output.empty()) return false;
    const link_session::frame_sink sink = [this](const auto&) {
      ++frames;
      return true;
    };
    auto done = to.receive(output, sink);
    if (done && to.holding()) done = to.resume(sink);
    if (!done) std::abort();
    from.consume(output.size());
    return true;
  }

  std::uint64_t frames = 0;
  link_session a;
  link_session b;
};

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t whole = 0;
  std::size_t resident = 0;
  statm >> whole >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void identity(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(std::make_unique<node>());
}
BENCHMARK(identity)->Unit(benchmark::kMicrosecond);

void handshake(benchmark::State& state) {
  const node one;
  const node other;
  for (auto _ : state)
    benchmark::DoNotOptimize(std::make_unique<session_pair>(one, other));
}
BENCHMARK(handshake)->Unit(benchmark::kMicrosecond);

/// GET requests and their answers, `range` at a time.
void requests(benchmark::State& state) {
  const node one;
  const node other;
  session_pair pair(one, other);
  wire::forward f;
  f.caller = {"192.0.2.7", 50'000};
  f.what.key = "a key of some length";
  const wire::reply answer{object::reply::bulk(bytes(64, 'v'))};
  std::uint64_t number = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      if (!pair.a.send(++number, f)) std::abort();
    pair.run();
    for (std::int64_t i = 0; i < state.range(0); ++i)
      if (!pair.b.send(number, answer)) std::abort();
    pair.run();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(number));
}
BENCHMARK(requests)->Arg(1)->Arg(10)->Arg(100);

/// Values of `range` bytes, one a round.
void values(benchmark::State& state) {
  const node one;
  const node other;
  session_pair pair(one, other);
  wire::forward f;
  const bytes value(static_cast<std::size_t>(state.range(0)), 'v');
  f.what.value = value;
  std::uint64_t number = 0;
  for (auto _ : state) {
    if (!pair.a.send(++number, f)) std::abort();
    pair.run();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(number) * state.range(0));
}
BENCHMARK(values)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

/// What an idle link holds in memory, one side.
void idle_memory(benchmark::State& state) {
  constexpr std::size_t pairs = 2'000;
  const node one;
  const node other;
  for (auto _ : state) {
    const session_pair first(one, other);
    const std::size_t before = resident_bytes();
    std::vector<std::unique_ptr<session_pair>> all;
    for (std::size_t i = 0; i < pairs; ++i)
      all.push_back(std::make_unique<session_pair>(one, other));
    state.counters["bytes_a_link"] = static_cast<double>(resident_bytes() - before) / (2.0 * pairs);
  }
}
BENCHMARK(idle_memory)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
