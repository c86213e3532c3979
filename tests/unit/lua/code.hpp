#pragma once
// Source text as the shard hands it to lua/: with its hash.

#include <memory>
#include <utility>

#include "base/digest.hpp"
#include "object/record.hpp"

namespace comet::lua::test {

inline object::code_ref code_of(bytes source) {
  auto made = std::make_shared<object::code>();
  made->hash = sha256(source);
  made->source = std::move(source);
  return made;
}

}  // namespace comet::lua::test
