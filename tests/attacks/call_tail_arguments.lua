-- Tail calls that hand on fifteen hundred arguments.
-- ends: fuel
local t = {}
for i = 1, 1500 do t[i] = 1 end
local function f(...) return f(...) end
f(table.unpack(t))
