#include "actors/stored_replicas.hpp"

#include <utility>

#include "object/layout.hpp"
#include "object/record.hpp"
#include "object/stored_object.hpp"

namespace comet::actors {

namespace {

constexpr bytes_view life_name = "life";
constexpr bytes_view founded_name = "founded";  ///< 1: it began its network; 0: it joined one
constexpr std::size_t page = 10'000;

result<std::optional<std::uint64_t>> read_number(store::store& store, bytes_view name) {
  auto raw = store.load(object::layout::meta_key(name));
  if (!raw) return std::move(raw.failure());
  if (!*raw) return std::optional<std::uint64_t>{};
  const auto number = object::layout::decode_number(**raw);
  if (!number) return number.failure();
  return std::optional{*number};
}

/// Every entry of the range, in order.
template <class Visit>
result<void> visit(store::store& store, bytes from, const bytes& to, Visit each) {
  for (;;) {
    const auto entries = store.scan(from, to, page);
    if (!entries) return entries.failure();
    for (const auto& entry : *entries)
      if (auto seen = each(entry); !seen) return seen;
    if (entries->size() < page) return {};
    from = entries->back().first + '\0';
  }
}

/// A damaged record asks for nothing: who addresses its key is told of the damage.
void count_asked(object::replica::range_id range, bytes_view encoded,
                 object::replica::asked_groups& asked) {
  const auto summary = object::summarize(encoded);
  if (!summary || !summary->asks_replicas) return;
  if (const auto record = object::decode(encoded); record && record->is_active())
    asked.add(range, record->active->replicas);
}

result<void> count_objects(store::store& store, stored_replicas& found) {
  found.objects_in.resize(object::replica::ranges);
  return visit(store, object::layout::object_range_start(0), object::layout::objects_end(),
               [&](const store::entry& entry) -> result<void> {
                 const auto place = object::layout::parse_object_key(entry.first);
                 const auto stored = object::decode_stored(entry.second);
                 if (!place || (stored && stored->erased)) return {};
                 const auto range = object::replica::range_at(place->position);
                 ++found.objects_in[range];
                 if (stored) count_asked(range, stored->encoded, found.asked);
                 return {};
               });
}

}  // namespace

result<stored_replicas> read_replicas(store::store& store, bool joins,
                                      const std::function<bytes(std::size_t)>& random_bytes) {
  stored_replicas found;
  if (auto counted = count_objects(store, found); !counted) return counted.failure();
  const auto life = read_number(store, life_name);
  if (!life) return life.failure();
  const auto founded = read_number(store, founded_name);
  if (!founded) return founded.failure();
  if (!*life || !*founded) {
    std::uint64_t objects = 0;
    for (const auto count : found.objects_in)
      objects += count;
    if (joins && objects > 0) {
      return error{errc::config,
                   "the data directory holds " + std::to_string(objects) +
                       " objects of a node that was not of this network: join with an empty "
                       "directory and copy them, or start this node without `join` and let the "
                       "others join it"};
    }
    found.life = object::layout::decode_number(random_bytes(sizeof(std::uint64_t))).value() | 1U;
    found.newborn = true;
    found.founds = !joins;
    store::batch first;
    first.put(object::layout::meta_key(life_name), object::layout::encode_number(found.life));
    first.put(object::layout::meta_key(founded_name),
              object::layout::encode_number(found.founds ? 1 : 0));
    if (auto kept = store.commit(first); !kept) return kept.failure();
    if (auto kept = store.sync(); !kept) return kept.failure();
    return found;
  }
  found.life = **life;
  found.founds = **founded == 1;
  const auto [from, to] = object::layout::registers_range();
  auto read = visit(store, from, to, [&](const store::entry& entry) -> result<void> {
    const auto range = object::layout::parse_register_key(entry.first);
    if (!range) return range.failure();
    auto kept = object::replica::decode_register(entry.second);
    if (!kept) return std::move(kept.failure());
    found.registers.emplace(*range, std::move(*kept));
    return {};
  });
  if (!read) return read.failure();
  return found;
}

}  // namespace comet::actors
