-- A coroutine for each access through a metamethod.
-- ends: fuel
local t = setmetatable({}, { __index = function(_, k)
  return coroutine.wrap(function() coroutine.yield(k) end)()
end })
while true do local _ = t.x end
