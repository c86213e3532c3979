#pragma once
// The answers that a record remembers, by the ids that clients gave their requests.
//
// A client that does not know whether a request was carried out sends it again with the same id.
// The record that the request changed names it, written in the very change, so whoever has the
// change has the answer, too. It remembers the latest few; an older one is pushed out. Read and
// written by object/record, asked by object/shard.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

namespace comet::object {

struct kept_answer {
  std::uint64_t request = 0;     ///< request_number
  std::optional<bytes> content;  ///< an encoded reply; nothing: it was too large to keep

  friend bool operator==(const kept_answer&, const kept_answer&) = default;
};

/// Oldest first, never empty, shared by a record and its successors until one adds to it.
using kept_answers = std::vector<kept_answer>;
using kept_answers_ref = std::shared_ptr<const kept_answers>;

inline constexpr std::size_t kept_answers_max = 16;          ///< a record
inline constexpr std::size_t kept_answer_bytes_max = 1'024;  ///< each
inline constexpr std::size_t kept_answer_depth_max = 32;     ///< of arrays in arrays

/// Of `id` as `user` gave it; the same on all nodes and for ever. Never 0.
std::uint64_t request_number(bytes_view user, bytes_view id);

kept_answers_ref with_answer(const kept_answers_ref& before, std::uint64_t request,
                             const reply& answer);
const kept_answer* find_answer(const kept_answers_ref& in, std::uint64_t request);
/// What to tell who asks again.
reply answer_of(const kept_answer& kept);

std::size_t bytes_of(const kept_answers_ref& kept);
void write(encoder& out, const kept_answers& all);
kept_answers_ref read_kept_answers(decoder& in);

/// Nothing: deeper than `kept_answer_depth_max`.
std::optional<bytes> encode(const reply& what);
result<reply> decode_reply(bytes_view encoded);

}  // namespace comet::object
