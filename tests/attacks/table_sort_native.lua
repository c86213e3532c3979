-- A sort compared by functions of the library.
-- ends: fuel
local t = {}
for i = 1, 1000 do t[i] = i end
while true do pcall(table.sort, t, rawequal) pcall(table.sort, t, math.ult) end
