-- Arguments counted by looking at each.
-- ends: fuel
local function count(...)
  local n = 0
  for i = 1, select('#', ...) do n = n + (select(i, ...) and 1 or 0) end
  return n
end
local t = {}
for i = 1, 1000 do t[i] = i end
while true do count(table.unpack(t)) end
