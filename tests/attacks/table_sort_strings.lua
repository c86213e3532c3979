-- A sort of long texts that are nearly equal.
-- ends: fuel
local t = {}
for i = 1, 30 do t[i] = ('x'):rep(2000) .. i end
while true do
  table.sort(t)
  table.sort(t, function(a, b) return a > b end)
end
