-- A comparison that raises an error.
-- ends: fuel
local t = {}
for i = 1, 500 do t[i] = i end
while true do pcall(table.sort, t, function() error('x') end) end
