-- Insertions at the front of a long list.
-- ends: fuel
local t = {}
for i = 1, 1500 do t[i] = i end
while true do table.insert(t, 1, 0) table.remove(t, 1) end
