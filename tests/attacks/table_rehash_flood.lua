-- A table that is rebuilt for every key.
-- ends: fuel
local t = {}
for i = 1, 3000 do t[i] = i end
while true do t.a = 1 t.a = nil t.b = 1 t.b = nil end
