#include "actors/store_reader.hpp"

#include <fmt/format.h>

#include <utility>

#include "actors/scan_page.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

store_reader::store_reader(caf::event_based_actor*, std::shared_ptr<store::store> store,
                           log_sink log)
    : store_(std::move(store)), log_(std::move(log)) {}

caf::behavior store_reader::make_behavior() {
  return {
      [this](load_parcel& orders) { return loaded_parcel{load(orders.take())}; },
      [this](scan_parcel& order) { return scanned_parcel{scan(order.take())}; },
  };
}

std::vector<object::loaded> store_reader::load(std::vector<object::load_order> orders) {
  std::vector<bytes> keys;
  for (auto& order : orders) {
    keys.push_back(std::move(order.store_key));
    if (!order.second_store_key.empty()) keys.push_back(order.second_store_key);
  }
  auto found = store_->load_all(keys);
  std::vector<object::loaded> results;
  results.reserve(orders.size());
  std::size_t next = 0;
  for (const auto& order : orders) {
    object::loaded one;
    one.ticket = order.ticket;
    if (found) {
      one.content = std::move((*found)[next++]);
      if (!order.second_store_key.empty()) one.second = std::move((*found)[next++]);
    } else {
      one.content = found.failure();
    }
    results.push_back(std::move(one));
  }
  return results;
}

object::scanned store_reader::scan(const object::scan_order& order) {
  auto entries = store_->scan(order.from, order.to, order.limit);
  if (!entries) {
    object::scanned failed;
    failed.ticket = order.ticket;
    failed.failure = std::move(entries.failure());
    return failed;
  }
  auto page = read_page(order, *entries);
  if (page.damaged > 0)
    log_(severity::error,
         fmt::format("{} of {} entries of the store do not decode, up to the store key '{}'; "
                     "restore them from a backup or delete the keys",
                     page.damaged, entries->size(), printable(shortened(page.content.last, 80))));
  return std::move(page.content);
}

}  // namespace comet::actors
