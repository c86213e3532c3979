-- A join whose metamethod grows the stack under the values it joins.
-- ends: returns
local t = setmetatable({}, { __concat = function()
  local function g(n) return n > 0 and 1 + g(n - 1) or 0 end
  g(180)
  return 'z'
end })
return coroutine.wrap(function() return 'a' .. t .. 'b' end)()
