#include "lab/misplaced_handler.hpp"

#include "lua/handler_table.hpp"

namespace comet::lab {

bytes_view misplaced_handler(const inspection& seen) {
  const auto& fields = seen.state.items;  // names and values in turn
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
    if (lua::is_handler(fields[i].text)) return fields[i].text;
  return {};
}

}  // namespace comet::lab
