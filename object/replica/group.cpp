#include "object/replica/group.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/encoding.hpp"

namespace comet::object::replica {

namespace {

constexpr std::uint8_t register_format = 1;

enum register_flag : std::uint8_t { votes = 1U, has_next = 2U, is_ready = 4U };

void write_group(encoder& out, const group& g) {
  out.number(g.epoch);
  out.number(g.sealed_by);
  out.number(g.members.size());
  for (const auto& m : g.members) {
    out.raw(as_bytes(m.node));
    out.number(m.life);
  }
}

group read_group(decoder& in) {
  group g;
  g.epoch = in.number();
  g.sealed_by = in.number();
  const std::uint64_t count = in.number();
  if (count > members_max) in.failed("a group has too many members");
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const bytes_view node = in.raw(sizeof(digest));
    if (in.ok()) g.members.push_back({digest_from(node), in.number()});
  }
  return g;
}

}  // namespace

std::optional<std::size_t> group::place_of(const member& who) const {
  const auto at = std::find(members.begin(), members.end(), who);
  if (at == members.end()) return std::nullopt;
  return static_cast<std::size_t>(at - members.begin());
}

bool same_members(const std::vector<member>& a, const std::vector<member>& b) {
  return std::is_permutation(a.begin(), a.end(), b.begin(), b.end());
}

bool is_plausible(const group& g) {
  if (g.epoch == 0 || g.members.empty() || g.members.size() > members_max) return false;
  std::set<digest> nodes;
  for (const auto& m : g.members)
    nodes.insert(m.node);
  return nodes.size() == g.members.size();
}

bool listing::is_plausible(const std::optional<bytes>& after) const {
  const auto out_of_order = [](const listed_key& a, const listed_key& b) { return a.key >= b.key; };
  if (keys.empty()) return !more;
  return (!after || keys.front().key > *after) &&
         std::adjacent_find(keys.begin(), keys.end(), out_of_order) == keys.end();
}

bytes encode(const range_register& r) {
  encoder out{64 + r.current.members.size() * (sizeof(digest) + 8)};
  out.byte(register_format);
  unsigned flags = 0;
  if (r.votes) flags |= votes;
  if (r.next) flags |= has_next;
  if (r.ready) flags |= is_ready;
  out.byte(static_cast<std::uint8_t>(flags));
  write_group(out, r.current);
  out.number(r.promised);
  out.number(r.taught_by);
  out.number(r.taught_run);
  if (r.next) {
    write_group(out, *r.next);
    out.number(r.next_by);
  }
  out.checksum();
  return std::move(out).take();
}

result<range_register> decode_register(bytes_view encoded) {
  const auto body = without_checksum(encoded);
  if (!body) {
    return error{errc::corrupt, "register of " + std::to_string(encoded.size()) +
                                    " bytes is damaged: its checksum does not hold"};
  }
  decoder in{*body, "register"};
  const std::uint8_t format = in.byte();
  if (format != register_format) {
    return error{errc::incompatible, "register has format " + std::to_string(format) +
                                         ", this build reads format 1: start the version of "
                                         "comet that wrote it"};
  }
  const std::uint8_t flags = in.byte();
  if ((flags & ~(votes | has_next | is_ready)) != 0) in.failed("unknown flags");
  range_register r;
  r.votes = (flags & votes) != 0;
  r.ready = (flags & is_ready) != 0;
  r.current = read_group(in);
  r.promised = in.number();
  r.taught_by = in.number();
  const std::uint64_t run = in.number();
  if (run > std::numeric_limits<std::uint32_t>::max()) in.failed("a run is too high");
  r.taught_run = static_cast<std::uint32_t>(run);
  if ((flags & has_next) != 0) {
    r.next = read_group(in);
    r.next_by = in.number();
  }
  if (!in.at_end()) in.failed("bytes after the end");
  if (!in.ok()) return in.failure();
  return r;
}

}  // namespace comet::object::replica
