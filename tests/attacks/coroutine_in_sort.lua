-- A coroutine for each comparison of a sort.
-- ends: fuel
local t = {}
for i = 1, 200 do t[i] = (i * 37) % 211 end
while true do
  table.sort(t, function(a, b) return coroutine.wrap(function() return a < b end)() end)
  table.sort(t, function(a, b) return coroutine.wrap(function() return a > b end)() end)
end
