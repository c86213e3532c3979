#include "lab/disk.hpp"

#include <utility>

#include "base/glob.hpp"
#include "object/record.hpp"
#include "object/shard.hpp"
#include "object/stored_object.hpp"

namespace comet::lab {

namespace {

using object::scan_order;
using entry = comet::store::entry;

constexpr bytes_view life_name = "life";
constexpr bytes_view founded_name = "founded";
constexpr std::size_t all_of_it = static_cast<std::size_t>(-1);

result<std::optional<std::uint64_t>> read_number(comet::store::store& store, bytes_view name) {
  const auto raw = store.load(object::layout::meta_key(name));
  if (!raw) return raw.failure();
  if (!*raw) return std::optional<std::uint64_t>{};
  const auto number = object::layout::decode_number(**raw);
  if (!number) return number.failure();
  return std::optional{*number};
}

result<void> read_registers(comet::store::store& store, stored_node& found) {
  const auto [from, to] = object::layout::registers_range();
  const auto entries = store.scan(from, to, all_of_it);
  if (!entries) return entries.failure();
  for (const auto& [key, value] : *entries) {
    const auto range = object::layout::parse_register_key(key);
    if (!range) return range.failure();
    auto kept = object::replica::decode_register(value);
    if (!kept) return std::move(kept.failure());
    found.registers.emplace(*range, std::move(*kept));
  }
  return {};
}

result<void> count_objects(comet::store::store& store, stored_node& found) {
  found.objects_in.resize(object::replica::ranges);
  const auto entries =
      store.scan(object::layout::object_range_start(0), object::layout::objects_end(), all_of_it);
  if (!entries) return entries.failure();
  for (const auto& [key, value] : *entries) {
    const auto place = object::layout::parse_object_key(key);
    if (!place) return place.failure();
    const auto stored = object::decode_stored(value);
    if (!stored) return stored.failure();
    if (stored->erased) continue;
    const auto range = object::replica::range_at(place->position);
    ++found.objects_in[range];
    const auto summary = object::summarize(stored->encoded);
    if (!summary) return summary.failure();
    if (!summary->asks_replicas) continue;
    const auto record = object::decode(stored->encoded);
    if (!record) return record.failure();
    found.asked.add(range, record->active->replicas);
  }
  return {};
}

bool is_asked_for(const scan_order& order, const object::layout::object_position& place,
                  bytes_view encoded) {
  const auto summary = object::summarize(encoded);
  if (!summary || (summary->expires && *summary->expires <= order.now)) return false;
  if (!order.type_filter.empty() && order.type_filter != (summary->active ? "aso" : "string"))
    return false;
  return !order.pattern || glob_match(*order.pattern, place.key);
}

void read_object(const scan_order& order, const entry& one, object::scanned& page) {
  const auto place = object::layout::parse_object_key(one.first);
  if (!place) return;
  if (order.led && !order.led->contains(object::replica::range_at(place->position))) return;
  const auto stored = object::decode_stored(one.second);
  if (!stored || stored->erased) return;
  if (is_asked_for(order, *place, stored->encoded)) page.keys.emplace_back(place->key);
}

void read_listed(const entry& one, object::scanned& page) {
  object::replica::listed_key key{one.first, {}, false, one.second.size()};
  if (const auto stored = object::decode_stored(one.second)) {
    key.at = stored->at;
    key.erased = stored->erased;
  }
  page.listed.push_back(std::move(key));
}

}  // namespace

void disk::erase(const digest& identity) {
  id_ = identity;
  store_ = std::make_unique<store>();
}

void disk::found(
    std::uint64_t life,
    const std::map<object::replica::range_id, object::replica::range_register>& registers) {
  change_batch first;
  first.put(object::layout::meta_key(life_name), object::layout::encode_number(life));
  first.put(object::layout::meta_key(founded_name), object::layout::encode_number(0));
  for (const auto& [range, kept] : registers)
    first.put(object::layout::register_key(range), encode(kept));
  COMET_CHECK(store_->commit(first).ok());
}

result<stored_node> disk::open(std::uint64_t life, bool joins) {
  stored_node found;
  if (const auto counts = store_->load(object::layout::meta_key(object::shard::counts_name));
      counts && *counts) {
    const auto facts = object::shard::decode_facts(**counts);
    if (!facts) return facts.failure();
    found.facts = *facts;
  }
  const auto known = read_number(*store_, life_name);
  if (!known) return known.failure();
  const auto founded = read_number(*store_, founded_name);
  if (!founded) return founded.failure();
  found.newborn = !*known;
  found.life = known->value_or(life);
  found.founds = *known ? *founded == std::uint64_t{1} : !joins;
  if (found.newborn) {
    change_batch first;
    first.put(object::layout::meta_key(life_name), object::layout::encode_number(found.life));
    first.put(object::layout::meta_key(founded_name),
              object::layout::encode_number(found.founds ? 1 : 0));
    if (auto kept = store_->commit(first); !kept) return kept.failure();
  }
  if (auto read = read_registers(*store_, found); !read) return read.failure();
  if (auto counted = count_objects(*store_, found); !counted) return counted.failure();
  return found;
}

object::loaded disk::load(const object::load_order& order) {
  object::loaded out;
  out.ticket = order.ticket;
  out.content = store_->load(order.store_key);
  if (order.second_store_key.empty()) return out;
  auto second = store_->load(order.second_store_key);
  if (second)
    out.second = std::move(*second);
  else
    out.content = second.failure();
  return out;
}

object::scanned disk::scan(const scan_order& order) {
  object::scanned page;
  page.ticket = order.ticket;
  const auto entries = store_->scan(order.from, order.to, order.limit);
  if (!entries) {
    page.failure = entries.failure();
    return page;
  }
  page.looked_at = entries->size();
  if (!entries->empty()) page.last = entries->back().first;
  for (const auto& one : *entries) {
    switch (order.what) {
      case scan_order::kind::objects: read_object(order, one, page); break;
      case scan_order::kind::listing: read_listed(one, page); break;
      case scan_order::kind::due:
        if (const auto place = object::layout::parse_due_key(one.first))
          page.due.emplace_back(place->due, bytes{place->key});
        break;
    }
  }
  return page;
}

result<std::optional<stored_copy>> disk::copy_of(bytes_view key) {
  const auto raw = store_->load(object::layout::object_key(key));
  if (!raw) return raw.failure();
  if (!*raw) return std::optional<stored_copy>{};
  const auto stored = object::decode_stored(**raw);
  if (!stored) return stored.failure();
  return std::optional{stored_copy{stored->at, stored->erased, bytes{stored->encoded}}};
}

std::optional<wall_time> disk::next_due(wall_time after) {
  const auto first =
      store_->scan(object::layout::due_range_start(after + wall_clock::duration{1}), "e", 1);
  if (!first || first->empty()) return std::nullopt;
  const auto place = object::layout::parse_due_key(first->front().first);
  if (!place) return std::nullopt;
  return place->due;
}

std::vector<bytes> disk::keys_due(wall_time after, wall_time until, std::size_t keys_max) {
  constexpr wall_clock::duration moment{1};
  const auto entries = store_->scan(object::layout::due_range_start(after + moment),
                                    object::layout::due_range_start(until + moment), keys_max);
  std::vector<bytes> keys;
  if (!entries) return keys;
  for (const auto& entry : *entries)
    if (const auto place = object::layout::parse_due_key(entry.first))
      keys.emplace_back(place->key);
  return keys;
}

}  // namespace comet::lab
