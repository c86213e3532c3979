#pragma once
// Messages of replicas with something in each field, and the way to bytes and back.

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "net/wire/replica_batch.hpp"

namespace comet::wire::test {

namespace replica = object::replica;
using fit = replica_batch::fit;

inline const frame_limits limits;
inline constexpr auto most = std::numeric_limits<std::uint64_t>::max();
inline constexpr lives between{7, most};

inline bytes body_of(const replica_batch& batch) {
  bytes out;
  REQUIRE(append_frame(out, 1, 0, batch, limits).ok());
  return out.substr(frame_head_bytes);
}

inline result<replica_messages> decoded(bytes_view body) {
  return decode<replica_messages>({1, frame_kind::replica, 0, body});
}

/// A batch of these alone.
inline bytes body_of(std::vector<replica::message> all) {
  replica_batch batch{between, limits};
  replica::range_id range = 0;
  for (auto& one : all)
    REQUIRE(batch.append(range++, one) == fit::taken);
  return body_of(batch);
}

template <class Message>
Message back(const Message& sent) {
  const auto said = decoded(body_of({sent}));
  REQUIRE(said.ok());
  REQUIRE(said->messages.size() == 1);
  const auto* what = std::get_if<Message>(&said->messages.front().what);
  REQUIRE(what != nullptr);
  return *what;
}

inline replica::group three() {
  return {9, {{sha256("a"), 1}, {sha256("b"), most}, {sha256("c"), 0}}, replica::make_ballot(3, 1)};
}

inline replica::group largest() {
  replica::group g{most, {}, most};
  for (std::size_t i = 0; i < replica::members_max; ++i)
    g.members.push_back({sha256(std::to_string(i)), most - i});
  return g;
}

inline replica::entry value_of(bytes key, bytes value) {
  return {std::move(key), {most, most, most}, false, std::move(value)};
}

inline replica::stream stream_of(std::vector<replica::part> parts) {
  return {9, replica::make_ballot(4, 2), 3, 17, three(), std::move(parts)};
}

}  // namespace comet::wire::test
