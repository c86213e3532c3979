-- A coroutine that died by the budget has variables to close.
-- ends: fuel
local co = coroutine.wrap(function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end)
while true do pcall(co) end
