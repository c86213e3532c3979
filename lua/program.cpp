#include "lua/program.hpp"

#include <fmt/format.h>

#include "lua/arena.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"
#include "object/code_signature.hpp"
#include "object/compat_mark.hpp"

namespace comet::lua {

namespace {

void* allocate(void* memory, void* block, std::size_t old_size, std::size_t new_size) {
  return static_cast<arena*>(memory)->reallocate(block, old_size, new_size);
}

int append(lua_State* /*L*/, const void* part, std::size_t size, void* out) {
  static_cast<bytes*>(out)->append(static_cast<const char*>(part), size);
  return 0;
}

struct compilation {
  bytes_view source;
  bytes bytecode;
};

int compile_protected(lua_State* L) {
  auto& c = *static_cast<compilation*>(lua_touserdata(L, 1));
  if (luaL_loadbufferx(L, c.source.data(), c.source.size(), "=aso", "t") != LUA_OK)
    return lua_error(L);
  lua_dump(L, append, &c.bytecode, 0);  // with lines: messages name them
  return 0;
}

error compile_error(lua_State* L, int status, std::size_t memory) {
  constexpr std::size_t message_max = 400;
  if (status == LUA_ERRMEM)
    return {errc::memory, fmt::format("the source needs more than {} bytes to compile", memory)};
  std::size_t size = 0;
  const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : "";
  return {errc::compile, shortened(printable(bytes_view(text, size)), message_max)};
}

}  // namespace

result<program_ref> compile(const object::code_ref& code, const object::policy& limits) {
  if (code->source.size() > limits.source_bytes_max)
    return error{errc::too_large, fmt::format("the source has {} bytes, allowed are {}",
                                              code->source.size(), limits.source_bytes_max)};
  const auto signer = object::signer_of(code->source);
  if (!signer) return signer.failure();
  page_pool pages;
  arena memory(pages);
  lua_State* L = lua_newseededstate(allocate, &memory, compiler_seed());
  if (L == nullptr) return error{errc::memory, "no memory for the compiler on this node"};
  memory.set_limit(memory.used() + limits.memory_per_object);
  compilation c{code->source, {}};
  lua_pushcfunction(L, compile_protected);
  lua_pushlightuserdata(L, &c);
  const int status = lua_pcall(L, 1, 0, 0);
  if (status != LUA_OK) return compile_error(L, status, limits.memory_per_object);
  return program_ref(std::make_shared<const program>(code->hash, std::move(c.bytecode), *signer,
                                                     object::has_compat_mark(code->source)));
}

result<program_ref> program_cache::get(const object::code_ref& code, const object::policy& limits) {
  if (const auto found = index_.find(code->hash); found != index_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front();
  }
  auto made = compile(code, limits);
  if (!made) return made;
  recent_.push_front(*made);
  index_.emplace(code->hash, recent_.begin());
  bytes_ += (*made)->bytecode().size() + overhead;
  while (bytes_ > bytes_max_ && recent_.size() > 1) {
    bytes_ -= recent_.back()->bytecode().size() + overhead;
    index_.erase(recent_.back()->hash());
    recent_.pop_back();
  }
  return made;
}

}  // namespace comet::lua
