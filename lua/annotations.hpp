#pragma once
// What a handler may call, as annotations for the Lua language server of editors (LuaCATS).
//
// Made from the rows of lua/allow_list.hpp and lua/handler_table.hpp, like the reference of
// docs/lua.md, so an editor completes, documents and checks exactly what the node offers.
// apps/annotations/comet.lua holds this text; a test compares them and COMET_REWRITE=1 makes it
// write the file. `comet new` and `comet help lua --annotations` give it out.

#include "base/bytes.hpp"

namespace comet::lua {

/// A file of Lua that is read by editors and never run.
bytes annotations();

}  // namespace comet::lua
