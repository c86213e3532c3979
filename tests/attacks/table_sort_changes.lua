-- A sort whose comparison empties the list.
-- ends: fuel
local t = {}
for i = 1, 500 do t[i] = i end
pcall(table.sort, t, function(a, b)
  for i = 1, 500 do t[i] = nil end
  return (a or 0) < (b or 0)
end)
while true do pcall(table.sort, t) for i = 1, 100 do t[i] = -i end end
