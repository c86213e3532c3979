#include "lab/script_console.hpp"

#include <utility>

#include "lab/script_state.hpp"

namespace comet::lab {

script_console::script_console(bytes path, source_reader reader)
    : path_(std::move(path)), reader_(std::move(reader)) {}

script_console::~script_console() = default;

result<std::unique_ptr<script_console>> script_console::open(world& network, bytes path,
                                                             source_reader reader,
                                                             const std::atomic<bool>& stop) {
  std::unique_ptr<script_console> made{new script_console(std::move(path), std::move(reader))};
  made->state_ = std::make_unique<script_state>(made->path_, made->reader_, network.seed());
  if (auto attached = made->state_->attach(network, stop); !attached)
    return std::move(attached.failure());
  return made;
}

result<bytes> script_console::run(bytes_view text) {
  return state_->evaluate(text);
}

}  // namespace comet::lab
