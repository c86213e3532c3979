-- Hundreds of results handed down through a hundred levels.
-- ends: fuel
local t = {}
for i = 1, 1500 do t[i] = 1 end
local function f(n, ...)
  if n == 0 then return ... end
  return 1, f(n - 1, ...)
end
local function g(n) if n == 0 then return table.unpack(t) end return 1, g(n - 1) end
while true do g(100) end
