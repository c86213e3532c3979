#include "apps/comet/aso_template.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/comet/embedded_text.hpp"
#include "lua/annotations.hpp"

namespace comet::client {
namespace {

constexpr std::size_t name_max = 32;
constexpr bytes_view placeholder = "NAME";

constexpr bytes_view code =
    R"lua(-- NAME: a value that counts its reads, and begins anew each hour.
--
-- A script makes one table: its fields are the state, which is kept, its functions are the code.
-- `comet help lua` lists what they may call; `comet check NAME.lua` checks this file.

---@class aso.NAME: comet.object
---@field reads integer
local aso = { reads = 0 }

-- A handler: called once, when the object is put. What it returns is stored.
function aso:onPut(caller)
  dht.setTimer("hour", { every = 3600 })
  return self
end

-- A handler: every GET of the key is answered with what it returns.
function aso:onGet(caller)
  self.reads = self.reads + 1
  return self.value
end

-- A handler: called when a timer of the object rings.
function aso:onTimer(name)
  self.reads = 0
end

-- A method: `comet call NAME count` calls it.
function aso:count()
  return self.reads
end

return aso
)lua";

constexpr bytes_view test =
    R"lua(-- Each test runs against a simulated network of its own, in virtual time: `comet test`.

test("a read gives the value and is counted", function(net)
  net:put("greeting", "NAME.lua", { value = "hello" })
  expect.equal(net:get("greeting"), "hello")
  expect.equal(net:get("greeting"), "hello")
  expect.equal(net:call("greeting", "count"), 2)
end)

test("the count begins anew each hour", function(net)
  net:put("greeting", "NAME.lua", { value = "hello" })
  net:get("greeting")
  net:advance("61m")
  expect.equal(net:call("greeting", "count"), 0)
end)

test("the count outlives the node that kept it", { nodes = 3 }, function(net)
  net:put("greeting", "NAME.lua", { value = "hello" })
  net:get("greeting")
  local leader = net:inspect("greeting").leader
  net:node(leader):kill()
  net:settle()  -- until another node has taken over
  local other = net:client{ node = leader % 3 + 1 }
  expect.equal(other:call("greeting", "count"), 1)
end)
)lua";

constexpr bytes_view readme = R"md(# NAME

A value that counts its reads, and begins anew each hour.

```sh
comet test                                # run NAME_test.lua
comet check NAME.lua --value hello        # what its handlers use and take
comet put NAME NAME.lua --value hello     # store it
comet get NAME                            # read it, as any Redis client can
comet call NAME count                     # call its method
```
)md";

/// The language server knows of Lua what handlers and tests have, from the annotations.
constexpr bytes_view editor = R"json({
  "runtime.version": "Lua 5.4",
  "runtime.builtin": {
    "basic": "disable", "bit": "disable", "bit32": "disable", "coroutine": "disable",
    "debug": "disable", "ffi": "disable", "io": "disable", "jit": "disable", "math": "disable",
    "os": "disable", "package": "disable", "string": "disable", "table": "disable",
    "utf8": "disable"
  },
  "workspace.library": [".comet"],
  "workspace.checkThirdParty": false
}
)json";

bool is_name(bytes_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= name_max && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), is_part);
}

bytes filled(bytes_view text, bytes_view name) {
  bytes result;
  for (;;) {
    const std::size_t at = text.find(placeholder);
    result += text.substr(0, at);
    if (at == bytes_view::npos) return result;
    result += name;
    text.remove_prefix(at + placeholder.size());
  }
}

}  // namespace

result<std::vector<template_file>> aso_template(bytes_view name) {
  if (!is_name(name))
    return error{errc::syntax,
                 fmt::format("'{}' cannot be the name of an object's files: a name is 1 to {} of "
                             "a-z, 0-9 and _, and begins with a letter",
                             printable(shortened(name, 64)), name_max)};
  return std::vector<template_file>{
      {fmt::format("{}.lua", name), filled(code, name)},
      {fmt::format("{}_test.lua", name), filled(test, name)},
      {"README.md", filled(readme, name)},
      {".luarc.json", bytes{editor}},
      {".comet/comet.lua", lua::annotations()},
      {".comet/comet_test.lua", bytes{test_annotations()}},
  };
}

}  // namespace comet::client
