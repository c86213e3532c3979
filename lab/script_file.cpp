#include "lab/script_file.hpp"

#include <algorithm>
#include <utility>

#include "lab/script_state.hpp"
#include "lab/world.hpp"

namespace comet::lab {
namespace {

constexpr std::size_t turns_shown_max = 12;
constexpr std::size_t lines_shown_max = 24;
constexpr std::uint64_t listing_seed = 1;

/// What the objects that the test named did last.
void note_journal(const world& network, const std::set<bytes>& keys, test_outcome& outcome) {
  for (const bytes& key : keys) {
    std::ranges::move(network.turns(key), std::back_inserter(outcome.turns));
    for (bytes& line : network.log(key))
      outcome.lines.push_back({key, std::move(line)});
  }
  std::ranges::stable_sort(outcome.turns, {}, &turn_note::at);
  const auto cut = [](auto& list, std::size_t kept) {
    if (list.size() > kept)
      list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(kept));
  };
  cut(outcome.turns, turns_shown_max);
  cut(outcome.lines, lines_shown_max);
}

}  // namespace

script_file::script_file(bytes path, bytes text, source_reader reader)
    : path_(std::move(path)), text_(std::move(text)), reader_(std::move(reader)) {}

test_listing script_file::list() const {
  script_state state{path_, reader_, listing_seed};
  auto failure = state.load(text_);
  if (!failure && state.scope().tests.empty())
    failure = test_failure::at(
        {path_, 0}, "it has no test: name one with test(\"...\", function(net) ... end)");
  return {state.scope().tests, std::move(failure)};
}

test_outcome script_file::run(const test_case& test, std::uint64_t seed) const {
  test_outcome outcome;
  outcome.name = test.name;
  outcome.place = test.place;
  outcome.seed = test.own_seed ? test.network.seed : seed;
  world_options options = test.network;
  options.seed = outcome.seed;
  auto network = world::make(std::move(options));
  if (!network) {
    outcome.failure = test_failure::at(test.place, network.failure().message);
    return outcome;
  }
  script_state state{path_, reader_, outcome.seed};
  outcome.failure = state.load(text_);
  const auto& tests = state.scope().tests;
  const auto own = std::ranges::find(tests, test.name, &test_case::name);
  if (!outcome.failure && own == tests.end())
    outcome.failure = test_failure::at(
        {path_, 0}, "the file named this test when it was listed, and not when it ran with seed " +
                        std::to_string(outcome.seed));
  if (!outcome.failure)
    outcome.failure = state.run(static_cast<std::size_t>(own - tests.begin()), **network);
  outcome.virtual_time = (*network)->now() - epoch;
  if (!outcome.passed()) note_journal(**network, state.scope().keys, outcome);
  return outcome;
}

}  // namespace comet::lab
