#include "apps/comet/reply_fields.hpp"

#include <fmt/format.h>

namespace comet::client {

using object::reply;

const reply* field(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
    if (map.items[i].text == name)
      return map.items[i + 1].what == reply::kind::null ? nullptr : &map.items[i + 1];
  }
  return nullptr;
}

bytes text_field(const reply& map, bytes_view name) {
  const reply* found = field(map, name);
  if (found == nullptr) return {};
  return found->what == reply::kind::integer ? fmt::format("{}", found->integer) : found->text;
}

std::optional<std::int64_t> number_field(const reply& map, bytes_view name) {
  const reply* found = field(map, name);
  if (found == nullptr || found->what != reply::kind::integer || found->integer < 0)
    return std::nullopt;
  return found->integer;
}

}  // namespace comet::client
