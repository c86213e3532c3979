#pragma once
// One look of `comet top` for scripts (JSON) and for a pipe (plain tables).
//
// Pure. `count` objects at most, ordered as on the screen.

#include "apps/comet/top_screen.hpp"

namespace comet::client {

bytes top_json(const top_model& model, object::work_measure by, bytes_view filter,
               std::size_t count);

bytes top_text(const top_model& model, object::work_measure by, bytes_view filter,
               std::size_t count);

}  // namespace comet::client
