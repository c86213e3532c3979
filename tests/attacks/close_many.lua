-- Two hundred variables to close, again and again.
-- ends: fuel
local mt = { __close = function() end }
local function open(n)
  local x <close> = setmetatable({}, mt)
  if n > 0 then open(n - 1) end
end
while true do open(150) end
