-- The largest of nine hundred arguments.
-- ends: fuel
local max = math.max
local t = {}
for i = 1, 900 do t[i] = i end
local function f(...) while true do max(...) end end
f(table.unpack(t))
